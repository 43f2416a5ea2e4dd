//! The acknowledgement that goes by post: a family without an email address is written to on paper, and that is noted.

use chrono::NaiveDate;

use super::check::{self, Check};
use super::ending;
use crate::access::{Act, Action, Subject};
use crate::conflict;
use crate::db::DbError;
use crate::duty::owed::DutyState;
use crate::rules::dates::spoken;
use crate::rules::duty::{ClosedBy, DutyKind};

/// Why a letter was not noted.
#[derive(Debug, thiserror::Error)]
pub enum PaperLetterError {
    /// The check is done or cancelled.
    #[error("This check is closed already")]
    Closed,
    /// Only an acknowledgement is done by a letter.
    #[error("A letter does not do this check. Record what happened instead")]
    NotEnough,
    /// The letter went before the notification came, or is yet to go.
    #[error("Choose a day from {0} to today")]
    Day(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(PaperLetterError);

/// Notes that the acknowledgement went by post on a day, and so is done. Writes the audit event.
///
/// # Errors
/// When the check is not an open acknowledgement, or the day makes no sense.
pub fn acknowledge_on_paper(
    act: &mut Act<'_>,
    check: &Check,
    sent_on: NaiveDate,
) -> Result<(), PaperLetterError> {
    let check = check::by_key(act.tx, check.key)?;
    if check.state != DutyState::Open {
        return Err(PaperLetterError::Closed);
    }
    if check.kind.nature().closed_by != ClosedBy::Acceptance {
        return Err(PaperLetterError::NotEnough);
    }
    if sent_on < check.counted_from || sent_on > act.at.today() {
        return Err(PaperLetterError::Day(spoken(check.counted_from)));
    }
    let because = format!("Acknowledged by post on {}", spoken(sent_on));
    let kind = DutyKind::Acknowledgement;
    ending::complete(act, check.child, kind, sent_on, &because)?;
    Ok(act.note(
        Action::AcknowledgedOnPaper,
        Subject::of_child(check.child, check.reference.as_str()),
        &because,
    )?)
}
