//! Sessions: rows with the hash of a random token. Signing out deletes the row, so it works at once and everywhere.

use chrono::{NaiveDateTime, TimeDelta};

use super::{AccountKey, Role, Viewer, store, token};
use crate::db::{Conn, Result};

/// A working day; after it people sign in again.
pub const LASTS: TimeDelta = TimeDelta::hours(12);
/// An unattended browser is signed out after this.
pub const IDLE: TimeDelta = TimeDelta::hours(2);
/// How stale `seen_at` may get before a page writes it again.
const TOUCH_AFTER: TimeDelta = TimeDelta::minutes(5);

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub viewer: Viewer,
    /// What they may do.
    pub role: Role,
    pub email: String,
    /// Their authority's DfE code.
    pub authority_code: String,
    pub authority_name: String,
    /// The colour of their authority's header, as `#rrggbb`.
    pub authority_colour: String,
    /// Their authority's revision as they came in.
    pub revision: i64,
    /// Whether the session should be marked as seen.
    pub stale: bool,
}

/// Begins a session; gives the token for the cookie, which is kept nowhere else.
pub fn begin(tx: &mut Conn, account: AccountKey, now: NaiveDateTime) -> Result<String> {
    let token = token::fresh();
    store::session::insert(tx, &token::hash(&token), account, now, now + LASTS)?;
    Ok(token)
}

/// Who holds this token, if the session still lasts.
pub fn find(conn: &mut Conn, token: &str, now: NaiveDateTime) -> Result<Option<SignedIn>> {
    let row = store::session::find(conn, &token::hash(token))?;
    Ok(row
        .filter(|row| row.expires_at > now && row.seen_at + IDLE > now)
        .map(|row| SignedIn {
            viewer: Viewer::of_person(row.authority, row.account, row.role, row.name),
            role: row.role,
            email: row.email,
            authority_code: row.authority_code,
            authority_name: row.authority_name,
            authority_colour: row.authority_colour,
            revision: row.revision,
            stale: row.seen_at + TOUCH_AFTER < now,
        }))
}

/// Notes that the session is in use.
pub fn touch(tx: &mut Conn, token: &str, now: NaiveDateTime) -> Result<()> {
    store::session::touch(tx, &token::hash(token), now)
}

/// Ends a session.
pub fn end(tx: &mut Conn, token: &str) -> Result<()> {
    store::session::delete(tx, &token::hash(token))
}

/// Ends all sessions of an account, as a new password does.
pub fn end_all(tx: &mut Conn, account: AccountKey) -> Result<()> {
    store::session::delete_of(tx, account)
}

/// Forgets sessions that are over; gives how many.
pub fn sweep(tx: &mut Conn, now: NaiveDateTime) -> Result<usize> {
    store::session::delete_expired(tx, now)
}
