//! A check: something owed to a child by a day. Its original due day is written once and never again.

use std::cmp::Reverse;

use chrono::{NaiveDate, NaiveDateTime};

use super::store::booking::BookingState;
use super::store::check::{Closing, NewCheck};
use super::{CheckKey, store};
use crate::access::audit::{self, Event};
use crate::access::{AuthorityKey, Viewer};
use crate::db::{Conn, Result};
use crate::register::{self, ChildKey};
use crate::rules::codes::code_list;
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::rules::schedule::{CheckKind, CheckOwed, OpenCheck, Purpose};

code_list! {
    /// Where a check stands. A lapsed check is open: lapsing does not end what is owed.
    pub enum CheckState {
        Open = "open", "Open";
        /// Satisfied by an outcome, or by the act it asks for.
        Done = "done", "Done";
        /// No longer owed, with the reason kept.
        Cancelled = "cancelled", "No longer owed";
    }
}

/// A check as held.
#[derive(Clone, Debug)]
pub struct CheckRecord {
    /// The key inside the program.
    pub key: CheckKey,
    /// What the world calls it.
    pub reference: Reference,
    pub authority: AuthorityKey,
    pub child: ChildKey,
    pub kind: CheckKind,
    pub purpose: Purpose,
    /// The check whose failed attempt this one makes good.
    pub follows: Option<CheckKey>,
    /// The day the period was counted from.
    pub counted_from: NaiveDate,
    /// The day it was first due; nothing overwrites it.
    pub original_due_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The sentence that answers "why this day?".
    pub why: String,
    pub state: CheckState,
    /// When it was done or cancelled.
    pub closed_on: Option<NaiveDate>,
    /// Why it was closed, in words.
    pub closed_because: Option<String>,
}

impl CheckRecord {
    /// What the rules need to know of a check that is open.
    pub(super) fn as_open(&self) -> OpenCheck {
        OpenCheck {
            kind: self.kind,
            purpose: self.purpose,
            counted_from: self.counted_from,
            due_on: self.due_on,
        }
    }
}

/// The check with this reference, if this viewer may see its child.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<CheckRecord>> {
    store::check::find(conn, viewer, reference)
}

/// A child's checks: the open ones by due day, then the closed ones, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> Result<Vec<CheckRecord>> {
    let all = store::check::of_child(conn, child)?;
    let (mut open, mut closed): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|check| check.state == CheckState::Open);
    open.sort_by_key(|check| (check.due_on, check.key));
    closed.sort_by_key(|check| Reverse((check.closed_on, check.key)));
    open.append(&mut closed);
    Ok(open)
}

/// The day on which something is due, and why then.
#[derive(Clone, Debug)]
pub struct DueDay {
    pub on: NaiveDate,
    /// Why on that day.
    pub why: String,
}

/// The days on which the open checks of one kind are due, for those of the children who have one.
pub fn due_days(
    conn: &mut Conn,
    kind: CheckKind,
    children: &[ChildKey],
) -> Result<Vec<(ChildKey, DueDay)>> {
    store::check::due_days(conn, kind, children)
}

/// Writes what is owed. A kind that is open already stays as it is: a child is not owed the same thing twice.
pub fn owe(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    owed: &[CheckOwed],
    follows: Option<CheckKey>,
    now: NaiveDateTime,
) -> Result<()> {
    let new: Vec<NewCheck<'_>> = owed
        .iter()
        .map(|owed| NewCheck {
            child,
            owed,
            follows,
        })
        .collect();
    store::check::insert_missing(tx, viewer.authority(), &new, now)?;
    copy_next(tx, child)
}

/// Writes the first checks of children who were put on the register a moment ago, each with the earliest due day
/// beside it already ([`register::bulk::add_all`]). They are owed nothing else yet, so nothing is looked up.
pub fn owe_first(
    tx: &mut Conn,
    viewer: &Viewer,
    owed: &[(ChildKey, Vec<CheckOwed>)],
    now: NaiveDateTime,
) -> Result<()> {
    let new: Vec<NewCheck<'_>> = owed
        .iter()
        .flat_map(|(child, checks)| {
            checks.iter().map(|owed| NewCheck {
                child: *child,
                owed,
                follows: None,
            })
        })
        .collect();
    store::check::insert(tx, viewer.authority(), &new, now)
}

/// Ends one open check that is done by an act which is not an attempt, such as sending the acknowledgement, and the new
/// attempt at it. The caller writes the audit event.
pub fn complete(
    tx: &mut Conn,
    child: ChildKey,
    kind: CheckKind,
    because: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    let open = store::check::open_of_child(tx, child)?;
    let done = open.iter().find(|check| check.kind == kind);
    let done = done.map(|check| check.key);
    let of_it = |check: &&CheckRecord| Some(check.key) == done || check.follows == done;
    let keys: Vec<CheckKey> = match done {
        Some(_) => open.iter().filter(of_it).map(|check| check.key).collect(),
        None => Vec::new(),
    };
    let closing = Closing {
        state: CheckState::Done,
        on: today,
        because,
        outcome: None,
    };
    end(tx, &keys, &closing, now)?;
    copy_next(tx, child)
}

/// Ends every open check of a child that is no longer owed any, such as one who leaves the register: bookings are
/// cancelled and lapses closed with the reason. Writes the audit event.
pub fn cancel_all_of(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    because: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    let open = store::check::open_of_child(tx, child)?;
    cancel(tx, viewer, child, &open, because, today, now)
}

/// Ends these open checks of a child in the same way.
pub(super) fn cancel(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    checks: &[CheckRecord],
    because: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    let keys: Vec<CheckKey> = checks.iter().map(|check| check.key).collect();
    let closing = Closing {
        state: CheckState::Cancelled,
        on: today,
        because,
        outcome: None,
    };
    end(tx, &keys, &closing, now)?;
    copy_next(tx, child)?;
    for check in checks {
        let detail = format!(
            "{} due on {} cancelled: {because}",
            check.kind.label(),
            spoken(check.due_on)
        );
        audit::record(
            tx,
            viewer,
            &Event {
                action: "check_cancelled",
                child: Some(child.number()),
                subject: check.reference.as_str(),
                detail: &detail,
            },
            now,
        )?;
    }
    Ok(())
}

/// Ends checks with all that hangs on them: bookings that still stand are cancelled and open lapses closed.
pub(super) fn end(
    tx: &mut Conn,
    checks: &[CheckKey],
    closing: &Closing<'_>,
    now: NaiveDateTime,
) -> Result<()> {
    if checks.is_empty() {
        return Ok(());
    }
    store::check::close(tx, checks, closing)?;
    store::booking::end(tx, checks, BookingState::Cancelled, None)?;
    store::lapse::close(tx, checks, closing.because, closing.outcome, now)
}

/// Lists show the earliest due day of a child's open checks; it is copied after every change of them.
pub(super) fn copy_next(tx: &mut Conn, child: ChildKey) -> Result<()> {
    let earliest = store::check::earliest_due(tx, child)?;
    register::child::set_next_check(tx, child, earliest)
}
