//! The policy and the calendar of an authority on a day, read from the database for the rules to work with.

use std::rc::Rc;

use chrono::NaiveDate;

use super::store;
use crate::access::{Act, AuthorityKey};
use crate::db::{Conn, Result};
use crate::rules::calendar::Calendar;
use crate::rules::policy::{self, Policy, PolicyRow};
pub use crate::rules::rulebook::{LastDay, Rulebook};
use crate::rules::terms::{self, Term};

/// The rulebook of an act: its authority's on its day, read once however often it is asked for.
///
/// # Errors
/// When the database does not answer.
pub fn of(act: &mut Act<'_>) -> Result<Rc<Rulebook>> {
    if let Some(rulebook) = act.rulebook_asked() {
        return Ok(rulebook);
    }
    let rulebook = Rc::new(load(act.tx, act.viewer.authority(), act.at.today())?);
    act.keep_rulebook(Rc::clone(&rulebook));
    Ok(rulebook)
}

/// The rulebook as it was on an earlier day, for all that this act still asks: what is written down later counts as of the day
/// on which it was received.
///
/// # Errors
/// When the database does not answer.
pub fn as_of(act: &mut Act<'_>, day: NaiveDate) -> Result<Rc<Rulebook>> {
    let rulebook = Rc::new(load(act.tx, act.viewer.authority(), day)?);
    act.keep_rulebook(Rc::clone(&rulebook));
    Ok(rulebook)
}

/// Reads an authority's rulebook for a day.
pub fn load(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Rulebook> {
    let code = crate::access::authority::by_key(conn, authority)?.code;
    let rows = store::rulebook::policies_of(conn, &code)?;
    Ok(Rulebook {
        policy: Policy::at(&rows, &code, today),
        calendar: calendar(conn, authority)?
            .with_schools_closed(terms::days_between(&terms(conn, authority)?)),
        today,
    })
}

/// The working days alone, for pages that only count them.
pub fn calendar(conn: &mut Conn, authority: AuthorityKey) -> Result<Calendar> {
    let days = store::rulebook::calendar_days(conn, authority)?;
    let (working, holidays): (Vec<_>, Vec<_>) = days.into_iter().partition(|(_, works)| *works);
    let working: Vec<NaiveDate> = working.into_iter().map(|(day, _)| day).collect();
    let holidays = holidays.into_iter().map(|(day, _)| day);
    Ok(Calendar::england()
        .with_holidays(holidays)
        .without(&working))
}

/// The terms of an authority's schools, in order.
pub fn terms(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Term>> {
    store::rulebook::terms(conn, authority)
}

/// Puts the policies that ship with the program into the database, those of them that it does not hold yet.
pub fn seed(tx: &mut Conn) -> Result<()> {
    let held = store::rulebook::policies(tx)?;
    let missing: Vec<PolicyRow> = policy::defaults()
        .into_iter()
        .filter(|shipped| {
            !held
                .iter()
                .any(|row| row.authority.is_none() && row.key == shipped.key)
        })
        .collect();
    store::rulebook::insert_policies(tx, &missing)
}
