//! One check: what is owed, what was booked, what came of it.

pub mod bookings;
pub mod lapse;
pub mod letter;
pub mod outcomes;
pub mod page;
pub mod words;
