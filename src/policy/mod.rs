//! The rulebook of an authority on a day: its policy, its calendar, and which children must be assessed again when they change.

pub mod calendar_book;
pub mod policy_book;
pub mod reassessment;
pub mod rulebook;
mod store;
