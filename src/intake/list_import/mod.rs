//! Takes over the list an authority already has: [`super::csv`] reads it, this finds each child again on the register or
//! puts them on it, and keeps the report.
//!
//! - `routing`: which authority a row belongs to.
//! - `listed`: what a list tells of a row and of a child.
//! - `grouping`: which rows are about one child, and `together`: what they say together.
//! - `matching`: whether that is a child whom the register holds.
//! - `entry`: a child to be put on the register, with the checks that are owed.
//! - `changing`: what a list changes of a child who is held, and `not_added`: what it tells that is not added.
//! - `placing`: what becomes of each child by the register as it stands, and `keeping`: writing it down.
//! - `part`: some hundred children, compared with the register, and written in one transaction.
//! - `work`: one authority's children after the other, with what is told of their rows.
//! - [`mod@account`]: what became of each row.
//! - [`unplaced`]: rows of which somebody has to say what they are, and [`answering`]: what follows from it.
//! - [`report`]: what happened, for the person who sent the list; `earlier`: read again later.

pub mod account;
pub mod answering;
mod changing;
mod earlier;
mod entry;
mod grouping;
mod keeping;
mod listed;
mod matching;
mod not_added;
mod note;
mod part;
mod placing;
pub mod report;
mod routing;
mod store;
#[cfg(test)]
mod tests;
mod together;
pub mod under_way;
pub mod unplaced;
mod work;

use std::cell::RefCell;

use chrono::NaiveDateTime;

use crate::access::{Act, Action, Subject, Viewer};
use crate::clock::{At, Clock};
use crate::conflict;
use crate::db::{Conn, Db, DbError, Result};
use crate::intake::csv::mapping::Mapping;
use crate::intake::csv::refused::LineWriter;
use crate::intake::csv::sheet::{Sheet, SheetProblem};
use crate::intake::workbook::WorkbookProblem;
use crate::rules::identifiers::{Reference, ReferenceKind};
pub use earlier::{
    EndError, FoundInList, account, account_csv, earlier, end_unfinished, find, found_in, list_of,
    rows_to_mend,
};
use keeping::KeptList;
use report::Report;
use routing::Routed;
pub use store::import::{ImportLine, ImportRecord};
pub use store::rows::AccountLine;
use work::Work;

/// What the program is called when it takes a list over by itself.
const PART: &str = "import";

/// A list to be taken over.
pub struct Order<'a> {
    /// The name of the file, for the record.
    pub file_name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
    /// What a person said about its headings.
    pub mapping: &'a Mapping,
    /// Whose children are in it.
    pub whose: Whose<'a>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// Whose children are in a list.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// This viewer's authority's; a row of another authority is reported and not taken.
    One(&'a Viewer),
    /// Each row belongs to the authority that its column says.
    ByColumn,
}

/// How far the work is.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// Bytes of the file that were read, of how many.
    Read(usize, usize),
    /// Children who were compared with the register and taken, of how many.
    Taken(usize, usize),
}

/// Why a list was not taken over at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not somebody who works with children.
    #[error("Only an officer or a manager takes a list over")]
    NotAllowed,
    /// The file cannot be read as a list.
    #[error(transparent)]
    Sheet(#[from] SheetProblem),
    /// Nothing says which authority a row belongs to.
    #[error(
        "No column says which local authority a child belongs to. Name the authority, or say which column it is (for example \"DfE no=la_code\")"
    )]
    NoAuthorityColumn,
    /// Most of it cannot be read.
    #[error(
        "Most rows cannot be read ({refused} of the first {read}), so nothing of the list was taken. The first of them: line {first}"
    )]
    MostlyRefused {
        refused: usize,
        read: usize,
        /// Its line and what is wrong with it.
        first: String,
    },
    /// Hardly a day of birth.
    #[error(
        "{1} different children of the list were born on {0}. Leave the date of birth empty where it is not known, and divide the list if they were"
    )]
    OneBirthday(String, usize),
    /// The program made a mistake.
    #[error(
        "The list could not be read: the program made a mistake. It is written down in the log"
    )]
    Broken,
    /// Somebody stopped it, or it took too long.
    #[error(
        "Reading the list was stopped. What was taken before stays on the register, and the same list can be sent again"
    )]
    Stopped,
    /// The refused rows could not be written down.
    #[error("The list of refused rows could not be written: {0}")]
    Refused(#[from] std::io::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(ImportError);

/// Takes a list over, or says what would happen. Waits for the database: call it where waiting is allowed.
///
/// # Errors
/// [`ImportError`], when the file as a whole cannot be read or the database refuses; parts that were committed before
/// stay, and the same file can be sent again.
pub fn take(
    db: &Db,
    order: &Order<'_>,
    clock: &Clock,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ImportError> {
    take_while(db, order, clock, &mut |done| {
        progress(done);
        true
    })
}

/// As [`take`], for as long as it is wanted: `watch` is told how far the work is and says whether to go on. What was taken when it
/// says no stays; it is owed that somebody looks at an import that was cut off.
///
/// # Errors
/// As [`take`], and [`ImportError::Stopped`].
pub fn take_while(
    db: &Db,
    order: &Order<'_>,
    clock: &Clock,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Report, ImportError> {
    if let Whose::One(viewer) = order.whose
        && !viewer.works_with_children()
    {
        return Err(ImportError::NotAllowed);
    }
    let started_at = clock.now();
    let asked = RefCell::new(&mut *watch);
    let opened = Sheet::open_while(order.bytes, order.mapping, &|| {
        (asked.borrow_mut())(Progress::Read(0, order.bytes.len()))
    });
    let sheet = match opened {
        Err(SheetProblem::Workbook(WorkbookProblem::Stopped)) => return Err(ImportError::Stopped),
        opened => opened?,
    };
    let today = clock.today();
    let mut routed = routing::read(db, &sheet, order.whose, today, watch)?;
    let headings = LineWriter::new(&sheet)?.headings().to_owned();
    // Written before the first part, so that an import that is cut off can be seen to have begun.
    let kept = match order.dry_run {
        true => Vec::new(),
        false => db.write_now(|tx| begin(tx, order, &routed, &headings, clock.at(), started_at))?,
    };
    let children = routed.lists.iter().map(|list| list.children.len()).sum();
    let mut work = Work::new(db, clock, &headings, children, watch);
    for (index, list) in routed.lists.iter_mut().enumerate() {
        work.take(list, kept.get(index))?;
    }
    let mut become_of = work.become_of();
    let mut report = routed.overall(&sheet);
    report.refused_csv = become_of.refused_csv(&headings, &routed)?;
    if !order.dry_run {
        for (list, kept) in routed.lists.iter().zip(&kept) {
            work::keep_mended(db, list, kept, &become_of.placed, clock)?;
        }
        let at = clock.now();
        report.reference = db.write_now(|tx| complete(tx, order, &routed, &kept, (&report, at)))?;
    }
    Ok(report)
}

/// Notes with each authority whose list this is that its import begins, and owes that its rows are looked at.
fn begin(
    tx: &mut Conn,
    order: &Order<'_>,
    routed: &Routed,
    headings: &str,
    at: At,
    started_at: NaiveDateTime,
) -> Result<Vec<KeptList>> {
    let entries: Vec<String> = order.mapping.entries().collect();
    let mapping = entries.join("\n");
    let mut begun = Vec::with_capacity(routed.lists.len());
    for list in &routed.lists {
        let reference = Reference::from_random(ReferenceKind::Import, rand::random());
        let key = store::import::insert(
            tx,
            &store::import::NewImport {
                reference: &reference,
                viewer: &list.viewer,
                file_name: order.file_name,
                started_at,
            },
        )?;
        let kept = KeptList {
            key,
            reference,
            headings: headings.to_owned(),
            mapping: mapping.clone(),
        };
        let act = &mut Act::new(tx, &list.viewer, at);
        unplaced::owe(act, &kept.reference)?;
        begun.push(kept);
    }
    Ok(begun)
}

/// Keeps the report with each authority whose list this was. A list of several authorities is
/// nobody's own, so its refused rows stay with the person who sent it.
fn complete(
    tx: &mut Conn,
    order: &Order<'_>,
    routed: &Routed,
    kept: &[KeptList],
    (overall, at): (&Report, NaiveDateTime),
) -> Result<Option<Reference>> {
    let mut last = None;
    for (list, kept) in routed.lists.iter().zip(kept) {
        let report = match order.whose {
            Whose::One(_) => overall,
            Whose::ByColumn => &list.report,
        };
        store::import::complete(tx, kept.key, report, at)?;
        let act = &mut Act::new(tx, &list.viewer, At::of(at));
        let counts = &report.counts;
        let detail = format!(
            "Of {} rows {} new, {} changed, {} known, {} closed, {} to look at, {} refused",
            counts.rows,
            counts.new_open(),
            counts.changed,
            counts.unchanged,
            counts.taken_closed,
            counts.look_at,
            counts.refused
        );
        act.note(
            Action::ListImported,
            Subject::thing(kept.reference.as_str()),
            &detail,
        )?;
        unplaced::owe_if_waiting(act, &kept.reference)?;
        unplaced::end_if_answered(act, &kept.reference)?;
        last = Some(kept.reference.clone());
    }
    Ok(last.filter(|_| matches!(order.whose, Whose::One(_))))
}
