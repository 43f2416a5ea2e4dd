//! The SQL of the register's own proof: for each promise how many things were looked at and which of them break it. The
//! questions are asked of whole tables, so that 200,000 children take a second or two.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, exists, not};

use crate::access::AuthorityKey;
use crate::db::schema::{
    address, authority, child, duty, job_run, lapse, registration, tier_history,
};
use crate::db::{Condition, Conn, Result};
use crate::duty::LapseKey;
use crate::duty::store::IS_OPEN;
use crate::duty::store::owed::WRONG_NEXT_CHECK;
use crate::duty::store::rest::{child_rests, duty_rests};
use crate::proof::store::question::{Answer, NAMED, Scope, ask};
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;

use diesel::prelude::*;

/// Children who are on the register and have neither an open check nor a rest that ends.
pub fn children_without_clock(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let no_checks = DutyKind::ALL
        .iter()
        .filter(|kind| !kind.is_check())
        .map(|kind| kind.as_str());
    let clock = exists(
        duty::table
            .filter(duty::child_id.eq(child::id.nullable()))
            .filter(duty::kind.ne_all(no_checks))
            .filter(IS_OPEN),
    );
    ask!(
        conn,
        open_children(scope),
        not(clock).and(not(child_rests!(child::id, scope.day))),
        child::reference
    )
}

/// Children whose lists show another day than the earliest on which an open check is due.
pub fn wrong_next_check(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let offends = Condition(WRONG_NEXT_CHECK);
    let children = child::table.filter(child::authority_id.eq_any(scope.numbers()));
    ask!(conn, children, offends, child::reference)
}

/// Duties that are overdue, do not rest, and have no open lapse. (That there is not more than one a unique index sees to.)
pub fn overdue_without_lapse(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let overdue = duty::table
        .filter(duty::authority_id.eq_any(scope.numbers()))
        .filter(IS_OPEN)
        .filter(duty::due_on.lt(scope.day))
        .filter(duty::created_at.lt(scope.seen_until))
        .filter(not(duty_rests!(duty::child_id, duty::may_rest, scope.day)));
    let lapsed = exists(
        lapse::table
            .filter(lapse::duty_id.eq(duty::id))
            .filter(lapse::closed_at.is_null()),
    );
    ask!(conn, overdue, not(lapsed), duty::reference)
}

/// Open lapses of a duty that is not open.
pub fn lapses_of_closed_duties(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let open = lapse::table
        .inner_join(duty::table)
        .filter(lapse::authority_id.eq_any(scope.numbers()))
        .filter(lapse::closed_at.is_null());
    ask!(
        conn,
        open,
        Condition("NOT duty.state = 'open'"),
        lapse::reference
    )
}

/// Lapses that were closed without an outcome that was recorded or a duty that was cancelled, or without a reason; and
/// those that an attempt closed which only led to another one.
pub fn lapses_closed_without_cause(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let closed = lapse::table
        .inner_join(duty::table)
        .filter(lapse::authority_id.eq_any(scope.numbers()))
        .filter(lapse::closed_at.is_not_null());
    let reason = lapse::closed_because
        .is_not_null()
        .and(lapse::closed_because.ne(""));
    let ended = duty::closed_because
        .is_not_null()
        .and(duty::closed_because.ne(""))
        .and(Condition("duty.state <> 'open'"));
    let failed = Condition(
        "(duty.state = 'cancelled' AND EXISTS
          (SELECT 1 FROM closed_by_outcome WHERE closed_by_outcome.check_id = duty.id))",
    );
    ask!(
        conn,
        closed,
        not(reason.assume_not_null())
            .or(not(ended.assume_not_null()))
            .or(failed),
        lapse::reference
    )
}

/// Duties that are due later than they first were, that were closed without a reason or a day, or that are open and
/// have one.
pub fn duties_out_of_order(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    // All of them are looked at, the closed ones too: in the order of the table that takes half as long as by an index, and
    // no index serves a sum.
    let duties = duty::table.filter((duty::authority_id + 0_i64).eq_any(scope.numbers()));
    let offends = Condition(
        "(duty.due_on > duty.original_due_on
          OR (duty.state = 'open') <> (duty.closed_on IS NULL)
          OR (duty.state = 'open') <> (duty.closed_because IS NULL))",
    );
    ask!(conn, duties, offends, duty::reference)
}

/// Children who are open without an open registration, or closed with one. (That there is not more than one a unique
/// index sees to.)
pub fn wrong_registration(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let registered = exists(
        registration::table
            .filter(registration::child_id.eq(child::id))
            .filter(registration::ended_on.is_null()),
    );
    let children = child::table.filter(child::authority_id.eq_any(scope.numbers()));
    ask!(
        conn,
        children,
        child::is_open.ne(registered),
        child::reference
    )
}

/// Children with more than one current home.
pub fn two_homes(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let checked: i64 = open_children(scope).select(count_star()).first(conn)?;
    let broken: Vec<Reference> = address::table
        .inner_join(child::table)
        .filter(child::authority_id.eq_any(scope.numbers()))
        .filter(address::lived_to.is_null())
        .group_by(child::reference)
        .having(count_star().gt(1))
        .order(child::reference)
        .limit(NAMED)
        .select(child::reference)
        .load(conn)?;
    Ok((
        checked,
        broken
            .iter()
            .map(|reference| reference.as_str().to_owned())
            .collect(),
    ))
}

/// Children with an address that ends before it begins, or with two that overlap. One that was corrected on its first
/// day was held for that day, beside the one that took its place.
pub fn addresses_out_of_order(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let offends = Condition(
        "EXISTS (SELECT 1 FROM address one WHERE one.child_id = child.id AND (one.lived_to < one.lived_from
          OR EXISTS (SELECT 1 FROM address other WHERE other.child_id = child.id AND other.id <> one.id
            AND (one.lived_to IS NULL OR one.lived_to >= other.lived_from)
            AND (other.lived_from > one.lived_from
              OR (other.lived_from = one.lived_from
                AND (one.lived_to IS NULL OR one.lived_to > one.lived_from)
                AND (other.lived_to IS NULL OR other.lived_to > other.lived_from))))))",
    );
    ask!(conn, open_children(scope), offends, child::reference)
}

/// Children whose lists show another postcode than their current home's.
pub fn wrong_postcode(conn: &mut Conn, scope: Scope<'_>) -> Result<Answer> {
    let offends = Condition(
        "child.postcode IS DISTINCT FROM (SELECT MAX(address.postcode) FROM address
          WHERE address.child_id = child.id AND address.lived_to IS NULL)",
    );
    ask!(conn, open_children(scope), offends, child::reference)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn open_children(scope: Scope<'_>) -> _ {
    let authorities: Vec<i64> = scope.numbers();
    child::table
        .filter(child::authority_id.eq_any(authorities))
        .filter(child::is_open.eq(true))
}

/// Lapses that somebody answered for, or whose child's tier changed, after a moment, so that the sweep at that moment could
/// not know.
pub fn changed_since(
    conn: &mut Conn,
    authority: AuthorityKey,
    since: NaiveDateTime,
) -> Result<HashSet<LapseKey>> {
    let answered: Vec<LapseKey> = lapse::table
        .filter(lapse::authority_id.eq(authority))
        .filter(lapse::closed_at.is_null())
        .filter(lapse::answered_at.ge(since))
        .select(lapse::id)
        .load(conn)?;
    let retiered: Vec<LapseKey> = lapse::table
        .inner_join(child::table)
        .inner_join(tier_history::table.on(tier_history::child_id.nullable().eq(lapse::child_id)))
        .filter(lapse::authority_id.eq(authority))
        .filter(lapse::closed_at.is_null())
        .filter(tier_history::held_from.gt(since))
        .select(lapse::id)
        .load(conn)?;
    Ok(answered.into_iter().chain(retiered).collect())
}

/// When a job last began a run that it completed.
pub fn last_completed(conn: &mut Conn, job: &str) -> Result<Option<NaiveDateTime>> {
    Ok(job_run::table
        .filter(job_run::job.eq(job))
        .filter(Condition(
            "job_run.ended_at IS NOT NULL AND job_run.problem = ''",
        ))
        .order(job_run::id.desc())
        .select(job_run::started_at)
        .first(conn)
        .optional()?)
}

/// Whether any authority is in service.
pub fn any_in_service(conn: &mut Conn) -> Result<bool> {
    Ok(diesel::select(exists(
        authority::table.filter(authority::uses_service.eq(true)),
    ))
    .get_result(conn)?)
}
