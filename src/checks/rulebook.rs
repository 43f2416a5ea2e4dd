//! The policy and the calendar of an authority on a day, read from the database for the rules to work with.

use chrono::NaiveDate;

use super::store;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::rules::calendar::Calendar;
use crate::rules::policy::{self, Policy};

/// What the rules need to know besides the facts of a case.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// The policy in force.
    pub policy: Policy,
    /// The working days.
    pub calendar: Calendar,
    /// The day.
    pub today: NaiveDate,
}

/// Reads an authority's rulebook for a day.
pub fn load(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Rulebook> {
    let code = crate::access::authority::by_key(conn, authority)?.code;
    let rows = store::rulebook::policies(conn)?;
    Ok(Rulebook {
        policy: Policy::at(&rows, &code, today),
        calendar: calendar(conn)?,
        today,
    })
}

/// The working days alone, for pages that only count them.
pub fn calendar(conn: &mut Conn) -> Result<Calendar> {
    Ok(Calendar::england().with_holidays(store::rulebook::holidays(conn)?))
}

/// Puts the policies that ship with the program into an empty database.
pub fn seed(tx: &mut Conn) -> Result<()> {
    if store::rulebook::policies(tx)?.is_empty() {
        store::rulebook::insert_policies(tx, &policy::defaults())?;
    }
    Ok(())
}
