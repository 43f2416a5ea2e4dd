//! Takes over the list an authority already has: [`super::csv`] reads it, this finds each child again on the register or
//! puts them on it, and keeps the report.
//!
//! - `routing`: which authority a row belongs to.
//! - `listed`: what a list tells of a row and of a child.
//! - `grouping`: which rows are about one child, and `together`: what they say together.
//! - `matching`: whether that is a child whom the register holds.
//! - `entry`: a child to be put on the register, with the checks that are owed.
//! - `changing`: what a list changes of a child who is held.
//! - `placing`: what becomes of each child by the register as it stands, and `keeping`: writing it down.
//! - `part`: some hundred children, compared with the register, and written in one transaction.
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
mod note;
mod part;
mod placing;
pub mod report;
mod routing;
mod store;
mod together;
pub mod under_way;
pub mod unplaced;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;

use crate::access::{Act, Action, Subject, Viewer};
use crate::clock::{At, Clock};
use crate::conflict;
use crate::db::{Conn, Db, DbError, Result};
use crate::intake::csv::mapping::Mapping;
use crate::intake::csv::refused::{LineToMend, LineWriter, list_to_mend};
use crate::intake::csv::sheet::{Sheet, SheetProblem};
use crate::intake::workbook::WorkbookProblem;
use crate::rules::identifiers::{Reference, ReferenceKind};
use account::{Became, Fate, Whom};
pub use earlier::{
    EndError, FoundInList, account, account_csv, earlier, end_unfinished, find, found_in, list_of,
    rows_to_mend,
};
use keeping::KeptList;
use part::{Taking, Target};
use report::Report;
use routing::{List, Routed};
pub use store::import::{ImportLine, ImportRecord};
pub use store::rows::AccountLine;

/// What the program is called when it takes a list over by itself.
const PART: &str = "import";

/// How many answers by mended rows are written in one transaction.
const MENDED_TOGETHER: usize = 50;

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
    let mut routed = db.read_now(|conn| routing::read(conn, &sheet, order.whose, today, watch))?;
    let headings = LineWriter::new(&sheet)?.headings().to_owned();
    // Written before the first part, so that an import that is cut off can be seen to have begun.
    let kept = match order.dry_run {
        true => Vec::new(),
        false => db.write_now(|tx| begin(tx, order, &routed, &headings, clock.at(), started_at))?,
    };
    let mut work = Work {
        db,
        headings: &headings,
        clock,
        rows: routed.lists.iter().map(|list| list.children.len()).sum(),
        done: 0,
        become_of: Become::default(),
        watch,
    };
    for (index, list) in routed.lists.iter_mut().enumerate() {
        work.take(list, kept.get(index))?;
    }
    let mut become_of = work.become_of;
    let mut report = routed.overall(&sheet);
    report.refused_csv = become_of.refused_csv(&headings, &routed)?;
    if !order.dry_run {
        for (list, kept) in routed.lists.iter().zip(&kept) {
            keep_mended(db, list, kept, &become_of.placed, clock)?;
        }
        let at = clock.now();
        report.reference = db.write_now(|tx| complete(tx, order, &routed, &kept, (&report, at)))?;
    }
    Ok(report)
}

/// A list being taken over, of one authority after the other.
struct Work<'a, 'w> {
    db: &'a Db,
    headings: &'a str,
    clock: &'a Clock,
    /// How many children there are, and how many of them are done with.
    rows: usize,
    done: usize,
    become_of: Become,
    watch: &'w mut dyn FnMut(Progress) -> bool,
}

impl Work<'_, '_> {
    fn take(&mut self, list: &mut List, kept: Option<&KeptList>) -> Result<(), ImportError> {
        if let Some(kept) = kept {
            self.keep_fates(list, kept)?;
        }
        let has_mends = !list.mends.is_empty();
        for fate in std::mem::take(&mut list.fates) {
            self.become_of.tell(&mut list.report, has_mends, &fate);
        }
        let target = Target {
            authority: &list.authority,
            viewer: &list.viewer,
            headings: self.headings,
            kept,
        };
        let mut taking = Taking::new(self.db, target);
        for part in list.children.chunks(part::ROWS) {
            for fate in taking.take(part, self.clock.at())? {
                self.become_of.tell(&mut list.report, has_mends, &fate);
            }
            self.done += part.len();
            let is_wanted = (self.watch)(Progress::Taken(self.done, self.rows));
            if !is_wanted && self.done < self.rows {
                return Err(ImportError::Stopped);
            }
        }
        Ok(taking.spread(self.clock.at())?)
    }

    /// Writes down the rows that have no place whatever the register holds.
    fn keep_fates(&self, list: &List, kept: &KeptList) -> Result<()> {
        if list.fates.is_empty() {
            return Ok(());
        }
        let mut earlier = self
            .db
            .read_now(|conn| store::unplaced::earlier(conn, list.authority.key))?;
        for fates in list.fates.chunks(part::ROWS) {
            let before = keeping::Before {
                earlier: &earlier,
                placed: &HashMap::new(),
            };
            let asked = self.db.write_now(|tx| {
                let act = &mut Act::new(tx, &list.viewer, self.clock.at());
                keeping::keep(act, kept, fates, &[], &before)
            })?;
            earlier.extend(asked.asked);
        }
        Ok(())
    }
}

/// Notes what rows were answered by being mended, some at a time.
fn keep_mended(
    db: &Db,
    list: &List,
    kept: &KeptList,
    placed: &HashSet<usize>,
    clock: &Clock,
) -> Result<()> {
    let mended = list.mends.iter().filter(|(line, _)| placed.contains(line));
    let mended: Vec<_> = mended.collect();
    for together in mended.chunks(MENDED_TOGETHER) {
        db.write_now(|tx| {
            let act = &mut Act::new(tx, &list.viewer, clock.at());
            for (line, row) in together {
                answering::mended(act, row, &kept.reference, *line)?;
            }
            Ok::<_, DbError>(())
        })?;
    }
    Ok(())
}

/// What became of the rows so far, as far as it is asked for at the end.
#[derive(Default)]
struct Become {
    /// Lines that have a place on the register.
    placed: HashSet<usize>,
    /// Rows to mend: line, cells, what to mend.
    refused: Vec<(usize, String, String)>,
}

impl Become {
    fn tell(&mut self, report: &mut Report, has_mends: bool, fate: &Fate) {
        report.tell(fate);
        match &fate.whom {
            Whom::Asked(asked) if fate.became == Became::Refused => {
                self.refused
                    .push((fate.line, asked.cells.clone(), asked.words.clone()));
            }
            Whom::Asked(_) => {}
            Whom::New(_) | Whom::Held(_) if !has_mends => {}
            Whom::New(_) | Whom::Held(_) => {
                self.placed.insert(fate.line);
            }
        }
    }

    /// The rows that were refused, as they stand in the file, to mend and send again.
    fn refused_csv(&mut self, headings: &str, routed: &Routed) -> Result<String, ImportError> {
        self.refused.extend(routed.nowhere_rows.iter().cloned());
        self.refused.sort();
        if self.refused.is_empty() {
            return Ok(String::new());
        }
        let lines: Vec<LineToMend<'_>> = self
            .refused
            .iter()
            .map(|(line, cells, what)| LineToMend {
                cells,
                line: i64::try_from(*line).unwrap_or(i64::MAX),
                reference: "",
                what,
            })
            .collect();
        Ok(list_to_mend(headings, &lines)?)
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{day, now, world};

    #[test]
    fn only_who_works_with_children_takes_a_list_over() {
        let world = world();
        let taken = |viewer: &Viewer| {
            let mapping = Mapping::default();
            let list = b"Surname,Forename,DOB\nMoss,Ada,03/04/2015\n";
            let order = Order {
                dry_run: true,
                ..order(list, &mapping, viewer)
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

    /// Twenty children, by surname, forename and year of birth, of whom nobody is like another.
    fn child_of(number: usize) -> (&'static str, &'static str, i32) {
        const SURNAMES: [&str; 5] = ["Abbott", "Fenwick", "Kowalski", "Osei", "Underhill"];
        const FORENAMES: [&str; 4] = ["Ada", "Bruno", "Mei", "Tomasz"];
        let year = 2008 + i32::try_from(number / 2).unwrap();
        (SURNAMES[number % 5], FORENAMES[number % 4], year)
    }

    fn twenty() -> Vec<u8> {
        let mut list = String::from("Surname,Forename,DOB\n");
        for number in 0..20 {
            let (surname, forename, year) = child_of(number);
            let (month, day) = (number % 12 + 1, number + 1);
            list.push_str(&format!(
                "{surname},{forename},{day:02}/{month:02}/{year}\n"
            ));
        }
        list.into_bytes()
    }

    fn order<'a>(list: &'a [u8], mapping: &'a Mapping, viewer: &'a Viewer) -> Order<'a> {
        Order {
            file_name: "list.csv",
            bytes: list,
            mapping,
            whose: Whose::One(viewer),
            dry_run: false,
        }
    }

    #[test]
    fn a_child_who_comes_onto_the_register_while_a_list_is_taken_over_is_found_in_it() {
        let world = world();
        let (list, mapping) = (twenty(), Mapping::default());
        let mut put = Vec::new();
        let mut meanwhile = |done: Progress| {
            // Whoever is next in the list, each time that others may write.
            let Progress::Taken(done, _) = done else {
                return;
            };
            if done < 20 {
                let (surname, forename, year) = child_of(done);
                let number = u32::try_from(done).unwrap();
                let born = day(year, number % 12 + 1, number + 1);
                let child = world.add(forename, surname, born);
                world.run(|tx| {
                    Act::new(tx, &world.program, At::of(now())).note(
                        Action::ChildRegistered,
                        Subject::child(child.0),
                        "by hand",
                    )
                });
                put.push(child.1);
            }
        };
        let clock = Clock::Fixed(day(2026, 11, 23));
        let report = take(
            &world.db,
            &order(&list, &mapping, &world.manager),
            &clock,
            &mut meanwhile,
        );
        let counts = report.unwrap().counts;
        assert!(put.len() > 1, "the list came in one part");
        assert_eq!(
            (counts.taken, counts.unchanged, counts.rows),
            (20 - put.len(), put.len(), 20)
        );
    }

    #[test]
    fn a_list_is_taken_over_while_somebody_writes_all_the_time() {
        use std::sync::atomic::{AtomicBool, Ordering};

        let world = world();
        let (list, mapping) = (twenty(), Mapping::default());
        let is_done = AtomicBool::new(false);
        let clock = Clock::Fixed(day(2026, 11, 23));
        let report = std::thread::scope(|scope| {
            let (db, program) = (&world.db, &world.program);
            let is_done = &is_done;
            scope.spawn(move || {
                let again = |tx: &mut Conn| {
                    let act = &mut Act::new(tx, program, At::of(now()));
                    act.note(Action::AuthorityDescribed, Subject::AUTHORITY, "again")
                };
                while !is_done.load(Ordering::Relaxed) {
                    db.write_now(again).unwrap();
                }
            });
            let order = order(&list, &mapping, &world.manager);
            let report = take(&world.db, &order, &clock, &mut |_| {});
            is_done.store(true, Ordering::Relaxed);
            report
        });
        assert_eq!(report.unwrap().counts.taken, 20);
    }
}
