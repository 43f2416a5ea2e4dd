//! The SQL of what is owed, of lapses and of what was told.

pub mod check;
pub mod due_soon;
pub mod ladder;
pub mod lapse;
pub mod lapse_list;
pub mod suspension;
pub mod told;

use crate::db::Condition;
use crate::duty::check::CheckState;
use crate::rules::escalation::{Post, Step};
use crate::rules::identifiers::Reference;
use crate::rules::schedule::{CheckKind, Purpose};

crate::text_column!(CheckKind, CheckState, Post, Purpose, Reference, Step);

/// That a check is open, as a literal and not a parameter, so that SQLite sees that the index of open checks will do.
pub const IS_OPEN: Condition = Condition("welfare_check.state = 'open'");
