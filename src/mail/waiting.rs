//! Whether mail that is to go out goes out.

use chrono::NaiveDateTime;

use super::store;
use crate::db::{Conn, Result};

/// How the mail stands that waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldUp {
    /// Since when some is due that nobody has tried, or that could not be handed over, while none was sent.
    pub since: Option<NaiveDateTime>,
    /// How many.
    pub waiting: i64,
    /// When the oldest of them was written.
    pub oldest: Option<NaiveDateTime>,
    /// When a mail was sent last.
    pub sent_at: Option<NaiveDateTime>,
}

/// Whether mail is held up. A mail that the server of its recipient does not take just now is not: others go out meanwhile, or it was
/// the only one.
///
/// # Errors
/// If the database refuses.
pub fn held_up(conn: &mut Conn, now: NaiveDateTime) -> Result<HeldUp> {
    let (waiting, oldest) = store::waiting::oldest(conn, now)?;
    let sent_at = store::waiting::last_sent(conn)?;
    let since = oldest.map(|oldest| sent_at.map_or(oldest, |sent| sent.max(oldest)));
    Ok(HeldUp {
        since,
        waiting,
        oldest,
        sent_at,
    })
}
