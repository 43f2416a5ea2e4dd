//! The SQL of the capacity page.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};

use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::schema::{absence, booking, child, duty, registration};
use crate::db::{Conn, Result};
use crate::duty::DutyKey;
use crate::duty::owed::DutyState;
use crate::duty::store::IS_OPEN;
use crate::duty::store::rest::duty_rests;
use crate::register::ChildKey;
use crate::rules::capacity::Due;
use crate::rules::codes::Source;
use crate::rules::duty::DutyKind;
use crate::rules::tier::Tier;
use crate::visit::booking::BookingState;
use crate::visit::capacity::Waiting;

use diesel::prelude::*;

diesel::allow_columns_to_appear_in_same_group_by_clause!(duty::due_on, duty::kind, child::tier,);

/// How many open checks of each kind and tier are due on each day.
pub fn due(conn: &mut Conn, viewer: &Viewer, today: NaiveDate) -> Result<Vec<Due>> {
    let rows: Vec<(NaiveDate, DutyKind, Tier, i64)> = scope::children(viewer)
        .inner_join(duty::table)
        .filter(child::is_open.eq(true))
        .filter(IS_OPEN)
        .filter(not(duty_rests!(child::id, duty::may_rest, today)))
        .group_by((duty::due_on, duty::kind, child::tier))
        .select((duty::due_on, duty::kind, child::tier, count_star()))
        .load(conn)?;
    let checks = rows.into_iter().filter(|(_, kind, _, _)| kind.is_check());
    let due = checks.map(|(on, kind, tier, count)| Due {
        on,
        kind,
        tier,
        count: u32::try_from(count).unwrap_or(u32::MAX),
    });
    Ok(due.collect())
}

/// Who is away from when to when, of absences that are not over.
pub fn absences(
    conn: &mut Conn,
    authority: AuthorityKey,
    today: NaiveDate,
) -> Result<Vec<(AccountKey, NaiveDate, NaiveDate)>> {
    Ok(absence::table
        .filter(absence::authority_id.eq(authority.number()))
        .filter(absence::ends_on.ge(today))
        .select((absence::account_id, absence::starts_on, absence::ends_on))
        .load(conn)?)
}

/// The recurring checks that came with a list: not late, not booked, not resting, of children for whom nothing was done here
/// yet; with `dated_on`, only those that count from that day, because they were overdue when the list was taken over.
pub fn waiting(
    conn: &mut Conn,
    viewer: &Viewer,
    today: NaiveDate,
    dated_on: Option<NaiveDate>,
) -> Result<Vec<Waiting>> {
    let earlier = diesel::alias!(duty as earlier);
    let done = earlier
        .filter(earlier.field(duty::child_id).eq(child::id.nullable()))
        .filter(earlier.field(duty::state).eq(DutyState::Done));
    let from_a_list = registration::table
        .filter(registration::child_id.eq(child::id))
        .filter(registration::ended_on.is_null())
        .filter(registration::source.eq(Source::Import.as_str()));
    let booked = booking::table
        .filter(booking::check_id.eq(duty::id))
        .filter(booking::state.eq(BookingState::Booked));
    let mut asked = scope::children(viewer)
        .inner_join(duty::table)
        .filter(child::is_open.eq(true))
        .filter(IS_OPEN)
        .filter(duty::kind.eq(DutyKind::RecurringCheck))
        .filter(duty::due_on.ge(today))
        .filter(exists(from_a_list))
        .filter(not(exists(done)))
        .filter(not(exists(booked)))
        .filter(not(duty_rests!(child::id, duty::may_rest, today)))
        .into_boxed();
    if let Some(day) = dated_on {
        asked = asked.filter(duty::counted_from.eq(day));
    }
    let rows: Vec<(DutyKey, String, ChildKey, Tier, NaiveDate, String)> = asked
        .order((duty::due_on, duty::id))
        .select((
            duty::id,
            duty::reference,
            child::id,
            child::tier,
            duty::due_on,
            duty::why,
        ))
        .load(conn)?;
    let waiting = rows
        .into_iter()
        .map(|(check, reference, child, tier, due_on, why)| Waiting {
            check,
            reference,
            child,
            tier,
            due_on,
            why,
        });
    Ok(waiting.collect())
}
