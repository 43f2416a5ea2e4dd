//! The SQL of policies, calendars, and of the days on which children are assessed again.

pub mod calendar_book;
pub mod policy_book;
pub mod reassessment;
pub mod rulebook;

use crate::rules::policy::{PolicyKey, PolicySet, Unit};

crate::text_column!(PolicyKey, PolicySet, Unit);
