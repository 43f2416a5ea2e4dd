//! A list of school terms as CSV: `name,first_day,last_day,source`. All of it is taken, or nothing.

use super::plain_list::{self, Columns, FileProblem, Line, Refused};
use crate::access::Act;
use crate::db::{Conflict, DbError};
use crate::policy::calendar_book::{self, CalendarError, SourcedTerm};
use crate::rules::terms::{Term, TermPart};

const COLUMNS: Columns = Columns {
    needed: &["name", "first_day", "last_day", "source"],
    other: &[],
};

/// What became of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Terms added, or to be added if nothing is refused.
    pub taken: usize,
    /// Terms that were on the calendar already, exactly so.
    pub unchanged: usize,
    /// Lines to mend; then nothing was added.
    pub refused: Vec<Refused>,
}

/// Why a list was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It is no such list.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// Whoever sent it may not, or the database does not answer.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl From<DbError> for ListError {
    fn from(error: DbError) -> Self {
        Self::Calendar(error.into())
    }
}

impl Conflict for ListError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Calendar(error) => error.db_error(),
            Self::File(_) => None,
        }
    }
}

/// Adds the terms of a list. Nothing is added for a trial, or when a line is refused.
///
/// # Errors
/// When it is no such list, and for everybody but administrators.
pub fn take(act: &mut Act<'_>, bytes: &[u8], dry_run: bool) -> Result<Taken, ListError> {
    let (lines, refused) = plain_list::read(bytes, &COLUMNS)?;
    let held = calendar_book::terms(act.tx, act.viewer)?;
    let mut report = Taken {
        refused,
        ..Taken::default()
    };
    let mut new: Vec<SourcedTerm> = Vec::new();
    for line in &lines {
        match term_of(line) {
            Err(problem) => report.refused.push(problem),
            Ok(term) if held.iter().any(|held| held.what.term == term.term) => {
                report.unchanged += 1
            }
            Ok(term) => {
                let beside: Vec<Term> = new.iter().map(|new| new.term.clone()).collect();
                match calendar_book::check_term(act.tx, act.viewer, &term, &beside) {
                    Ok(()) => new.push(term),
                    Err(error) => report.refused.push(why(line, error)?),
                }
            }
        }
    }
    report.refused.sort_by_key(|refused| refused.line);
    report.taken = new.len();
    if report.refused.is_empty() && !dry_run {
        for term in &new {
            calendar_book::add_term(act, term)?;
        }
    }
    Ok(report)
}

fn term_of(line: &Line) -> Result<SourcedTerm, Refused> {
    Ok(SourcedTerm {
        term: Term {
            name: line.get("name").to_owned(),
            first_day: line.date("first_day")?,
            last_day: line.date("last_day")?,
        },
        source: line.get("source").to_owned(),
    })
}

fn why(line: &Line, error: CalendarError) -> Result<Refused, CalendarError> {
    let column = match &error {
        CalendarError::Term(problem) => match problem.is_about() {
            TermPart::Name => "name",
            TermPart::FirstDay => "first_day",
            TermPart::LastDay => "last_day",
        },
        CalendarError::NoSource => "source",
        _ => return Err(error),
    };
    Ok(line.refuse(column, error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::register::testing::{World, now, world};

    fn send(world: &World, text: &str, dry_run: bool) -> Taken {
        world
            .db
            .write_now(|tx| {
                take(
                    &mut Act::new(tx, &world.administrator, At::of(now())),
                    text.as_bytes(),
                    dry_run,
                )
            })
            .unwrap()
    }

    fn held(world: &World) -> usize {
        world
            .run(|conn| calendar_book::terms(conn, &world.administrator))
            .len()
    }

    const LIST: &str = "name,first_day,last_day,source\n\
        Autumn 1,2026-09-02,23/10/2026,Council website\n\
        Autumn 2,2/11/2026,18/12/2026,Council website\n";

    #[test]
    fn a_list_is_taken_once_and_a_trial_takes_nothing() {
        let world = world();
        assert_eq!(send(&world, LIST, true).taken, 2);
        assert_eq!(held(&world), 0);
        assert_eq!(send(&world, LIST, false).taken, 2);
        let again = send(&world, LIST, false);
        assert_eq!((again.taken, again.unchanged, held(&world)), (0, 2, 2));
    }

    #[test]
    fn every_impossible_line_is_named_with_its_column_and_nothing_is_taken() {
        let world = world();
        let list = format!(
            "{LIST}Spring,4/1/2027,1/1/2027,web\n\
             Spring,soon,12/2/2027,web\n\
             Spring,18/12/2026,12/2/2027,web\n\
             Summer,1/6/2027,1/12/2027,web\n\
             Winter,25/12/2027,26/12/2027,web\n\
             ,1/6/2028,2/6/2028,web\n\
             Spring,8/1/2029,9/2/2029,\n"
        );
        let report = send(&world, &list, false);
        let places: Vec<_> = report
            .refused
            .iter()
            .map(|at| (at.line, at.column))
            .collect();
        let expected = [
            (4, "last_day"),
            (5, "first_day"),
            (6, "first_day"),
            (7, "last_day"),
            (8, "last_day"),
            (9, "name"),
            (10, "source"),
        ];
        assert_eq!(places, expected);
        assert_eq!(held(&world), 0);
    }
}
