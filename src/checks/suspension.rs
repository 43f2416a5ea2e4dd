//! "Social care is leading" lets a child's checks rest, but only with a named lead and an end.

use chrono::{NaiveDate, NaiveDateTime};

use super::rulebook::{self, LastDay, Rulebook};
use super::store;
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::policy::PolicyKey;

/// A rest of a child's checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Why.
    pub reason: String,
    /// Who leads meanwhile.
    pub lead_name: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; the checks wake the day after.
    pub ends_on: NaiveDate,
}

/// Why checks were not suspended.
#[derive(Debug, thiserror::Error)]
pub enum SuspensionError {
    /// Not a manager.
    #[error("Only a manager lets the checks of a child rest")]
    NotAllowed,
    /// Nobody named.
    #[error("Name the person who leads meanwhile")]
    NoLead,
    /// No reason.
    #[error("Say why the checks rest")]
    NoReason,
    /// The end is before the start, or too far off.
    #[error("Choose an end from tomorrow to {0}")]
    End(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(SuspensionError);

/// The last day that a rest decided today may have.
#[must_use]
pub fn latest_end(rulebook: &Rulebook) -> LastDay {
    rulebook.last_day(PolicyKey::LongestRest)
}

/// Lets a child's checks rest; writes the audit event. Managers decide it.
pub fn suspend(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    suspension: &Suspension,
    today: NaiveDate,
    now: NaiveDateTime,
) -> std::result::Result<(), SuspensionError> {
    if !viewer.manages() {
        return Err(SuspensionError::NotAllowed);
    }
    if suspension.lead_name.trim().is_empty() {
        return Err(SuspensionError::NoLead);
    }
    if suspension.reason.trim().is_empty() {
        return Err(SuspensionError::NoReason);
    }
    let latest = latest_end(&rulebook::load(tx, viewer.authority(), today)?).day;
    let end = suspension.ends_on;
    if end <= today || end > latest || end < suspension.starts_on {
        return Err(SuspensionError::End(spoken(latest)));
    }
    store::suspension::insert(tx, child, suspension, viewer.account(), now)?;
    let detail = format!(
        "Checks rest until {}: {}. {} leads meanwhile",
        spoken(end),
        suspension.reason.trim(),
        suspension.lead_name.trim()
    );
    let event = Event {
        action: "checks_suspended",
        child: Some(child.number()),
        subject: "",
        detail: &detail,
    };
    Ok(audit::record(tx, viewer, &event, now)?)
}

/// The rest that holds on a day.
pub fn on(conn: &mut Conn, child: ChildKey, day: NaiveDate) -> Result<Option<Suspension>> {
    store::suspension::on(conn, child, day)
}

/// Lets a rest end with the record: if the child comes back, whoever led is not known to lead still.
pub fn end_with_record(tx: &mut Conn, child: ChildKey, today: NaiveDate) -> Result<()> {
    store::suspension::end(tx, child, today)
}
