//! Takes over the list an authority already has: [`super::csv`] reads it, this finds each child again on the register or
//! puts them on it, and keeps the report.
//!
//! - `routing`: which authority a row belongs to, and rows that repeat earlier rows of the same file.
//! - `matching`: whether a row is a child whom the register holds.
//! - `entry`: a row as a child to be put on the register, with the checks that are owed.
//! - `part`: some thousand rows, compared with the register and taken in one transaction.
//! - [`report`]: what happened, for the person who sent the list.

mod entry;
mod matching;
mod part;
pub mod report;
mod routing;
mod same_person;
mod store;

use std::collections::HashMap;

use chrono::NaiveDateTime;

use crate::access::{Act, Action, Subject, Viewer};
use crate::clock::{At, Clock};
use crate::conflict;
use crate::db::{Conn, Db, DbError, Result};
use crate::intake::csv::mapping::Mapping;
use crate::intake::csv::refused::RefusedRows;
use crate::intake::csv::sheet::{Sheet, SheetProblem};
use crate::rules::identifiers::{Reference, ReferenceKind};
use part::{Part, parts};
use report::{Kind, Report, RowNote};
use routing::Routed;
pub use store::{ImportLine, ImportRecord};

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
    /// Rows that were compared with the register and taken, of how many.
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
    if let Whose::One(viewer) = order.whose
        && !viewer.works_with_children()
    {
        return Err(ImportError::NotAllowed);
    }
    let started_at = clock.now();
    let sheet = Sheet::open(order.bytes, order.mapping)?;
    let today = clock.today();
    let mut routed =
        db.read_now(|conn| routing::read(conn, &sheet, order.whose, today, progress))?;
    // Written before the first part, so that an import that is cut off can be seen to have begun.
    let begun = if order.dry_run {
        Vec::new()
    } else {
        db.write_now(|tx| begin(tx, order, &routed, started_at))?
    };
    let rows = routed.lists.iter().map(|list| list.children.len()).sum();
    let mut done = 0;
    for part in parts(&routed.lists) {
        let work = Part {
            lists: &routed.lists,
            pieces: &part,
            at: clock.at(),
        };
        let taken = if order.dry_run {
            db.read_now(|conn| work.compare(conn))?
        } else {
            db.write_now(|tx| work.take(tx))?
        };
        for (list, piece) in taken {
            done += piece.compared;
            if let Some(list) = routed.lists.get_mut(list) {
                piece.add_to(&mut list.report);
            }
        }
        progress(Progress::Taken(done, rows));
    }
    let mut report = routed.overall(&sheet);
    report.refused_csv = refused_csv(&sheet, &report)?;
    if !order.dry_run {
        report.reference =
            db.write_now(|tx| keep(tx, order, &routed, &begun, &report, clock.now()))?;
    }
    Ok(report)
}

/// The rows that were refused, as they stand in the file, to mend and send again.
fn refused_csv(sheet: &Sheet<'_>, report: &Report) -> Result<String, ImportError> {
    let mut reasons: HashMap<usize, Vec<&RowNote>> = HashMap::new();
    for told in report.told.iter().filter(|told| told.kind == Kind::Refused) {
        reasons.entry(told.line).or_default().push(told);
    }
    if reasons.is_empty() {
        return Ok(String::new());
    }
    let mut refused = RefusedRows::new(sheet)?;
    for row in sheet.rows() {
        if let Some(told) = reasons.get(&row.line) {
            refused.add(&row, told)?;
        }
    }
    Ok(String::from_utf8_lossy(&refused.finish()?).into_owned())
}

/// Notes with each authority whose list this is that its import begins.
fn begin(
    tx: &mut Conn,
    order: &Order<'_>,
    routed: &Routed,
    started_at: NaiveDateTime,
) -> Result<Vec<Reference>> {
    let mut begun = Vec::with_capacity(routed.lists.len());
    for list in &routed.lists {
        let reference = Reference::from_random(ReferenceKind::Import, rand::random());
        store::insert(
            tx,
            &store::NewImport {
                reference: &reference,
                viewer: &list.viewer,
                file_name: order.file_name,
                started_at,
            },
        )?;
        begun.push(reference);
    }
    Ok(begun)
}

/// Keeps the report with each authority whose list this was. A list of several authorities is nobody's own, so its
/// refused rows stay with the person who sent it.
fn keep(
    tx: &mut Conn,
    order: &Order<'_>,
    routed: &Routed,
    begun: &[Reference],
    overall: &Report,
    ended_at: NaiveDateTime,
) -> Result<Option<Reference>> {
    let mut last = None;
    for (list, reference) in routed.lists.iter().zip(begun) {
        let report = match order.whose {
            Whose::One(_) => overall,
            Whose::ByColumn => &list.report,
        };
        store::complete(tx, reference, report, ended_at)?;
        let detail = format!(
            "{} of {} rows taken, {} unchanged, {} refused",
            report.counts.taken, report.counts.rows, report.counts.unchanged, report.counts.refused
        );
        Act::new(tx, &list.viewer, At::of(ended_at)).note(
            Action::ListImported,
            Subject::thing(reference.as_str()),
            &detail,
        )?;
        last = Some(reference.clone());
    }
    Ok(last.filter(|_| matches!(order.whose, Whose::One(_))))
}

/// An authority's earlier imports, the newest first: for an officer those they sent, because a list names children whom
/// not everybody may see; for a manager all.
pub fn earlier(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<ImportLine>> {
    store::of_authority(conn, viewer)
}

/// The import with this reference, if it is among the viewer's [`earlier`] ones.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<ImportRecord>> {
    store::find(conn, viewer, reference)
}

/// The refused rows of an import, as a CSV file to mend and send again.
pub fn refused_rows(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<String>> {
    store::refused_csv(conn, viewer, reference)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{day, world};

    #[test]
    fn only_who_works_with_children_takes_a_list_over() {
        let world = world();
        let taken = |viewer: &Viewer| {
            let order = Order {
                file_name: "list.csv",
                bytes: b"Surname,Forename,DOB\nMoss,Ada,03/04/2015\n",
                mapping: &Mapping::default(),
                whose: Whose::One(viewer),
                dry_run: true,
            };
            take(
                &world.db,
                &order,
                &Clock::Fixed(day(2026, 11, 23)),
                &mut |_| {},
            )
        };
        for other in [&world.administrator, &world.parent] {
            assert!(matches!(taken(other), Err(ImportError::NotAllowed)));
        }
        for viewer in [&world.officer, &world.manager, &world.program] {
            assert!(!matches!(taken(viewer), Err(ImportError::NotAllowed)));
        }
    }
}
