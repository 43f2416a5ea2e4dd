//! What a mail told: the page behind the link of a digest lists exactly the lapses or the duties that the mail counted, and
//! how each stands since.

use chrono::{NaiveDate, NaiveDateTime};

use super::owed::{DutyState, NamedChild};
use super::store;
use crate::access::{AccountKey, Viewer};
use crate::db::{Conn, Result};
use crate::rules::duty::{Called, DutyKind};
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

/// Lines on a page.
pub const PAGE: i64 = 50;

/// Where the mail with this reference leads to.
pub fn link(base_url: &str, mail: &str) -> String {
    format!("{base_url}/told/{mail}")
}

/// A mail that told of lapses or of duties that are due soon.
#[derive(Clone, Debug)]
pub struct ToldMail {
    pub key: i64,
    /// When it was written, UTC.
    pub at: NaiveDateTime,
    /// What it told of.
    pub of: ToldOf,
    /// As many as the mail says.
    pub total: i64,
    /// What they are called together.
    pub called: Called,
    /// How many of them this viewer may see: a record can be restricted.
    pub seen: i64,
}

/// What a mail told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldOf {
    /// Duties that have lapsed.
    Lapses,
    /// Duties that are due soon.
    DueSoon,
}

/// One of the lapses or duties that a mail told of.
#[derive(Clone, Debug)]
pub struct ToldLine {
    pub check_reference: String,
    /// What is or was owed.
    pub kind: DutyKind,
    /// The child whom it is about; none: it is the authority that owes it.
    pub child: Option<NamedChild>,
    /// The day it is due; of a lapse, the day that passed.
    pub due_on: NaiveDate,
    /// Why on that day.
    pub why: String,
    /// Whose it is.
    pub post: Post,
    /// The child's officer, where there is one.
    pub officer: Option<AccountKey>,
    /// Where the duty stands.
    pub state: DutyState,
    /// The lapse that the mail told of, or that has opened since.
    pub lapse: Option<ToldLapse>,
}

/// A lapse in such a list.
#[derive(Clone, Debug)]
pub struct ToldLapse {
    pub reference: String,
    /// The day of the plan, once somebody has answered.
    pub plan_by: Option<NaiveDate>,
    /// How many plans there were.
    pub plans: u32,
    /// When it was closed, UTC.
    pub closed_at: Option<NaiveDateTime>,
}

/// The mail with this reference of the viewer's authority, if it told of lapses or of duties that are due soon.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, viewer: &Viewer, mail: &Reference) -> Result<Option<ToldMail>> {
    let Some((key, at)) = store::told::mail(conn, viewer.authority(), mail)? else {
        return Ok(None);
    };
    let lapses = store::told::lapses_in(conn, key)?;
    let (of, total) = match lapses {
        0 => (ToldOf::DueSoon, store::told::duties_in(conn, key)?),
        lapses => (ToldOf::Lapses, lapses),
    };
    if total == 0 {
        return Ok(None);
    }
    let called = Called::together(store::told::kinds_in(conn, key)?);
    let seen = match of {
        ToldOf::Lapses => store::told::count_lapses(conn, viewer, key)?,
        ToldOf::DueSoon => store::told::count_duties(conn, viewer, key)?,
    };
    Ok(Some(ToldMail {
        key,
        at,
        of,
        total,
        called,
        seen,
    }))
}

/// A page of what it told, of the children this viewer may see, the earliest due first.
///
/// # Errors
/// When the database does not answer.
pub fn page(
    conn: &mut Conn,
    viewer: &Viewer,
    mail: &ToldMail,
    offset: i64,
) -> Result<Vec<ToldLine>> {
    match mail.of {
        ToldOf::Lapses => store::told::lapses(conn, viewer, mail.key, (offset, PAGE)),
        ToldOf::DueSoon => store::told::duties(conn, viewer, mail.key, (offset, PAGE)),
    }
}
