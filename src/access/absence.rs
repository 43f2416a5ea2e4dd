//! Who is away from a day to a day, and who hears meanwhile what they would.

use chrono::NaiveDate;

use super::accounts::{self, AccountRow};
use super::{AccountKey, AuthorityKey, Role, Viewer, store, token};
use crate::access::{Act, Action, Subject};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::rules::dates::spoken;
use crate::rules::identifiers::{Reference, ReferenceKind};

/// An absence to be recorded.
#[derive(Clone, Debug)]
pub struct NewAbsence {
    pub account: Reference,
    /// Who hears what they would.
    pub delegate: Reference,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

/// An absence as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// What the world calls it.
    pub reference: String,
    pub account: AccountKey,
    pub name: String,
    /// The name of who hears what they would.
    pub delegate: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
}

/// Somebody who is away on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    pub email: String,
    pub name: String,
    /// Where to write instead; none when the delegate has left or is away too: cover does not go round in circles.
    pub delegate: Option<String>,
}

/// Why an absence was not recorded or ended.
#[derive(Debug, thiserror::Error)]
pub enum AbsenceError {
    /// Somebody else's, and no manager.
    #[error("Only a manager records when somebody else is away")]
    NotAllowed,
    /// Nobody of that name works with children here.
    #[error("Choose somebody who works with children here")]
    Who,
    /// Nobody of that name works with children here.
    #[error("Choose somebody who works with children here to hear what they would")]
    Delegate,
    /// Nobody covers for themselves.
    #[error("Choose somebody else: nobody covers for themselves")]
    Themselves,
    /// A manager's, by somebody who does not manage.
    #[error("Choose a manager: only a manager stands in for a manager")]
    DelegateManages,
    /// Longer than an absence may be.
    #[error(
        "The last day must be {0} or before: for whoever is away for longer, somebody else holds the post"
    )]
    TooLong(String),
    /// It ends before it begins.
    #[error("The last day must be the first day or later")]
    Order,
    #[error("The last day must be today or later")]
    Over,
    /// Another absence is recorded for some of the days.
    #[error("{0} is recorded as away from {1} to {2} already")]
    Overlaps(String, String, String),
    #[error("This absence is not there any more")]
    Unknown,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(AbsenceError);

/// Records that somebody is away: a manager for anybody, whoever else works with children for themselves. `latest` is the
/// last day that the policy gives an absence with this first day.
pub fn add(act: &mut Act<'_>, new: &NewAbsence, latest: NaiveDate) -> Result<(), AbsenceError> {
    let people = accounts::officers(act.tx, act.viewer.authority())?;
    let find = |reference: &Reference| {
        let is_it = |account: &&AccountRow| account.reference == reference.as_str();
        people.iter().find(is_it)
    };
    let away = find(&new.account).ok_or(AbsenceError::Who)?;
    may_change(act.viewer, away.key)?;
    let delegate = find(&new.delegate).ok_or(AbsenceError::Delegate)?;
    check_days(new, latest, act.at.today())?;
    if delegate.key == away.key {
        return Err(AbsenceError::Themselves);
    }
    if away.role == Role::Manager && delegate.role != Role::Manager {
        return Err(AbsenceError::DelegateManages);
    }
    let days = (new.starts_on, new.ends_on);
    if let Some((from, to)) = store::absence::overlapping(act.tx, away.key, days)? {
        let name = away.name.clone();
        return Err(AbsenceError::Overlaps(name, spoken(from), spoken(to)));
    }
    let reference = Reference::from_random(ReferenceKind::Absence, token::bits());
    let row = store::absence::NewRow {
        reference: reference.as_str(),
        authority_id: act.viewer.authority().number(),
        account_id: away.key.number(),
        delegate_id: delegate.key.number(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        recorded_by: act.viewer.account().map(AccountKey::number),
        recorded_at: act.at.now(),
    };
    store::absence::insert(act.tx, &row)?;
    let detail = format!(
        "{} is away from {} to {}; {} hears what they would",
        away.name,
        spoken(new.starts_on),
        spoken(new.ends_on),
        delegate.name,
    );
    Ok(act.note(
        Action::AbsenceRecorded,
        Subject::thing(reference.as_str()),
        &detail,
    )?)
}

fn check_days(new: &NewAbsence, latest: NaiveDate, today: NaiveDate) -> Result<(), AbsenceError> {
    if new.ends_on < new.starts_on {
        return Err(AbsenceError::Order);
    }
    if new.ends_on < today {
        return Err(AbsenceError::Over);
    }
    if new.ends_on > latest {
        return Err(AbsenceError::TooLong(spoken(latest)));
    }
    Ok(())
}

/// Somebody is back from today on, or is not going away at all. Said twice, it changes nothing.
pub fn end(act: &mut Act<'_>, reference: &Reference) -> Result<(), AbsenceError> {
    let held = store::absence::held(act.tx, act.viewer.authority(), reference.as_str())?
        .ok_or(AbsenceError::Unknown)?;
    may_change(act.viewer, held.account)?;
    if held.ends_on < act.at.today() || held.ends_on < held.starts_on {
        return Ok(());
    }
    let first_day_back = held.starts_on.max(act.at.today());
    let last_day = first_day_back.pred_opt().unwrap_or(first_day_back);
    store::absence::shorten(act.tx, reference.as_str(), last_day)?;
    let detail = format!("Back from {} on", spoken(first_day_back));
    Ok(act.note(
        Action::AbsenceEnded,
        Subject::thing(reference.as_str()),
        &detail,
    )?)
}

/// The absences of an authority that are not over on a day, the earliest first.
pub fn list(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Vec<Absence>> {
    store::absence::list(conn, authority, today)
}

/// Who is away on a day, and where to write instead.
pub fn covers(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Vec<Cover>> {
    store::absence::covers(conn, authority, today)
}

fn may_change(viewer: &Viewer, whose: AccountKey) -> Result<(), AbsenceError> {
    let their_own = viewer.works_with_children() && viewer.account() == Some(whose);
    if viewer.manages() || their_own {
        return Ok(());
    }
    Err(AbsenceError::NotAllowed)
}
