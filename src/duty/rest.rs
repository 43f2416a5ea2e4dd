//! "Social care is leading" lets a child's checks rest, but only with a named lead and an end. What is overdue stays on the
//! lists meanwhile, and a rest over it is told to those above, as is one that goes on and on. Nothing lets the search for a
//! child rest.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::news::{self, News};
use super::posts::HeardOf;
use super::store;
use super::store::rest::Unheard;
use crate::access::{Act, Action, AuthorityKey, Subject};
use crate::clock::At;
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::mail::messages::RestDecided;
use crate::policy::rulebook::{self, LastDay, Rulebook};
use crate::register::ChildKey;
use crate::rules::dates::spoken;
use crate::rules::escalation::Post;
use crate::rules::policy::PolicyKey;
use crate::rules::rest::Chain;

/// A rest that somebody wants; it begins on the day on which it is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRest {
    pub reason: String,
    pub lead_name: String,
    /// Last day; the checks wake the day after.
    pub ends_on: NaiveDate,
}

/// A rest of a child's checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    pub reason: String,
    pub lead_name: String,
    pub starts_on: NaiveDate,
    /// Last day; the checks wake the day after.
    pub ends_on: NaiveDate,
    /// Which renewal of a rest it is, counted from 1; 0 for the first rest.
    pub renewal: u32,
}

impl Rest {
    /// How often the rest was renewed, in words; none for a first one.
    pub fn renewed(&self) -> Option<String> {
        match self.renewal {
            0 => None,
            1 => Some("renewed once".to_owned()),
            2 => Some("renewed twice".to_owned()),
            times => Some(format!("renewed {times} times")),
        }
    }

    /// "rests until 1 March 2027, Lee Park leads, renewed once".
    pub fn in_words(&self) -> String {
        let renewed = self.renewed().map_or(String::new(), |it| format!(", {it}"));
        format!(
            "rests until {}, {} leads{renewed}",
            spoken(self.ends_on),
            self.lead_name
        )
    }
}

/// Why a rest was not begun.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    #[error("Only a manager lets the checks of a child rest")]
    NotAllowed,
    #[error("Name the person who leads meanwhile")]
    NoLead,
    #[error("Say why the checks rest")]
    NoReason,
    /// The end is today or before, or too far off.
    #[error("Choose an end from tomorrow to {0}")]
    End(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(RestError);

/// The last day that a rest decided today may have.
#[must_use]
pub fn latest_end(rulebook: &Rulebook) -> LastDay {
    rulebook.last_day(PolicyKey::LongestRest)
}

/// How it stands with a child whose checks somebody may let rest from today on.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    chain: Chain,
    /// Whether a check that would rest is overdue.
    is_overdue: bool,
}

impl Outlook {
    /// Asks the register how it is on the day of the rulebook.
    pub fn of(conn: &mut Conn, child: ChildKey, rulebook: &Rulebook) -> Result<Self> {
        let Rulebook {
            policy,
            calendar,
            today,
        } = rulebook;
        let earlier = store::rest::earlier(conn, child)?;
        Ok(Self {
            chain: Chain::before(*today, &earlier, policy, calendar),
            is_overdue: store::rest::has_overdue(conn, child, *today)?,
        })
    }

    /// What whoever decides has to know before they do, a sentence each.
    pub fn in_words(self, rulebook: &Rulebook) -> Vec<String> {
        let mut words = Vec::new();
        if self.is_overdue {
            words.push("A check of this child is overdue. It stays on the lists, its ladder stops while the checks rest, and the head of service will be told of the rest at once.".to_owned());
        }
        let unheard_until = (self.chain).unheard_until(&rulebook.policy, &rulebook.calendar);
        if let Some((since, day)) = self.chain.since.zip(unheard_until) {
            words.push(format!(
                "This would be renewal {} of the rest that began on {}. With a last day after {} the head of service will be told at once.",
                self.chain.rests,
                spoken(since),
                spoken(day)
            ));
        }
        words
    }
}

/// Lets a child's checks rest from today on; writes the audit event. Managers decide it, and those above hear of it when
/// the rules say so ([`tell`]). Gives whether they do.
pub fn begin(act: &mut Act<'_>, child: ChildKey, wanted: &NewRest) -> Result<bool, RestError> {
    if !act.viewer.manages() {
        return Err(RestError::NotAllowed);
    }
    if wanted.lead_name.trim().is_empty() {
        return Err(RestError::NoLead);
    }
    if wanted.reason.trim().is_empty() {
        return Err(RestError::NoReason);
    }
    let rulebook = rulebook::of(act)?;
    let latest = latest_end(&rulebook).day;
    let end = wanted.ends_on;
    if end <= act.at.today() || end > latest {
        return Err(RestError::End(spoken(latest)));
    }
    let Outlook { chain, is_overdue } = Outlook::of(act.tx, child, &rulebook)?;
    let heard = chain.is_heard_above(end, is_overdue, &rulebook.policy, &rulebook.calendar);
    let rest = Rest {
        reason: wanted.reason.trim().to_owned(),
        lead_name: wanted.lead_name.trim().to_owned(),
        starts_on: act.at.today(),
        ends_on: end,
        renewal: chain.rests,
    };
    store::rest::insert(
        act.tx,
        child,
        &rest,
        heard,
        act.viewer.account(),
        act.at.now(),
    )?;
    let mut detail = format!(
        "Checks rest until {}: {}. {} leads meanwhile",
        spoken(end),
        rest.reason,
        rest.lead_name
    );
    if let Some(renewed) = rest.renewed() {
        detail = format!("{detail}. The rest was {renewed}");
    }
    if heard {
        detail = format!("{detail}. The head of service will be told of it");
    }
    act.note(Action::RestBegun, Subject::child(child), &detail)?;
    Ok(heard)
}

/// Tells the post above the managers of each rest that they have to hear of and were not told; gives how many letters that
/// were.
pub fn tell(tx: &mut Conn, authority: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let unheard = store::rest::unheard(tx, authority)?;
    let news: Vec<_> = unheard.iter().map(news).collect();
    news::tell(tx, authority, base_url, &news, at)
}

fn news(rest: &Unheard) -> News<'_, Unheard> {
    News {
        of: rest,
        row: rest.id.to_string(),
        child: rest.child_key,
        about: "the rest of these checks".to_owned(),
        post: Post::HeadOfService,
        hears: HeardOf {
            officer: None,
            restricted: rest.restricted,
            done_by: rest.decided_by.as_deref(),
        },
        letter: |rest, vacant_post, head| {
            RestDecided {
                child: rest.child.as_str().to_owned(),
                starts_on: rest.starts_on,
                ends_on: rest.ends_on,
                renewal: rest.renewal.unsigned_abs(),
                vacant_post,
                link: format!("{}/children/{}", head.base_url, rest.child),
            }
            .render(head)
        },
        note_told: |tx, rest, mail, _| store::rest::told(tx, rest.id, mail),
    }
}

/// The rest that holds on a day.
pub fn on(conn: &mut Conn, child: ChildKey, day: NaiveDate) -> Result<Option<Rest>> {
    store::rest::on(conn, child, day)
}

/// The rests that hold on a day for these children.
pub fn of(
    conn: &mut Conn,
    children: &[ChildKey],
    day: NaiveDate,
) -> Result<HashMap<ChildKey, Rest>> {
    store::rest::of(conn, children, day)
}

/// Lets a rest end with the record: if the child comes back, whoever led is not known to lead still.
pub fn end_with_record(tx: &mut Conn, child: ChildKey, today: NaiveDate) -> Result<()> {
    store::rest::end(tx, child, today)
}
