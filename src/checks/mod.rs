//! What is owed to a child and whether it was done: checks, bookings, outcomes, lapses, and the proof that nothing
//! slipped through.

pub mod booked_elsewhere;
pub mod booking;
pub mod calendar_book;
pub mod capacity;
pub mod check;
pub mod departed;
pub mod diary;
pub mod dispute;
pub mod due_soon;
pub mod failed_visit;
pub mod ladder;
pub mod lapse;
pub mod lapse_list;
pub mod letter;
pub mod merging;
pub mod out_of_sight;
pub mod outcome;
pub mod overriding;
pub mod policy_book;
pub mod postponed;
mod posts;
pub mod rulebook;
mod same_day;
mod store;
pub mod suspension;
pub mod tiering;
pub mod told;
pub mod undelivered;
pub mod verify;
pub mod weekly;
pub mod whereabouts;

use crate::db::columns::Key;
use crate::rules::identifiers::{Reference, ReferenceKind};

/// Marks keys of checks.
#[derive(Debug)]
pub struct Check;
/// Marks keys of bookings.
#[derive(Debug)]
pub struct Booking;
/// Marks keys of outcomes.
#[derive(Debug)]
pub struct Outcome;
/// Marks keys of lapses.
#[derive(Debug)]
pub struct Lapse;

/// The key of a check.
pub type CheckKey = Key<Check>;
/// The key of a booking.
pub type BookingKey = Key<Booking>;
/// The key of an outcome.
pub type OutcomeKey = Key<Outcome>;
/// The key of a lapse.
pub type LapseKey = Key<Lapse>;

/// A new reference.
fn fresh(kind: ReferenceKind) -> Reference {
    Reference::from_random(kind, rand::random())
}
