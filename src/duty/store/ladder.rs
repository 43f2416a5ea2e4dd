//! The SQL of the ladder: which lapses are open, which steps were told, and when the next one is owed.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::not;

use crate::access::{AuthorityKey, Role};
use crate::clock::london_day;
use crate::db::columns::Key;
use crate::db::days::{Day, MaybeDay};
use crate::db::schema::{
    account, authority, child, duty, ladder_weighing, lapse, lapse_step, notice, outgoing_mail,
    post_holder,
};
use crate::db::{Conn, Result};
use crate::duty::LapseKey;
use crate::duty::store::rest::lapse_rests;
use crate::duty::store::told;
use crate::mail::OutgoingMail;
use crate::register::ChildKey;
use crate::rules::duty::Called;
use crate::rules::escalation::{Ladder, LapseState, Post, Step};
use crate::rules::identifiers::Reference;
use crate::rules::tier::Tier;

use diesel::prelude::*;

/// How an open lapse stands: what the ladder depends on, and no more: many are read at once, and the proof reads every one.
#[derive(Queryable)]
pub struct LapseOnLadder {
    pub key: LapseKey,
    #[diesel(deserialize_as = Day)]
    due_on: NaiveDate,
    #[diesel(deserialize_as = Day)]
    opened_on: NaiveDate,
    #[diesel(deserialize_as = MaybeDay)]
    plan_by: Option<NaiveDate>,
    answered_at: Option<NaiveDateTime>,
    round: i32,
    ladder: Ladder,
    post: Post,
    /// Of the child; none if the duty is about none.
    tier: Option<Tier>,
}

impl LapseOnLadder {
    pub fn state(&self) -> LapseState {
        LapseState {
            ladder: self.ladder,
            owner: self.post,
            due_on: self.due_on,
            opened_on: self.opened_on,
            tier: self.tier.unwrap_or(Tier::Green),
            round: u32::try_from(self.round).unwrap_or_default(),
            plan_by: self.plan_by,
            planned_on: self.answered_at.map(london_day),
            closed: false,
        }
    }
}

/// An authority's open lapses whose next step is owed by a day; those of checks that rest today are left out.
pub fn open(
    conn: &mut Conn,
    kept_by: AuthorityKey,
    today: NaiveDate,
    next_step_by: NaiveDate,
) -> Result<Vec<LapseOnLadder>> {
    Ok(lapse::table
        .left_join(child::table)
        .filter(lapse::authority_id.eq(kept_by))
        .filter(lapse::closed_at.is_null())
        .filter(lapse::next_step_on.le(next_step_by))
        .filter(not(lapse_rests!(today)))
        .select((
            lapse::id,
            lapse::due_on,
            lapse::opened_on,
            lapse::plan_by,
            lapse::answered_at,
            lapse::round,
            lapse::ladder,
            lapse::post,
            child::tier.nullable(),
        ))
        .load(conn)?)
}

/// Lapses written in one statement.
const AT_ONCE: usize = 1_000;

/// A step that was told for a post in a round.
pub type ToldStep = (LapseKey, u32, Step, Post);

/// Which steps of an authority's open lapses whose next step is owed by a day were told in the round that each is in, for which
/// posts. What was told to somebody who is gone was told to nobody: whoever holds the post now is to hear of it.
pub fn told(
    conn: &mut Conn,
    kept_by: AuthorityKey,
    gone: &[String],
    next_step_by: NaiveDate,
) -> Result<HashSet<ToldStep>> {
    let rows: Vec<(LapseKey, i32, Step, Post)> = lapse_step::table
        .inner_join(lapse::table)
        .filter(lapse::authority_id.eq(kept_by))
        .filter(lapse::closed_at.is_null())
        .filter(lapse::next_step_on.le(next_step_by))
        .filter(lapse_step::round.eq(lapse::round))
        .filter(lapse_step::recipient.ne_all(gone))
        .select((
            lapse_step::lapse_id,
            lapse_step::round,
            lapse_step::step,
            lapse_step::post,
        ))
        .load(conn)?;
    let told =
        |(key, round, step, post)| (key, u32::try_from(round).unwrap_or_default(), step, post);
    Ok(rows.into_iter().map(told).collect())
}

/// The addresses at which nobody reads any more what an authority told somebody of its staff, who had left by a day, in order. A
/// mailbox with the address of somebody who left is read by those who stayed.
pub fn gone(conn: &mut Conn, kept_by: AuthorityKey, left_by: NaiveDate) -> Result<Vec<String>> {
    let mut gone: Vec<String> = account::table
        .filter(account::authority_id.eq(kept_by))
        .filter(account::role.ne(Role::Parent.as_str()))
        .filter(account::left_on.le(left_by))
        .order(account::email)
        .select(account::email)
        .load(conn)?;
    if !gone.is_empty() {
        let shared = mailboxes(conn, kept_by)?;
        gone.retain(|email| !shared.iter().any(|it| it.eq_ignore_ascii_case(email)));
    }
    Ok(gone)
}

/// The addresses of an authority and of its posts that belong to nobody in person.
fn mailboxes(conn: &mut Conn, kept_by: AuthorityKey) -> Result<Vec<String>> {
    let of_posts: Vec<Option<String>> = post_holder::table
        .filter(post_holder::authority_id.eq(kept_by))
        .filter(post_holder::email.is_not_null())
        .select(post_holder::email)
        .load(conn)?;
    let own: Option<String> = authority::table
        .filter(authority::id.eq(kept_by.number()))
        .select(authority::mailbox)
        .first(conn)?;
    Ok(of_posts.into_iter().flatten().chain(own).collect())
}

/// Writes on which day these lapses owe their next step.
pub fn set_next_step(tx: &mut Conn, lapses: &[i64], on: NaiveDate) -> Result<()> {
    for some in lapses.chunks(AT_ONCE) {
        diesel::update(lapse::table.filter(lapse::id.eq_any(some)))
            .set(lapse::next_step_on.eq(on))
            .execute(tx)?;
    }
    Ok(())
}

/// Has the next steps of a child's open lapses weighed anew by the next sweep.
pub fn weigh_anew_of_child(tx: &mut Conn, child: ChildKey) -> Result<()> {
    diesel::update(
        lapse::table
            .filter(lapse::child_id.eq(child))
            .filter(lapse::closed_at.is_null()),
    )
    .set(lapse::next_step_on.eq(lapse::opened_on))
    .execute(tx)?;
    Ok(())
}

/// Has the next steps of all open lapses of an authority weighed anew, unless they were weighed under the same.
pub fn weigh_anew_unless(tx: &mut Conn, kept_by: AuthorityKey, under: &str) -> Result<()> {
    let own = ladder_weighing::authority_id.eq(kept_by.number());
    let before: Option<String> = ladder_weighing::table
        .filter(own)
        .select(ladder_weighing::weighed_under)
        .first(tx)
        .optional()?;
    let now = ladder_weighing::weighed_under.eq(under);
    match before {
        Some(before) if before == under => return Ok(()),
        Some(_) => diesel::update(ladder_weighing::table.filter(own))
            .set(now)
            .execute(tx)?,
        None => diesel::insert_into(ladder_weighing::table)
            .values((own, now))
            .execute(tx)?,
    };
    diesel::update(
        lapse::table
            .filter(lapse::authority_id.eq(kept_by))
            .filter(lapse::closed_at.is_null()),
    )
    .set(lapse::next_step_on.eq(lapse::opened_on))
    .execute(tx)?;
    Ok(())
}

/// What a mail told.
pub struct ToldWith {
    pub recipient: String,
    pub posts: Vec<Post>,
    /// The children of whom it told, each with the reference of the lapse.
    pub lapses: Vec<(Option<ChildKey>, Reference)>,
    /// The children of whom it gave notice, each with the reference of the duty that is due soon.
    pub due_soon: Vec<(Option<ChildKey>, Reference)>,
    /// What these are called together.
    pub called: Called,
    /// What was to be heard the same day, in words, with the child it is about.
    pub same_day: Option<(ChildKey, String)>,
}

/// To whom a mail went, as which posts, and of what it told.
pub fn told_with(conn: &mut Conn, mail: Key<OutgoingMail>) -> Result<ToldWith> {
    let (recipient, child, about): (String, Option<ChildKey>, String) = outgoing_mail::table
        .filter(outgoing_mail::id.eq(mail))
        .select((
            outgoing_mail::recipient,
            outgoing_mail::about_child_id,
            outgoing_mail::about,
        ))
        .first(conn)?;
    let posts = lapse_step::table
        .filter(lapse_step::mail_id.eq(mail))
        .select(lapse_step::told_post)
        .distinct()
        .load(conn)?;
    let lapses = lapse_step::table
        .inner_join(lapse::table)
        .filter(lapse_step::mail_id.eq(mail))
        .order(lapse::reference)
        .select((lapse::child_id, lapse::reference))
        .distinct()
        .load(conn)?;
    let due_soon = notice::table
        .inner_join(duty::table)
        .filter(notice::mail_id.eq(mail))
        .order(duty::reference)
        .select((duty::child_id, duty::reference))
        .load(conn)?;
    Ok(ToldWith {
        recipient,
        posts,
        lapses,
        due_soon,
        called: Called::together(told::kinds_in(conn, mail.number())?),
        same_day: child.map(|child| (child, about)),
    })
}
