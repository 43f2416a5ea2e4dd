//! The SQL of what is owed, of lapses and of what was told.

pub mod figures;
pub mod ladder;
pub mod lapse;
pub mod lapse_list;
pub mod notice;
pub mod owed;
pub mod rest;
pub mod telling;
pub mod told;

use crate::db::Condition;
use crate::rules::duty::{DutyKind, Purpose};
use crate::rules::escalation::{Ladder, Step};
use crate::rules::identifiers::Reference;

crate::text_column!(DutyKind, Ladder, Purpose, Reference, Step);

/// That a duty is open, as a literal and not a parameter, so that SQLite sees that the index of open duties will do.
pub const IS_OPEN: Condition = Condition("duty.state = 'open'");

/// That a duty is that of the child's officer.
pub const OF_THE_OFFICER: Condition = Condition("duty.post = 'officer'");

/// That a duty is of another post: of a few, as their index has it.
pub const OF_ANOTHER_POST: Condition = Condition("duty.post <> 'officer'");
