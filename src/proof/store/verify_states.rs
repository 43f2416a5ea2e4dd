//! The SQL of the register's own proof, second part: the states that a child or a booking can be in besides being due.

use diesel::dsl::{count_star, exists, not};

use crate::db::schema::{
    assessment_due, child, duty, registration, rest, tier_decision, tier_history,
};
use crate::db::{Condition, Conn, Result};
use crate::duty::store::IS_OPEN;
use crate::proof::store::question::{Answer, NAMED, Scope, ask};
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

/// Children whose whereabouts nobody knows and for whom finding out is not owed.
pub fn lost_without_clock(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let lost = child::table
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(child::status.eq("whereabouts_unknown"));
    let clock = exists(
        duty::table
            .filter(duty::child_id.eq(child::id.nullable()))
            .filter(duty::kind.eq(DutyKind::FindChild))
            .filter(IS_OPEN),
    );
    ask!(conn, lost, not(clock), child::reference)
}

/// Children whom somebody let leave the register without saying how that is known. (What came closed with a list, nobody
/// here closed.)
pub fn left_without_evidence(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let left = registration::table
        .inner_join(child::table)
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(registration::closed_by.is_not_null());
    ask!(
        conn,
        left,
        registration::closure_evidence.eq(""),
        child::reference
    )
}

/// Children whose lists show another tier than the one that was assessed or decided last.
pub fn wrong_tier(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let assessed = child::table
        .inner_join(tier_history::table)
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(child::is_open.eq(true))
        .filter(tier_history::held_to.is_null());
    ask!(
        conn,
        assessed,
        child::tier.ne(tier_history::tier),
        child::reference
    )
}

/// Children whose tier a person decided up to a day that has passed.
pub fn decided_for_too_long(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let decided = tier_decision::table
        .inner_join(child::table)
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(tier_decision::ended_at.is_null());
    ask!(
        conn,
        decided,
        tier_decision::ends_on.lt(scope.day),
        child::reference
    )
}

/// Children for whom the rules had to be asked again by the day, and were not. (A row of today may be younger than the
/// last run.)
pub fn not_assessed_again(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let due = assessment_due::table
        .inner_join(child::table)
        .filter(assessment_due::authority_id.eq_any(scope.numbers()));
    ask!(
        conn,
        due,
        assessment_due::due_on.lt(scope.day),
        child::reference
    )
}

/// Children whose checks rest without a lead, a reason, or an end after the beginning.
pub fn rests_without_lead(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let rests = rest::table
        .inner_join(child::table)
        .filter(child::authority_id.eq_any(scope.numbers()));
    let offends =
        Condition("(rest.lead_name = '' OR rest.reason = '' OR rest.ends_on < rest.starts_on)");
    ask!(conn, rests, offends, child::reference)
}

/// Children with a rest of which those above had to hear when the sweep ran, and did not.
pub fn rests_unheard(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let heard = rest::table
        .inner_join(child::table)
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(rest::heard_above.eq(true));
    let offends = rest::mail_id
        .is_null()
        .and(rest::recorded_at.lt(scope.seen_until));
    ask!(conn, heard, offends, child::reference)
}
