//! A welfare check: a duty about a child. What only a check has, bookings and outcomes, is in this room.

use std::ops::Deref;

use crate::access::Viewer;
use crate::db::{Conn, DbError, Result};
use crate::duty::DutyKey;
use crate::duty::owed::{self, Duty};
use crate::register::ChildKey;
use crate::rules::identifiers::Reference;

/// A duty that is known to be a check of a child.
#[derive(Clone, Debug)]
pub struct Check {
    pub child: ChildKey,
    duty: Duty,
}

impl Check {
    /// The duty as a check, if it is one.
    #[must_use]
    pub fn of(duty: Duty) -> Option<Self> {
        let child = duty.about.child().filter(|_| duty.kind.is_check())?;
        Some(Self { child, duty })
    }
}

/// A check is a duty: whatever a duty has, a check has.
impl Deref for Check {
    type Target = Duty;

    fn deref(&self) -> &Duty {
        &self.duty
    }
}

/// The check with this reference, if this viewer may see its child.
pub fn find(conn: &mut Conn, viewer: &Viewer, reference: &Reference) -> Result<Option<Check>> {
    Ok(owed::find(conn, viewer, reference)?.and_then(Check::of))
}

/// The check with this key.
///
/// # Errors
/// When the duty is no check.
pub fn by_key(conn: &mut Conn, key: DutyKey) -> Result<Check> {
    let duty = owed::by_key(conn, key)?;
    Check::of(duty).ok_or_else(|| DbError::Corrupt(format!("duty {key:?} is no check")))
}

/// A child's checks: the open ones by due day, then the closed ones, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Check>> {
    let duties = owed::of_child(conn, child)?;
    Ok(duties.into_iter().filter_map(Check::of).collect())
}

/// A child's open checks by due day.
pub fn open_of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<Check>> {
    let duties = owed::open_of_child(conn, child)?;
    Ok(duties.into_iter().filter_map(Check::of).collect())
}
