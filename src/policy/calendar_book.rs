//! The calendar of an authority as its administrators keep it: days on which it works or not other than the rules say,
//! and the terms of its schools. Days that are past stay as they were counted.

use chrono::{Datelike, NaiveDate};

use super::{policy_book, reassessment, rulebook, store};
use crate::access::{Act, Action, Subject, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::register::random_reference;
use crate::rules::calendar::Calendar;
use crate::rules::dates::spoken;
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::terms::{self, Term, TermProblem};

/// A day that the authority keeps otherwise than the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherDay {
    pub day: NaiveDate,
    /// Whether the authority works.
    pub is_working: bool,
    /// What the day is.
    pub name: String,
    pub source: String,
}

/// A school term with where it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcedTerm {
    pub term: Term,
    /// Where it was published.
    pub source: String,
}

/// An entry of the calendar, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<T> {
    /// What the world calls it.
    pub reference: String,
    pub what: T,
    /// Who wrote it down; none for the command line.
    pub by: Option<String>,
}

/// Why the calendar was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error("Only an administrator changes the calendar")]
    NotAllowed,
    /// The day is past.
    #[error(
        "Choose a day from today to the year 2150: days that are past stay as they were counted"
    )]
    Past,
    /// It makes no difference.
    #[error("Nobody works on {0} anyway: it is a weekend, a bank holiday or a day off already")]
    NotWorkedAnyway(String),
    /// It makes no difference.
    #[error(
        "{0} is no bank holiday and no day off, so only a weekend could keep the authority from working. Enter a bank holiday that is worked"
    )]
    NoHoliday(String),
    /// What the day is.
    #[error("Say what the day is")]
    NoName,
    /// Nothing says where it comes from.
    #[error("Say who says so, such as a proclamation or the authority’s own list")]
    NoSource,
    /// There is a day already.
    #[error("{0} is on the calendar already. Remove it there first")]
    Held(String),
    /// A term that cannot be true.
    #[error(transparent)]
    Term(#[from] TermProblem),
    /// It is gone, or another authority's.
    #[error("This is on the calendar no longer")]
    NotFound,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(CalendarError);

type Outcome<T> = Result<T, CalendarError>;

/// The days that the authority keeps otherwise, in order.
pub fn days(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Held<OtherDay>>> {
    store::calendar_book::days(conn, viewer.authority())
}

/// The terms of the authority's schools, in order.
pub fn terms(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Held<SourcedTerm>>> {
    store::calendar_book::terms(conn, viewer.authority())
}

/// Adds a day on which nobody works, or one that is worked though it is a holiday. Writes the audit event; every child
/// is assessed again by the next job.
///
/// # Errors
/// For everybody but administrators, for a day that is past, and for one that changes nothing.
pub fn add_day(act: &mut Act<'_>, day: &OtherDay) -> Outcome<()> {
    allowed(act.viewer)?;
    let named = spoken(day.day);
    if day.day < act.at.today() || day.day.year() > 2150 {
        return Err(CalendarError::Past);
    }
    if day.name.trim().is_empty() {
        return Err(CalendarError::NoName);
    }
    if day.source.trim().is_empty() {
        return Err(CalendarError::NoSource);
    }
    let held = days(act.tx, act.viewer)?;
    if held.iter().any(|held| held.what.day == day.day) {
        return Err(CalendarError::Held(named));
    }
    let works = Calendar::england().is_working_day(day.day);
    if !works && !day.is_working {
        return Err(CalendarError::NotWorkedAnyway(named));
    }
    let is_weekend = day.day.weekday().num_days_from_monday() > 4;
    if day.is_working && (works || is_weekend) {
        return Err(CalendarError::NoHoliday(named));
    }
    let reference = random_reference(ReferenceKind::CalendarDay);
    store::calendar_book::insert_day(act.tx, act.viewer, &reference, day, act.at.now())?;
    let what = if day.is_working {
        "is worked"
    } else {
        "is a day off"
    };
    let detail = format!(
        "{named} {what}: {} ({})",
        day.name.trim(),
        day.source.trim()
    );
    changed(act, (Action::CalendarDayAdded, reference.as_str()), &detail)
}

/// Takes a day off the calendar that is not past. Writes the audit event.
///
/// # Errors
/// For everybody but administrators, and when it is gone or past.
pub fn remove_day(act: &mut Act<'_>, reference: &Reference) -> Outcome<()> {
    allowed(act.viewer)?;
    let held = days(act.tx, act.viewer)?;
    let found = held
        .into_iter()
        .find(|held| held.reference == reference.as_str());
    let day = found.ok_or(CalendarError::NotFound)?.what;
    if day.day < act.at.today() {
        return Err(CalendarError::Past);
    }
    store::calendar_book::remove_day(act.tx, act.viewer.authority(), reference)?;
    let detail = format!("{} taken off the calendar: {}", spoken(day.day), day.name);
    changed(
        act,
        (Action::CalendarDayRemoved, reference.as_str()),
        &detail,
    )
}

/// Why a term is not taken beside those that the authority has.
///
/// # Errors
/// What makes it impossible.
pub fn check_term(
    conn: &mut Conn,
    viewer: &Viewer,
    new: &SourcedTerm,
    beside: &[Term],
) -> Outcome<()> {
    if new.source.trim().is_empty() {
        return Err(CalendarError::NoSource);
    }
    let mut others = rulebook::terms(conn, viewer.authority())?;
    others.extend_from_slice(beside);
    let calendar = rulebook::calendar(conn, viewer.authority())?;
    Ok(terms::check(&new.term, &others, &calendar)?)
}

/// Adds a term of the authority's schools. Writes the audit event.
///
/// # Errors
/// For everybody but administrators, and for a term that cannot be true.
pub fn add_term(act: &mut Act<'_>, new: &SourcedTerm) -> Outcome<()> {
    allowed(act.viewer)?;
    check_term(act.tx, act.viewer, new, &[])?;
    let reference = random_reference(ReferenceKind::Term);
    store::calendar_book::insert_term(act.tx, act.viewer, &reference, new, act.at.now())?;
    let detail = format!("Term {} ({})", in_words(&new.term), new.source.trim());
    changed(act, (Action::TermAdded, reference.as_str()), &detail)
}

/// Removes a term. Writes the audit event.
///
/// # Errors
/// For everybody but administrators, and when it is gone.
pub fn remove_term(act: &mut Act<'_>, reference: &Reference) -> Outcome<()> {
    allowed(act.viewer)?;
    let held = terms(act.tx, act.viewer)?;
    let found = held
        .into_iter()
        .find(|held| held.reference == reference.as_str());
    let gone = found.ok_or(CalendarError::NotFound)?.what;
    store::calendar_book::remove_term(act.tx, act.viewer.authority(), reference)?;
    let detail = format!("Term {} removed", in_words(&gone.term));
    changed(act, (Action::TermRemoved, reference.as_str()), &detail)
}

fn in_words(term: &Term) -> String {
    format!(
        "{}, {} to {}",
        term.name.trim(),
        spoken(term.first_day),
        spoken(term.last_day)
    )
}

fn allowed(viewer: &Viewer) -> Outcome<()> {
    if policy_book::keeps(viewer) {
        Ok(())
    } else {
        Err(CalendarError::NotAllowed)
    }
}

fn changed(act: &mut Act<'_>, (action, subject): (Action, &str), detail: &str) -> Outcome<()> {
    act.forget_rulebook();
    act.note(action, Subject::thing(subject), detail)?;
    Ok(reassessment::reassess_all_soon(
        act.tx,
        act.viewer.authority(),
        act.at.today(),
    )?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::register::testing::{World, day, now, world};

    fn other(day: NaiveDate, is_working: bool) -> OtherDay {
        OtherDay {
            day,
            is_working,
            name: "Coronation".to_owned(),
            source: "Proclamation".to_owned(),
        }
    }

    fn add(world: &World, viewer: &Viewer, new: &OtherDay) -> Outcome<()> {
        world
            .db
            .write_now(|tx| add_day(&mut Act::new(tx, viewer, At::of(now())), new))
    }

    fn works(world: &World, viewer: &Viewer, on: NaiveDate) -> bool {
        world
            .run(|conn| rulebook::calendar(conn, viewer.authority()))
            .is_working_day(on)
    }

    #[test]
    fn a_day_off_counts_in_its_own_authority_until_it_is_removed() {
        let world = world();
        let (admin, monday) = (&world.administrator, day(2026, 12, 7));
        let off = other(monday, false);
        assert!(matches!(
            add(&world, &world.manager, &off),
            Err(CalendarError::NotAllowed)
        ));
        add(&world, admin, &off).unwrap();
        assert!(!works(&world, admin, monday) && works(&world, &world.elsewhere, monday));
        assert!(matches!(
            add(&world, admin, &off),
            Err(CalendarError::Held(_))
        ));
        let held = world.run(|conn| days(conn, admin)).remove(0);
        assert_eq!(held.by.as_deref(), Some("Chris Lane"));
        let reference = Reference::parse(&held.reference).unwrap();
        let remove = || {
            world
                .db
                .write_now(|tx| remove_day(&mut Act::new(tx, admin, At::of(now())), &reference))
        };
        remove().unwrap();
        assert!(works(&world, admin, monday));
        assert!(matches!(remove(), Err(CalendarError::NotFound)));
    }

    #[test]
    fn what_changes_nothing_or_the_past_is_refused() {
        let world = world();
        let refused = |new: &OtherDay| add(&world, &world.administrator, new).unwrap_err();
        assert!(matches!(
            refused(&other(day(2026, 11, 20), false)),
            CalendarError::Past
        ));
        for idle in [day(2026, 12, 25), day(2026, 12, 5)] {
            assert!(matches!(
                refused(&other(idle, false)),
                CalendarError::NotWorkedAnyway(_)
            ));
        }
        for idle in [day(2026, 12, 7), day(2026, 12, 5)] {
            assert!(matches!(
                refused(&other(idle, true)),
                CalendarError::NoHoliday(_)
            ));
        }
        add(
            &world,
            &world.administrator,
            &other(day(2026, 12, 25), true),
        )
        .unwrap();
        assert!(works(&world, &world.administrator, day(2026, 12, 25)));
    }

    #[test]
    fn terms_are_kept_in_order_and_do_not_overlap() {
        let world = world();
        let admin = &world.administrator;
        let term = |name: &str, first_day, last_day| SourcedTerm {
            term: Term {
                name: name.to_owned(),
                first_day,
                last_day,
            },
            source: "Council website".to_owned(),
        };
        let add = |new: &SourcedTerm| {
            world
                .db
                .write_now(|tx| add_term(&mut Act::new(tx, admin, At::of(now())), new))
        };
        add(&term("Spring 1", day(2027, 1, 4), day(2027, 2, 12))).unwrap();
        add(&term("Autumn 2", day(2026, 11, 2), day(2026, 12, 18))).unwrap();
        let overlapping = add(&term("Autumn", day(2026, 12, 18), day(2026, 12, 21)));
        assert!(matches!(
            overlapping,
            Err(CalendarError::Term(TermProblem::Overlaps(..)))
        ));
        let names: Vec<_> = world
            .run(|conn| terms(conn, admin))
            .into_iter()
            .map(|held| held.what.term.name)
            .collect();
        assert_eq!(names, ["Autumn 2", "Spring 1"]);
        let book = world.run(|conn| rulebook::load(conn, admin.authority(), now().date()));
        assert_eq!(
            book.calendar.add_school_days(day(2026, 12, 18), 1),
            day(2027, 1, 4)
        );
        assert_eq!(
            book.calendar.add_working_days(day(2026, 12, 18), 1),
            day(2026, 12, 21)
        );
    }
}
