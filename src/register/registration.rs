//! A time on the register: why a child is on it and, when it ended, through which door. A child who comes back gets a
//! new one; the old ones stay.

use chrono::{NaiveDate, NaiveDateTime};

use super::{ChildKey, store};
use crate::access::AccountKey;
use crate::db::{Conn, Result};
use crate::rules::codes::{
    ChildStatus, ClosureReason, PreviousSetting, PrimaryReason, RegisterBasis, Source,
};

/// Why and since when a child is on the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub basis: RegisterBasis,
    /// The family's main reason, where they gave one.
    pub primary_reason: PrimaryReason,
    pub secondary_reasons: Vec<PrimaryReason>,
    /// The kind of setting before.
    pub previous_setting: PreviousSetting,
    pub previous_school: Option<String>,
    /// Who told the authority.
    pub source: Source,
    pub started_on: NaiveDate,
    /// Last day and the door, when it is over.
    pub ended: Option<(NaiveDate, ClosureReason)>,
    /// How that is known; empty while it lasts, and where a list did not say.
    pub evidence: String,
}

/// Begins a time on the register.
pub fn begin(tx: &mut Conn, child: ChildKey, registration: &Registration) -> Result<()> {
    store::registration::insert(tx, child, registration)
}

/// How a time on the register ends: through a door and with its evidence.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub reason: ClosureReason,
    pub on: NaiveDate,
    /// How that is known.
    pub evidence: &'a str,
    /// Who let the child leave.
    pub by: AccountKey,
    /// Whether a manager hears of it, because it was not one who did it.
    pub tell_manager: bool,
}

/// Ends the time on the register that lasts; whoever calls this writes the audit event.
pub fn end(tx: &mut Conn, child: ChildKey, ending: &Ending<'_>, now: NaiveDateTime) -> Result<()> {
    store::registration::end(tx, child, ending, now)
}

/// Keeps where the record stands, before it says that nobody knows where the child is. Whoever moves the record on
/// meanwhile says so here.
pub fn keep_status(tx: &mut Conn, child: ChildKey, status: ChildStatus) -> Result<()> {
    store::registration::keep_status(tx, child, status)
}

/// Where the record stood before nobody knew where the child was; none for a child who came onto the register lost.
pub fn kept_status(conn: &mut Conn, child: ChildKey) -> Result<Option<ChildStatus>> {
    store::registration::kept_status(conn, child)
}

/// All times on the register, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Registration>> {
    store::registration::of_child(conn, child)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{day, world};

    #[test]
    fn every_time_on_the_register_is_kept() {
        let world = world();
        let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
        let first = Registration {
            basis: RegisterBasis::Ehe,
            primary_reason: PrimaryReason::Lifestyle,
            secondary_reasons: vec![PrimaryReason::Religious, PrimaryReason::Other],
            previous_setting: PreviousSetting::Academy,
            previous_school: Some("Hill Academy".to_owned()),
            source: Source::Parent,
            started_on: day(2024, 9, 1),
            ended: Some((day(2025, 9, 1), ClosureReason::ReturnedToSchool)),
            evidence: String::new(),
        };
        let second = Registration {
            secondary_reasons: Vec::new(),
            started_on: day(2026, 9, 1),
            ended: None,
            ..first.clone()
        };
        for registration in [&first, &second] {
            world.run(|tx| begin(tx, key, registration));
        }
        assert_eq!(world.run(|conn| of_child(conn, key)), [second, first]);
    }
}
