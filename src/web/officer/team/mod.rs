//! What is about the people who do the work.

pub mod absences;
