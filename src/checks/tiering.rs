//! Gathers the facts of a child for the tier rule and writes what it says. Called on every new fact.

use chrono::{NaiveDate, NaiveDateTime};

use super::overriding::{self, Standing};
use super::rulebook::Rulebook;
use super::store;
use super::store::facts::Attempt;
use crate::access::audit::{self, Event};
use crate::access::{AuthorityKey, Viewer};
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result};
use crate::register::address::AddressRecord;
use crate::register::child::ChildRecord;
use crate::register::tier::TierChange;
use crate::register::told_address;
use crate::register::{self, ChildKey};
use crate::rules::codes::{PreviousSetting, SenProvision, Source};
use crate::rules::outcome::AttemptResult;
use crate::rules::schedule::{Move, Situation, brought_forward, raised};
use crate::rules::tier::{
    AddressFact, Assessment, EpisodeFact, Facts, Seen, Tier, assess, assess_again_on,
};

/// Who decides when nobody has overridden the rules.
const BY_THE_RULES: &str = "rules";

/// Assesses a child again, and raises the checks that the facts ask for beside the schedule. When the tier rises, open
/// checks that would now be due earlier are brought forward (their original due day stays); writes the audit event when
/// the tier or a reason changed.
pub fn reassess(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<Tier> {
    let assessed = assess_anew(tx, viewer, child, rulebook, now)?;
    assessed.raise(tx, viewer, child, rulebook, now)?;
    Ok(assessed.tier)
}

/// As [`reassess`], but raises no check yet: the caller closes some first, and then asks for it.
pub(super) fn assess_anew(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<Assessed> {
    let everything = Viewer::program(viewer.authority(), BY_THE_RULES);
    let record = found(tx, &everything, child)?;
    let gathered = gather(tx, &everything, &record, rulebook.today)?;
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let assessment = assess(&gathered.facts, policy, calendar);
    let decided = overriding::held(tx, viewer, child, &assessment, *today, now)?;
    let again = assess_again_on(&gathered.facts, policy, calendar);
    let given = Given::of(&assessment, decided.as_ref());
    let again = record
        .status
        .is_open()
        .then(|| given.again_on(again))
        .flatten();
    store::tiering::assess_again(tx, viewer.authority(), child, again)?;

    let change = register::tier::set(tx, child, given.tier, &given.sentences, &given.by, now)?;
    let noted = match change {
        TierChange::Nothing => None,
        TierChange::Reasons => Some(("tier_reasons_changed", given.reasons_in_words())),
        TierChange::Tier => Some(("tier_changed", given.in_words(record.tier))),
    };
    if let Some((action, detail)) = noted {
        let event = Event {
            action,
            child: Some(child.number()),
            subject: record.reference.as_str(),
            detail: &detail,
        };
        audit::record(tx, viewer, &event, now)?;
    }
    if given.tier > record.tier {
        bring_forward(tx, viewer, child, given.tier, rulebook, now)?;
    }
    let raises = record.status.is_open().then_some(Situation {
        today: rulebook.today,
        tier: given.tier,
        unseen_since_move: gathered.unseen_since_move,
        another_told_on: gathered.another_told_on,
        last_seen_on: gathered.last_seen_on,
        contacts_not_in_person: gathered.facts.not_in_person_in_a_row,
    });
    Ok(Assessed {
        tier: given.tier,
        raises,
    })
}

/// A child who was assessed anew, and for whom the checks beside the schedule are still to be raised.
#[must_use]
pub(super) struct Assessed {
    /// The child's tier now.
    pub(super) tier: Tier,
    /// What may raise a check; nothing, if the child is not on the register.
    raises: Option<Situation>,
}

impl Assessed {
    /// Owes what the facts ask for beside the schedule; writes the audit events.
    pub(super) fn raise(
        &self,
        tx: &mut Conn,
        viewer: &Viewer,
        child: ChildKey,
        rulebook: &Rulebook,
        now: NaiveDateTime,
    ) -> Result<()> {
        match &self.raises {
            Some(situation) => raise(tx, viewer, child, situation, rulebook, now),
            None => Ok(()),
        }
    }
}

/// Assesses a child again after a new fact, and its brothers and sisters, for whom the fact may count too.
pub fn reassess_family(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<Tier> {
    let tier = reassess(tx, viewer, child, rulebook, now)?;
    let everything = Viewer::program(viewer.authority(), BY_THE_RULES);
    for sibling in register::person::siblings_of(tx, &everything, child)? {
        if let Some(record) = register::child::find(tx, &everything, &sibling.reference)? {
            reassess(tx, viewer, record.key, rulebook, now)?;
        }
    }
    Ok(tier)
}

/// Assesses the first children whose tier may be another by the passing of days, with their families; gives how many there
/// were, at most `limit`.
pub fn reassess_due(
    tx: &mut Conn,
    rulebook: &Rulebook,
    authority: AuthorityKey,
    limit: i64,
    now: NaiveDateTime,
) -> Result<usize> {
    let due = store::tiering::due(tx, authority, rulebook.today, limit)?;
    let program = Viewer::program(authority, BY_THE_RULES);
    for child in &due {
        reassess_family(tx, &program, *child, rulebook, now)?;
    }
    Ok(due.len())
}

/// Whether there are more of them.
pub fn is_any_due(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<bool> {
    Ok(!store::tiering::due(conn, authority, today, 1)?.is_empty())
}

/// Notes when children who came with a list are assessed again.
pub fn note_again(
    tx: &mut Conn,
    authority: AuthorityKey,
    days: &[(ChildKey, NaiveDate)],
) -> Result<()> {
    store::tiering::insert_due(tx, authority, days)
}

/// A child who has left the register is not assessed again.
pub fn leave(tx: &mut Conn, authority: AuthorityKey, child: ChildKey) -> Result<()> {
    store::tiering::assess_again(tx, authority, child, None)
}

/// Every child of an authority is assessed again by the next job: the policy or the calendar changed.
pub fn reassess_all_soon(tx: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<()> {
    store::tiering::assess_all(tx, authority, today)
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

fn found(conn: &mut Conn, everything: &Viewer, child: ChildKey) -> Result<ChildRecord> {
    register::child::by_key(conn, everything, child)?
        .ok_or_else(|| DbError::Corrupt(format!("child {child:?} is not of this authority")))
}

fn sentences(assessment: &Assessment) -> Vec<String> {
    assessment
        .reasons
        .iter()
        .map(|reason| reason.sentence())
        .collect()
}

/// The tier that a child is given, by the rules or by a person.
struct Given {
    tier: Tier,
    by: String,
    sentences: Vec<String>,
    decided_until: Option<NaiveDate>,
}

impl Given {
    fn of(assessment: &Assessment, decided: Option<&Standing>) -> Self {
        let by_rules = sentences(assessment);
        match decided {
            None => Self {
                tier: assessment.tier,
                by: BY_THE_RULES.to_owned(),
                sentences: by_rules,
                decided_until: None,
            },
            Some(decided) => Self {
                tier: decided.rule.tier,
                by: decided.by.clone(),
                sentences: [vec![decided.sentence()], by_rules].concat(),
                decided_until: Some(decided.rule.ends_on),
            },
        }
    }

    /// The day on which to look again: when the facts turn, or when the decision is over.
    fn again_on(&self, facts_turn_on: Option<NaiveDate>) -> Option<NaiveDate> {
        let over_on = self.decided_until.and_then(|last| last.succ_opt());
        facts_turn_on.into_iter().chain(over_on).min()
    }

    fn in_words(&self, before: Tier) -> String {
        let change = format!(
            "Tier changed from {} to {}.",
            before.as_str(),
            self.tier.as_str()
        );
        [change, self.sentences.join(" ")]
            .join(" ")
            .trim()
            .to_owned()
    }

    fn reasons_in_words(&self) -> String {
        let tier = self.tier.as_str();
        if self.sentences.is_empty() {
            return format!("Tier still {tier}, for no particular reason now.");
        }
        format!(
            "Tier still {tier}, for other reasons. {}",
            self.sentences.join(" ")
        )
    }
}

/// What the rules are asked with.
struct Gathered {
    facts: Facts,
    /// The move to the address that is held, if nobody has seen the child since.
    unseen_since_move: Option<Move>,
    /// On which day another address was told that waits to be settled.
    another_told_on: Option<NaiveDate>,
    last_seen_on: Option<NaiveDate>,
}

fn gather(
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
        another_told_on: told_address::waiting(conn, child.key)?.map(|told| told.told_on()),
        last_seen_on: child.last_seen_on,
        facts,
    })
}

/// Whether the child has moved by what is held, and nobody has seen the child since.
pub(super) fn is_unseen_since_move(conn: &mut Conn, child: &ChildRecord) -> Result<bool> {
    let homes = register::address::history(conn, child.key)?;
    let home = homes.iter().find(|home| home.lived_to.is_none());
    Ok(unseen_since_move(home, &homes, child.last_seen_on).is_some())
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

fn raise(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    situation: &Situation,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<()> {
    let lives_elsewhere =
        situation.unseen_since_move.is_some() || situation.another_told_on.is_some();
    if !lives_elsewhere && situation.contacts_not_in_person == 0 {
        return Ok(());
    }
    let open = store::check::open_of_child(tx, child)?;
    let open: Vec<_> = open
        .iter()
        .map(super::check::CheckRecord::as_open)
        .collect();
    let owed = raised(situation, &open, &rulebook.policy, &rulebook.calendar);
    if owed.is_empty() {
        return Ok(());
    }
    super::check::owe(tx, viewer, child, &owed, None, now)?;
    for owed in &owed {
        let event = Event {
            action: "check_raised",
            child: Some(child.number()),
            subject: "",
            detail: &owed.why,
        };
        audit::record(tx, viewer, &event, now)?;
    }
    Ok(())
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

fn bring_forward(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    tier: Tier,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<()> {
    for check in store::check::open_of_child(tx, child)? {
        let Rulebook {
            policy,
            calendar,
            today,
        } = rulebook;
        let Some(sooner) = brought_forward(&check.as_open(), tier, policy, calendar, *today) else {
            continue;
        };
        store::check::bring_forward(tx, check.key, sooner.due_on, &sooner.why)?;
        audit::record(
            tx,
            viewer,
            &Event {
                action: "check_brought_forward",
                child: Some(child.number()),
                subject: check.reference.as_str(),
                detail: &sooner.why,
            },
            now,
        )?;
    }
    super::check::copy_next(tx, child)
}
