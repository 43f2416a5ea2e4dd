//! One duty: a check of a child, with what was booked and what came of it, or another thing that is owed by a day; and its
//! lapse.

pub mod bookings;
pub mod duty;
pub mod lapse;
pub mod outcomes;
pub mod page;
pub mod paper_letter;
pub mod words;
