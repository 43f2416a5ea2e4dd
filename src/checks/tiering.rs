//! Gathers the facts of a child for the tier rule and writes what it says. Called on every new fact.

use chrono::{NaiveDate, NaiveDateTime};

use super::rulebook::Rulebook;
use super::store;
use super::store::facts::Attempt;
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::db::{Conn, DbError, Result};
use crate::register::address::AddressRecord;
use crate::register::child::ChildRecord;
use crate::register::tier::TierChange;
use crate::register::{self, ChildKey};
use crate::rules::codes::{PreviousSetting, SenProvision, Source};
use crate::rules::outcome::AttemptResult;
use crate::rules::schedule::brought_forward;
use crate::rules::tier::{AddressFact, Assessment, EpisodeFact, Facts, Seen, Tier, assess};

/// Who decides when nobody has overridden the rules.
const BY_THE_RULES: &str = "rules";

/// Assesses a child again. When the tier rises, open checks that would now be due earlier are brought forward (their
/// original due day stays); writes the audit event when the tier or a reason changed.
pub fn reassess(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    rulebook: &Rulebook,
    now: NaiveDateTime,
) -> Result<Tier> {
    let everything = Viewer::program(viewer.authority(), BY_THE_RULES);
    let record = register::child::by_key(tx, &everything, child)?
        .ok_or_else(|| DbError::Corrupt(format!("child {child:?} is not of this authority")))?;
    let facts = gather(tx, &everything, &record, rulebook.today)?;
    let assessment = assess(&facts, &rulebook.policy, &rulebook.calendar);
    let change = register::tier::set(tx, child, &assessment, BY_THE_RULES, now)?;
    let noted = match change {
        TierChange::Nothing => None,
        TierChange::Reasons => Some(("tier_reasons_changed", reasons(&assessment))),
        TierChange::Tier => Some(("tier_changed", in_words(record.tier, &assessment))),
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
    if assessment.tier > record.tier {
        bring_forward(tx, viewer, child, assessment.tier, rulebook, now)?;
    }
    Ok(assessment.tier)
}

fn in_words(before: Tier, assessment: &Assessment) -> String {
    let change = format!(
        "Tier changed from {} to {}.",
        before.as_str(),
        assessment.tier.as_str()
    );
    [change, sentences(assessment)].join(" ").trim().to_owned()
}

fn reasons(assessment: &Assessment) -> String {
    let tier = assessment.tier.as_str();
    match sentences(assessment).as_str() {
        "" => format!("Tier still {tier}, for no particular reason now."),
        sentences => format!("Tier still {tier}, for other reasons. {sentences}"),
    }
}

fn sentences(assessment: &Assessment) -> String {
    let sentences = assessment.reasons.iter().map(|reason| reason.sentence());
    sentences.collect::<Vec<_>>().join(" ")
}

fn gather(
    conn: &mut Conn,
    everything: &Viewer,
    child: &ChildRecord,
    today: NaiveDate,
) -> Result<Facts> {
    let attempts = store::facts::attempts(conn, child.key)?;
    let home = register::address::of_child(conn, child.key)?;
    let registration = register::registration::of_child(conn, child.key)?
        .into_iter()
        .next();
    Ok(Facts {
        today,
        registered_on: child.registered_on,
        seen: match child.last_seen_on {
            Some(day) => Seen::On(day),
            None if child.seen_recorded => Seen::Never,
            None => Seen::NotRecorded,
        },
        episodes: episodes(conn, everything, child.key)?,
        address: address_fact(home.as_ref(), &attempts),
        refusals_in_a_row: count(
            attempts
                .iter()
                .take_while(|a| a.result == AttemptResult::Refused),
        ),
        online_in_a_row: count(
            attempts
                .iter()
                .take_while(|a| a.result != AttemptResult::ChildSeen)
                .filter(|a| a.result == AttemptResult::OnlineOnly),
        ),
        sibling_flagged: sibling_flagged(conn, everything, child.key, today)?,
        never_on_school_roll: registration
            .as_ref()
            .is_some_and(|r| r.previous_setting == PreviousSetting::None),
        moved_in_on: registration
            .filter(|r| r.source == Source::OtherAuthority)
            .map(|r| r.started_on),
        sen: child
            .particulars
            .sen_provision
            .unwrap_or(SenProvision::None),
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
        None => AddressFact::Unverified,
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
