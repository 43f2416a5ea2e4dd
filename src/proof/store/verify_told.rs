//! The SQL of the register's own proof, third part: what somebody has to hear the same day.

use diesel::dsl::count_star;

use crate::db::schema::{address, booking, child, claimed_address, duty, outcome, registration};
use crate::db::{Condition, Conn, Result};
use crate::proof::store::question::{Answer, NAMED, Scope, ask};
use crate::rules::identifiers::Reference;
use crate::visit::store::booking::{coming_visits, is_unheard};

use diesel::prelude::*;

/// Attempts of which a manager was to hear, recorded before the sweep, and did not.
pub fn attempts_not_told(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let to_tell = outcome::table
        .inner_join(duty::table)
        .filter(duty::authority_id.eq_any(scope.numbers()))
        .filter(outcome::tell_manager.eq(true))
        .filter(outcome::recorded_at.lt(scope.seen_until));
    let untold = Condition("outcome.told_at IS NULL");
    ask!(conn, to_tell, untold, outcome::reference)
}

/// Bookings of which a manager was to hear, made before the sweep, and did not.
pub fn postponements_not_told(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let to_tell = booking::table
        .inner_join(duty::table)
        .filter(duty::authority_id.eq_any(scope.numbers()))
        .filter(booking::tell_manager.eq(true))
        .filter(booking::booked_at.lt(scope.seen_until));
    let untold = Condition("booking.told_at IS NULL");
    ask!(conn, to_tell, untold, booking::reference)
}

/// Visits still to come that are for another address than the child's as it was known when the sweep began, of which whoever
/// booked them was not told.
pub fn visits_elsewhere_not_told(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let visits = coming_visits!(scope.day).filter(duty::authority_id.eq_any(scope.numbers()));
    let known = scope.seen_until;
    ask!(conn, visits, is_unheard!(known), booking::reference)
}

/// Records that an officer closed before the sweep, and of which no manager was told.
pub fn departures_not_told(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let to_tell = registration::table
        .inner_join(child::table)
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(registration::tell_manager.eq(true))
        .filter(registration::closed_at.lt(scope.seen_until));
    let untold = Condition("registration.told_at IS NULL");
    ask!(conn, to_tell, untold, child::reference)
}
