//! The SQL of what a tier depends on and of what a person decided about it.

pub mod decision;
pub mod facts;

use crate::rules::outcome::AttemptResult;

crate::text_column!(AttemptResult);
