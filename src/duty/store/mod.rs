//! The SQL of what is owed, of lapses and of what was told.

pub mod ladder;
pub mod lapse;
pub mod lapse_list;
pub mod notice;
pub mod owed;
pub mod rest;
pub mod told;

use crate::db::Condition;
use crate::rules::duty::{DutyKind, Purpose};
use crate::rules::escalation::{Ladder, Step};
use crate::rules::identifiers::Reference;

crate::text_column!(DutyKind, Ladder, Purpose, Reference, Step);

/// That a check is open, as a literal and not a parameter, so that SQLite sees that the index of open checks will do.
pub const IS_OPEN: Condition = Condition("duty.state = 'open'");
