//! The SQL of the capacity page.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::IS_OPEN;
use super::booking::BookingState;
use super::suspension::sleeps;
use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::checks::CheckKey;
use crate::checks::capacity::Waiting;
use crate::checks::check::CheckState;
use crate::db::schema::{absence, booking, child, registration, welfare_check};
use crate::db::{Conn, Result};
use crate::register::ChildKey;
use crate::rules::capacity::Due;
use crate::rules::codes::Source;
use crate::rules::schedule::CheckKind;
use crate::rules::tier::Tier;

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    welfare_check::due_on,
    welfare_check::kind,
    child::tier,
);

/// How many open checks of each kind and tier are due on each day.
pub(in crate::checks) fn due(
    conn: &mut Conn,
    viewer: &Viewer,
    today: NaiveDate,
) -> Result<Vec<Due>> {
    let rows: Vec<(NaiveDate, CheckKind, Tier, i64)> = scope::children(viewer)
        .inner_join(welfare_check::table)
        .filter(child::is_open.eq(true))
        .filter(IS_OPEN)
        .filter(not(sleeps!(child::id, welfare_check::purpose, today)))
        .group_by((welfare_check::due_on, welfare_check::kind, child::tier))
        .select((
            welfare_check::due_on,
            welfare_check::kind,
            child::tier,
            count_star(),
        ))
        .load(conn)?;
    let due = rows.into_iter().map(|(on, kind, tier, count)| Due {
        on,
        kind,
        tier,
        count: u32::try_from(count).unwrap_or(u32::MAX),
    });
    Ok(due.collect())
}

/// Who is away from when to when, of absences that are not over.
pub(in crate::checks) fn absences(
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
pub(in crate::checks) fn waiting(
    conn: &mut Conn,
    viewer: &Viewer,
    today: NaiveDate,
    dated_on: Option<NaiveDate>,
) -> Result<Vec<Waiting>> {
    let earlier = diesel::alias!(welfare_check as earlier);
    let done = earlier
        .filter(earlier.field(welfare_check::child_id).eq(child::id))
        .filter(earlier.field(welfare_check::state).eq(CheckState::Done));
    let from_a_list = registration::table
        .filter(registration::child_id.eq(child::id))
        .filter(registration::ended_on.is_null())
        .filter(registration::source.eq(Source::Import.as_str()));
    let booked = booking::table
        .filter(booking::check_id.eq(welfare_check::id))
        .filter(booking::state.eq(BookingState::Booked));
    let mut asked = scope::children(viewer)
        .inner_join(welfare_check::table)
        .filter(child::is_open.eq(true))
        .filter(IS_OPEN)
        .filter(welfare_check::kind.eq(CheckKind::RecurringCheck))
        .filter(welfare_check::due_on.ge(today))
        .filter(exists(from_a_list))
        .filter(not(exists(done)))
        .filter(not(exists(booked)))
        .filter(not(sleeps!(child::id, welfare_check::purpose, today)))
        .into_boxed();
    if let Some(day) = dated_on {
        asked = asked.filter(welfare_check::counted_from.eq(day));
    }
    let rows: Vec<(CheckKey, String, ChildKey, Tier, NaiveDate, String)> = asked
        .order((welfare_check::due_on, welfare_check::id))
        .select((
            welfare_check::id,
            welfare_check::reference,
            child::id,
            child::tier,
            welfare_check::due_on,
            welfare_check::why,
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
