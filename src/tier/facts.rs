//! The facts of a child that the rule of tiers is asked with, gathered from all that is held.

use chrono::NaiveDate;

use super::store;
use super::store::facts::Attempt;
use crate::access::Viewer;
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result};
use crate::policy::rulebook::Rulebook;
use crate::register::address::AddressRecord;
use crate::register::child::ChildRecord;
use crate::register::{self, ChildKey, claimed_address};
use crate::rules::codes::{PreviousSetting, SenProvision, Source};
use crate::rules::outcome::AttemptResult;
use crate::rules::schedule::Move;
use crate::rules::tier::{AddressFact, Assessment, EpisodeFact, Facts, Seen, assess};

/// Who decides when nobody has decided on another tier.
pub(super) const BY_THE_RULES: &str = "rules";

/// What the rules are asked with.
pub(super) struct Gathered {
    pub(super) facts: Facts,
    /// The move to the address that is held, if nobody has seen the child since.
    pub(super) unseen_since_move: Option<Move>,
    /// On which day another address was claimed that waits to be settled.
    pub(super) another_claimed_on: Option<NaiveDate>,
    pub(super) last_seen_on: Option<NaiveDate>,
}

pub(super) fn gather(
    conn: &mut Conn,
    everything: &Viewer,
    child: &ChildRecord,
    today: NaiveDate,
) -> Result<Gathered> {
    let attempts = store::facts::attempts(conn, child.key)?;
    let homes = register::address::history(conn, child.key)?;
    let home = homes.iter().find(|home| home.lived_to.is_none());
    let registration = register::registration::of_child(conn, child.key)?
        .into_iter()
        .next();
    let facts = Facts {
        today,
        registered_on: child.registered_on,
        seen: match child.last_seen_on {
            Some(day) => Seen::On(day),
            None if child.seen_recorded => Seen::Never,
            None => Seen::NotRecorded,
        },
        episodes: episodes(conn, everything, child.key)?,
        address: address_fact(home, &attempts),
        refusals_in_a_row: count(
            attempts
                .iter()
                .take_while(|a| a.result == AttemptResult::Refused),
        ),
        not_in_person_in_a_row: count(
            attempts
                .iter()
                .take_while(|a| a.result != AttemptResult::ChildSeen)
                .filter(|a| {
                    matches!(
                        a.result,
                        AttemptResult::OnlineOnly | AttemptResult::WrittenOnly
                    )
                }),
        ),
        sibling_flagged: sibling_flagged(conn, everything, child.key, today)?,
        never_on_school_roll: registration
            .as_ref()
            .is_some_and(|r| r.previous_setting == PreviousSetting::None),
        moved_in_on: registration
            .filter(|r| r.source == Source::OtherAuthority)
            .map(|r| r.started_on),
        moves: register::address::moves(&homes),
        sen: child
            .particulars
            .sen_provision
            .unwrap_or(SenProvision::None),
    };
    Ok(Gathered {
        unseen_since_move: unseen_since_move(home, &homes, child.last_seen_on),
        another_claimed_on: claimed_address::waiting(conn, child.key)?
            .map(|claimed| claimed.claimed_on()),
        last_seen_on: child.last_seen_on,
        facts,
    })
}

/// Whether the child has moved by what is held, and nobody has seen the child since.
pub fn is_unseen_since_move(conn: &mut Conn, child: &ChildRecord) -> Result<bool> {
    let homes = register::address::history(conn, child.key)?;
    let home = homes.iter().find(|home| home.lived_to.is_none());
    Ok(unseen_since_move(home, &homes, child.last_seen_on).is_some())
}

/// What the rules say of a child now, one sentence a reason.
pub(super) fn sentences_now(
    conn: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    rulebook: &Rulebook,
) -> Result<Vec<String>> {
    let everything = Viewer::program(viewer.authority(), BY_THE_RULES);
    let record = found(conn, &everything, child)?;
    let gathered = gather(conn, &everything, &record, rulebook.today)?;
    Ok(sentences(&assess(
        &gathered.facts,
        &rulebook.policy,
        &rulebook.calendar,
    )))
}

pub(super) fn found(conn: &mut Conn, everything: &Viewer, child: ChildKey) -> Result<ChildRecord> {
    register::child::by_key(conn, everything, child)?
        .ok_or_else(|| DbError::Corrupt(format!("child {child:?} is not of this authority")))
}

pub(super) fn sentences(assessment: &Assessment) -> Vec<String> {
    assessment
        .reasons
        .iter()
        .map(|reason| reason.sentence())
        .collect()
}

/// An address that was corrected on its first day is no move.
fn unseen_since_move(
    home: Option<&AddressRecord>,
    homes: &[AddressRecord],
    last_seen_on: Option<NaiveDate>,
) -> Option<Move> {
    let home = home?;
    let moved = homes.iter().any(|other| other.lived_from < home.lived_from);
    let seen_there = last_seen_on.is_some_and(|seen| seen >= home.lived_from);
    (moved && !seen_there).then(|| Move {
        lived_from: home.lived_from,
        heard_on: london_day(home.recorded_at),
    })
}

fn episodes(conn: &mut Conn, everything: &Viewer, child: ChildKey) -> Result<Vec<EpisodeFact>> {
    let held = register::episode::of_child(conn, everything, child)?;
    let facts = held.into_iter().map(|episode| EpisodeFact {
        kind: episode.what.kind,
        started_on: episode.what.started_on,
        ended_on: episode.what.ended_on,
    });
    Ok(facts.collect())
}

/// A list that does not say whether anybody made sure of the address says nothing; a visit that found it wrong does.
fn address_fact(home: Option<&AddressRecord>, attempts: &[Attempt]) -> AddressFact {
    let Some(home) = home else {
        return AddressFact::Missing;
    };
    let found_wrong = attempts
        .iter()
        .any(|a| a.result == AttemptResult::WrongAddress && a.happened_on >= home.lived_from);
    match home.verified_on {
        Some(day) => AddressFact::VerifiedOn(day),
        None if home.source == Source::Import && !found_wrong => AddressFact::NotRecorded,
        None => AddressFact::UnverifiedSince(london_day(home.recorded_at)),
    }
}

/// Whether children's social care works with a brother or sister.
fn sibling_flagged(
    conn: &mut Conn,
    everything: &Viewer,
    child: ChildKey,
    today: NaiveDate,
) -> Result<bool> {
    for sibling in register::person::siblings_of(conn, everything, child)? {
        let Some(record) = register::child::find(conn, everything, &sibling.reference)? else {
            continue;
        };
        let open = episodes(conn, everything, record.key)?
            .into_iter()
            .any(|episode| episode.kind.is_social_care() && episode.is_open(today));
        if open {
            return Ok(true);
        }
    }
    Ok(false)
}

fn count<'a>(attempts: impl Iterator<Item = &'a Attempt>) -> u32 {
    u32::try_from(attempts.count()).unwrap_or(u32::MAX)
}
