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
use crate::rules::census::{ReturnOwed, as_of_today, day_of_census, returns_owed};
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

/// Owes each census return that an authority is owed by the day of the rulebook and has not been owed yet, and lets those that
/// are open follow a corrected policy. However long nothing ran, none is passed over. Writes the audit events.
pub fn owe(tx: &mut Conn, authority: AuthorityKey, rulebook: &Rulebook, at: At) -> Result<()> {
    let program = Viewer::program(authority, "sweep");
    let act = &mut Act::new(tx, &program, at);
    for open in owed::open_of_kind(act.tx, authority, DutyKind::CensusReturn)? {
        follow_policy(act, &open, rulebook)?;
    }
    for new in not_owed_yet(act.tx, authority, rulebook)? {
        owe_one(act, &new)?;
    }
    Ok(())
}

fn owe_one(act: &mut Act<'_>, new: &ReturnOwed) -> Result<()> {
    let occasion = new.census_day.to_string();
    owed::owe_for(act, &occasion, &new.owed)?;
    act.note(Action::ReturnOwed, Subject::AUTHORITY, &new.owed.why)
}

/// The day of a census is the Department's, and is written down months ahead: until it lapses, an open return follows a
/// corrected policy. No day goes beyond the one that was first told: then the duty ends, with the reason, and another is owed.
fn follow_policy(act: &mut Act<'_>, open: &Duty, rulebook: &Rulebook) -> Result<()> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let by_policy = as_of_today(open.counted_from, *today, policy, calendar);
    let moved = by_policy.filter(|it| it.owed.due_on != open.due_on && open.due_on >= *today);
    let Some(new) = moved else {
        return Ok(());
    };
    let (day, before) = (spoken(*today), spoken(open.due_on));
    if new.owed.due_on > open.original_due_on {
        let because = format!("The policy was changed: it is no longer due on {before}");
        let closing = Closing {
            state: DutyState::Cancelled,
            on: *today,
            because: &because,
        };
        ending::end(act.tx, &[open.key], &closing, act.at.now())?;
        act.note(
            Action::ReturnMoved,
            Subject::thing(open.reference.as_str()),
            &because,
        )?;
        return owe_one(act, &new);
    }
    let how = match new.owed.due_on < open.due_on {
        true => "Brought forward",
        false => "Put back",
    };
    let why = format!(
        "{} {how} on {day} from {before}, when the policy was changed.",
        new.owed.why
    );
    owed::move_to(act.tx, open.key, new.owed.due_on, &why)?;
    act.note(
        Action::ReturnMoved,
        Subject::thing(open.reference.as_str()),
        &why,
    )
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
    let taken_on = taken_on(&duty, &*rulebook::of(act)?);
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

/// The day of the census that a return is for: the one from which it was counted, or an earlier one if the policy has been
/// corrected since.
#[must_use]
pub fn taken_on(duty: &Duty, rulebook: &Rulebook) -> NaiveDate {
    let by_policy = day_of_census(duty.counted_from, &rulebook.policy);
    duty.counted_from.min(by_policy)
}
