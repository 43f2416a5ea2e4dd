//! How duties end, with their lapses. Checks have more that ends with them (their bookings).

use chrono::NaiveDateTime;

use super::owed::{self, Closing};
use super::{DutyKey, lapse};
use crate::db::{Conn, Result};

/// Ends duties, and closes their open lapses with the reason.
pub fn end(
    tx: &mut Conn,
    duties: &[DutyKey],
    closing: &Closing<'_>,
    now: NaiveDateTime,
) -> Result<()> {
    if duties.is_empty() {
        return Ok(());
    }
    owed::close(tx, duties, closing)?;
    lapse::close(tx, duties, closing.because, now)
}
