//! What came of an attempt: who was seen, where, and what was thought of the education. Only an outcome that fits the
//! check's purpose satisfies it; any other leaves the clock running and owes a new attempt.

mod following;

use chrono::NaiveDate;

use self::following::Following;
use super::check::{self, Check};
use super::store::outcome::OutcomeStamp;
pub use super::store::outcome::{NewOutcome, OutcomeRecord};
use super::{OutcomeKey, store};
use crate::access::{Act, Action, Subject, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError};
use crate::duty::DutyKey;
use crate::duty::owed::{self, DutyState};
use crate::policy::rulebook;
use crate::register::{self, ChildKey, random_reference};
use crate::rules::dates::spoken;
use crate::rules::duty::ClosedBy;
use crate::rules::identifiers::{Reference, ReferenceKind};
use crate::rules::outcome::{
    AttemptResult, Contradiction, Happened, Judgement, check_consistent, earliest, satisfies,
};
use crate::tier::tiering;

/// What recording an outcome did.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What the world calls the outcome.
    pub reference: Reference,
    /// Whether the check is satisfied.
    pub satisfied: bool,
    /// What is owed next, in words for the flash: "Second check by 3 March 2027".
    pub next: Option<String>,
}

impl OutcomeRecord {
    /// "O-7K4M-2QXD by Sam Reed: Home visit on 3 March 2027, child seen in person".
    fn in_words(&self) -> String {
        format!(
            "{} by {}: {} on {}, {}",
            self.reference,
            self.recorded_by,
            self.what.mode.label(),
            spoken(self.what.happened_on),
            self.what.result.label().to_lowercase()
        )
    }
}

/// Why an outcome was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
    /// The check is done or cancelled.
    #[error("This check is closed already")]
    Closed,
    /// The form has recorded something else, or was for another check.
    #[error(
        "This form has been recorded already as {0}. What you have typed now is not saved. To correct what was recorded, read it through and save it as an outcome of its own: the first one stays in the history"
    )]
    RecordedAlready(String),
    /// The day is yet to come.
    #[error("The day cannot be in the future")]
    InTheFuture,
    /// The day lies before what the check is about.
    #[error("This check is about what happened since {0}. Choose that day or a later one")]
    BeforeTheCheck(String),
    /// How and what do not go together.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// The acknowledgement is given by accepting the notification.
    #[error("Accept the notification instead: that is what this check asks for")]
    AcceptInstead,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(OutcomeError);

/// Records an outcome and does all that follows from it, in the transaction it is given: the check and its attempts are
/// closed or a new attempt is owed, the lapse is closed or stays, the address is doubted, the child is seen, the tier is
/// assessed again, the next check appears. Writes the audit event. The same form sent twice is one outcome: the second gives
/// the same answer and changes nothing.
pub fn record(
    act: &mut Act<'_>,
    check: &Check,
    new: &NewOutcome,
) -> Result<Recorded, OutcomeError> {
    if let Some((of, held)) = store::outcome::by_form_key(act.tx, &new.form_key)? {
        if of != check.key || held.what != *new {
            return Err(OutcomeError::RecordedAlready(held.in_words()));
        }
        return Ok(Recorded {
            next: next_in_words(act.tx, check, held.satisfied)?,
            reference: held.reference,
            satisfied: held.satisfied,
        });
    }
    let check = check::by_key(act.tx, check.key)?;
    refuse_nonsense(&check, new, act.at.today())?;
    refuse_what_was_before(act.tx, act.viewer, &check, new.happened_on)?;
    let happened = Happened {
        mode: new.mode,
        result: new.result,
        judgement: new.judgement,
        on: new.happened_on,
    };
    let satisfied = satisfies(check.purpose, &happened);
    let attempt = write_down(act, &check, new, satisfied)?;

    if happened.result == AttemptResult::ChildSeen {
        register::child::note_seen(act.tx, check.child, happened.on, act.viewer.name())?;
    }
    if happened.result == AttemptResult::WrongAddress {
        register::address::doubt(act, check.child)?;
    }
    let rulebook = rulebook::of(act)?;
    let assessed = tiering::assess_anew(act, check.child)?;

    let following = Following {
        check: &check,
        happened: &happened,
        attempt: &attempt,
        tier: assessed.tier,
        rulebook: &rulebook,
    };
    let open = following.note_found(act)?;
    following.close_what_is_satisfied(act, &open, satisfied)?;
    following.owe_a_new_attempt(act)?;
    // Only now: a check that this outcome closes would pass for the one that is to be raised.
    assessed.raise(act, check.child)?;
    owed::copy_next(act.tx, check.child)?;
    Ok(Recorded {
        next: next_in_words(act.tx, &check, satisfied)?,
        reference: attempt.reference,
        satisfied,
    })
}

fn refuse_nonsense(check: &Check, new: &NewOutcome, today: NaiveDate) -> Result<(), OutcomeError> {
    if check.state != DutyState::Open {
        return Err(OutcomeError::Closed);
    }
    if check.kind.nature().closed_by != ClosedBy::Outcome {
        return Err(OutcomeError::AcceptInstead);
    }
    if new.happened_on > today {
        return Err(OutcomeError::InTheFuture);
    }
    Ok(check_consistent(new.mode, new.result)?)
}

/// What happened before a check was owed cannot have done it.
fn refuse_what_was_before(
    tx: &mut Conn,
    viewer: &Viewer,
    check: &Check,
    happened_on: NaiveDate,
) -> Result<(), OutcomeError> {
    let child = register::child::by_key(tx, viewer, check.child)?.ok_or(OutcomeError::Closed)?;
    let earliest = earliest(&check.as_open(), child.last_seen_on, child.registered_on);
    if happened_on < earliest {
        return Err(OutcomeError::BeforeTheCheck(spoken(earliest)));
    }
    Ok(())
}

/// An outcome that has been written down.
struct Attempt {
    key: OutcomeKey,
    reference: Reference,
    /// "Home visit on 3 March 2027: child seen in person".
    in_words: String,
}

fn write_down(
    act: &mut Act<'_>,
    check: &Check,
    new: &NewOutcome,
    satisfied: bool,
) -> Result<Attempt, DbError> {
    let by = act.viewer.person()?;

    let reference = random_reference(ReferenceKind::Outcome);
    let stamp = OutcomeStamp {
        reference: &reference,
        check,
        booking: store::booking::standing(act.tx, check.key)?
            .filter(|(_, day)| *day <= new.happened_on)
            .map(|(key, _)| key),
        satisfied,
        by,
        now: act.at.now(),
    };
    let key = store::outcome::insert(act.tx, new, &stamp)?;
    let in_words = in_words(new);
    let consequence = if satisfied {
        "done".to_owned()
    } else {
        format!(
            "not done; it was first due on {}",
            spoken(check.original_due_on)
        )
    };
    let detail = format!("{in_words}. {}: {consequence}", check.kind.label());
    act.note(
        Action::OutcomeRecorded,
        Subject::of_child(check.child, reference.as_str()),
        &detail,
    )?;
    Ok(Attempt {
        key,
        reference,
        in_words,
    })
}

fn in_words(new: &NewOutcome) -> String {
    let judgement = match new.judgement {
        Judgement::NotConsidered => String::new(),
        judgement => format!("; education: {}", judgement.label().to_lowercase()),
    };
    format!(
        "{} on {}: {}{judgement}",
        new.mode.label(),
        spoken(new.happened_on),
        new.result.label().to_lowercase(),
    )
}

/// What is owed next: the new attempt after one that did not satisfy its check, otherwise what is due first.
fn next_in_words(
    conn: &mut Conn,
    check: &Check,
    satisfied: bool,
) -> Result<Option<String>, DbError> {
    let open = check::open_of_child(conn, check.child)?;
    let original = check.follows.unwrap_or(check.key);
    let next = open
        .iter()
        .find(|check| satisfied || check.follows == Some(original))
        .or(open.first());
    Ok(next.map(|check| format!("{} by {}", check.kind.label(), spoken(check.due_on))))
}

/// The outcome that closed a check, if one did.
pub fn that_closed(conn: &mut Conn, check: DutyKey) -> crate::db::Result<Option<OutcomeRecord>> {
    store::outcome::closing(conn, check)
}

/// A child's outcomes, the newest first.
pub fn of_child(conn: &mut Conn, child: ChildKey) -> crate::db::Result<Vec<OutcomeRecord>> {
    let all = store::outcome::of_child(conn, child)?;
    Ok(all.into_iter().map(|(_, outcome)| outcome).collect())
}

/// A check's outcomes, the newest first.
pub fn of_check(conn: &mut Conn, check: &Check) -> crate::db::Result<Vec<OutcomeRecord>> {
    let of_child = store::outcome::of_child(conn, check.child)?.into_iter();
    let of_check = of_child.filter(|(key, _)| *key == check.key);
    Ok(of_check.map(|(_, outcome)| outcome).collect())
}
