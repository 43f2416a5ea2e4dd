//! The return of the termly census: owed from the day on which the one before is over, and done when whoever sent it says on
//! which day.

use chrono::NaiveDate;

use crate::access::{Act, Action, AuthorityKey, Subject, Viewer};
use crate::clock::At;
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::duty::ending;
use crate::duty::owed::{self, Closing, Duty, DutyState};
use crate::policy::rulebook::{self, Rulebook};
use crate::rules::census::{ReturnOwed, brought_forward, day_of_census, returns_owed};
use crate::rules::dates::spoken;
use crate::rules::duty::{ClosedBy, DutyKind};

/// Why it was not noted that a return was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendingError {
    /// Not a duty that is closed by sending something.
    #[error("This is not done by sending a return")]
    NotAReturn,
    #[error("It is noted already that this return was sent")]
    Closed,
    /// The return was sent before the census, or is yet to be sent.
    #[error("Choose a day from {0}, the day of the census, to today")]
    Day(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(SendingError);

/// Owes each census return that an authority is owed by the day of the rulebook and has not been owed yet, and brings forward
/// those that a changed policy wants sooner. However long nothing ran, none is passed over. Writes the audit events.
pub fn owe(tx: &mut Conn, authority: AuthorityKey, rulebook: &Rulebook, at: At) -> Result<()> {
    let program = Viewer::program(authority, "sweep");
    let act = &mut Act::new(tx, &program, at);
    bring_forward(act, rulebook)?;
    for new in not_owed_yet(act.tx, authority, rulebook)? {
        let occasion = new.census_day.to_string();
        owed::owe_for(act, &occasion, &new.owed)?;
        act.note(Action::ReturnOwed, Subject::AUTHORITY, &new.owed.why)?;
    }
    Ok(())
}

fn bring_forward(act: &mut Act<'_>, rulebook: &Rulebook) -> Result<()> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let authority = act.viewer.authority();
    for duty in owed::open_of_kind(act.tx, authority, DutyKind::CensusReturn)? {
        let Some(sooner) = brought_forward(&duty.as_open(), *today, policy, calendar) else {
            continue;
        };
        owed::bring_forward(act.tx, duty.key, sooner.due_on, &sooner.why)?;
        act.note(
            Action::ReturnBroughtForward,
            Subject::thing(duty.reference.as_str()),
            &sooner.why,
        )?;
    }
    Ok(())
}

/// The returns that an authority is owed by the day of the rulebook and that nobody has written down.
pub fn not_owed_yet(
    conn: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
) -> Result<Vec<ReturnOwed>> {
    let last = owed::last_occasion(conn, authority, DutyKind::CensusReturn)?;
    let last: Option<NaiveDate> = last.and_then(|day| day.parse().ok());
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    Ok(returns_owed(last, *today, policy, calendar))
}

/// Notes on which day a return was sent; that closes its duty and its lapse. Whoever may see the duty may say so. Writes the
/// audit event.
///
/// # Errors
/// When it is no return, was noted before, or the day makes no sense.
pub fn send(act: &mut Act<'_>, duty: &Duty, sent_on: NaiveDate) -> Result<(), SendingError> {
    let duty = owed::by_key(act.tx, duty.key)?;
    if duty.kind.nature().closed_by != ClosedBy::Sending {
        return Err(SendingError::NotAReturn);
    }
    if duty.state != DutyState::Open {
        return Err(SendingError::Closed);
    }
    let policy_today = day_of_census(duty.counted_from, &rulebook::of(act)?.policy);
    let taken_on = duty.counted_from.min(policy_today);
    if sent_on < taken_on || sent_on > act.at.today() {
        return Err(SendingError::Day(spoken(taken_on)));
    }
    let because = format!("Sent on {}, says {}", spoken(sent_on), act.viewer.name());
    let closing = Closing {
        state: DutyState::Done,
        on: sent_on,
        because: &because,
    };
    ending::end(act.tx, &[duty.key], &closing, act.at.now())?;
    Ok(act.note(
        Action::ReturnSent,
        Subject::thing(duty.reference.as_str()),
        &because,
    )?)
}
