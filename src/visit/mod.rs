//! Checks of a child and what came of them: bookings, outcomes and what follows from them, who hears of it the same day, and
//! how many visits the officers can make.

pub mod booked_elsewhere;
pub mod booking;
pub mod capacity;
pub mod check;
pub mod ending;
pub mod failed_visit;
pub mod found;
pub mod outcome;
pub mod paper_letter;
pub mod postponed;
pub(crate) mod store;
pub mod taken_over;

use crate::db::columns::Key;

/// Marks keys of bookings.
#[derive(Debug)]
pub struct Booking;
/// Marks keys of outcomes.
#[derive(Debug)]
pub struct Outcome;

/// The key of a booking.
pub type BookingKey = Key<Booking>;
/// The key of an outcome.
pub type OutcomeKey = Key<Outcome>;
