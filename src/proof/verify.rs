//! The register's own proof: each promise it makes, counted on the live data.

use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::store::question::{Answer, Scope};
use super::store::{
    verify as ask, verify_lists as lists, verify_states as states, verify_told as told,
    verify_watch as watch,
};
use crate::access::{Action, AuthorityKey, audit, authority};
use crate::clock::{At, london_day};
use crate::db::{Conn, Result};
use crate::duty::posts::Posts;
use crate::duty::{ladder, notice, owed, store};
use crate::mail::outbox;
use crate::policy::rulebook::{self, Rulebook};
use crate::returns::census;

/// A promise and how it stands.
#[derive(Clone, Debug)]
pub struct Invariant {
    /// The promise, in words.
    pub promise: &'static str,
    /// How many things were looked at.
    pub checked: i64,
    /// References of those that break it (the first hundred).
    pub broken: Vec<String>,
}

impl Invariant {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }

    fn new(promise: &'static str) -> Self {
        Self {
            promise,
            checked: 0,
            broken: Vec::new(),
        }
    }

    /// Adds what was found in one register.
    fn add(&mut self, (checked, broken): Answer) {
        self.checked += checked;
        self.broken.extend(broken);
        self.broken.truncate(NAMED);
    }
}

/// Offenders named of each promise.
const NAMED: usize = 100;

/// The word under which the runs of the sweep are stored.
pub const SWEEP: &str = "sweep";

/// The word under which the runs of the assessment of tiers are stored.
pub const TIERS: &str = "tiers";

type Question = fn(&mut Conn, Scope<'_>) -> Result<Answer>;

/// The promises that are questions of the tables.
const QUESTIONS: &[(&str, Question)] = &[
    (
        "Every child on the register has an open check, or a rest that ends",
        ask::children_without_clock,
    ),
    (
        "The next check in lists is the earliest open check",
        ask::wrong_next_check,
    ),
    (
        "Every overdue duty has exactly one open lapse",
        ask::overdue_without_lapse,
    ),
    (
        "Every open lapse is of an open duty",
        ask::lapses_of_closed_duties,
    ),
    (
        "Every closed lapse was closed by an outcome or a cancellation, with the reason, and none by an attempt that failed",
        ask::lapses_closed_without_cause,
    ),
    (
        "No duty is due later than it first was, and every closed duty says when and why",
        ask::duties_out_of_order,
    ),
    (
        "Every child on the register has one open registration, and no other child has one",
        ask::wrong_registration,
    ),
    (
        "Every child has at most one current address",
        ask::two_homes,
    ),
    (
        "No two addresses of a child overlap, and none ends before it begins",
        ask::addresses_out_of_order,
    ),
    (
        "The postcode in lists is the current address's",
        ask::wrong_postcode,
    ),
    (
        "Every child whose whereabouts are unknown is owed being found",
        states::lost_without_clock,
    ),
    (
        "Every child who left did so through a door, with its evidence",
        states::left_without_evidence,
    ),
    (
        "The tier in lists is the one that was assessed or decided last",
        states::wrong_tier,
    ),
    (
        "No decision on a tier outlasts its last day",
        states::decided_for_too_long,
    ),
    (
        "Every tier that days can change was assessed in time",
        states::not_assessed_again,
    ),
    (
        "Every rest of checks has a named lead, a reason and an end",
        states::rests_without_lead,
    ),
    (
        "Every rest over an overdue check, and every long one, was told above",
        states::rests_unheard,
    ),
    (
        "Every failed attempt in red was told to a manager",
        told::attempts_not_told,
    ),
    (
        "Every postponement that a manager has to hear of was told",
        told::postponements_not_told,
    ),
    (
        "Nobody is left to visit an address that is not the child's without having been told",
        told::visits_elsewhere_not_told,
    ),
    (
        "The manager was told of every record that an officer closed",
        told::departures_not_told,
    ),
    (
        "The account of every list adds up, each row in it once",
        lists::accounts_that_do_not_add_up,
    ),
    (
        "Every row of a list that has no place on the register is owed an answer by a day",
        lists::rows_nobody_looks_at,
    ),
    (
        "Every list that was cut off is owed a look",
        lists::lists_nobody_looks_at,
    ),
];

/// Proves the promises for one register, or for all that are kept here. What was written after the last sweep began,
/// that sweep is not blamed for; that there is a sweep within `late_after` is a promise of its own.
pub fn verify(
    conn: &mut Conn,
    authority: Option<AuthorityKey>,
    at: At,
    late_after: Duration,
) -> Result<Vec<Invariant>> {
    let authorities = match authority {
        Some(key) => vec![key],
        None => authority::in_service(conn)?
            .into_iter()
            .map(|a| a.key)
            .collect(),
    };
    let swept_at = ask::last_completed(conn, SWEEP)?;
    let seen_until = swept_at.unwrap_or(at.now());
    let day = london_day(seen_until).min(at.today());
    let scope = Scope {
        authorities: &authorities,
        day,
        seen_until,
    };
    let mut registers = Vec::with_capacity(authorities.len());
    for authority in &authorities {
        registers.push(Register {
            authority: *authority,
            rulebook: rulebook::load(conn, *authority, day)?,
            seen_until,
        });
    }

    let mut proof = Vec::new();
    for (promise, question) in QUESTIONS {
        let mut invariant = Invariant::new(promise);
        invariant.add(question(conn, scope)?);
        proof.push(invariant);
    }
    proof.push(steps_told(conn, &registers)?);
    proof.push(notices_given(conn, &registers)?);
    proof.push(returns_owed(conn, &registers)?);
    proof.push(nobody_silenced(conn, &authorities, at.today())?);
    proof.push(nothing_stuck(conn, at.now(), late_after)?);
    proof.push(swept_in_time(conn, swept_at, at.now(), late_after)?);
    proof.push(all_at_work(conn, at.now(), late_after)?);
    Ok(proof)
}

/// What is asked of one register after the other, because each has its own rules and calendar.
struct Register {
    authority: AuthorityKey,
    /// For the day by which the sweep has to have done its work.
    rulebook: Rulebook,
    seen_until: NaiveDateTime,
}

fn steps_told(conn: &mut Conn, registers: &[Register]) -> Result<Invariant> {
    let mut invariant = Invariant::new(
        "Every step of the ladder that is owed was told to somebody who has not left",
    );
    for register in registers {
        let Register {
            authority,
            rulebook,
            seen_until,
        } = register;
        // Every open lapse: what is proved here is also that none was passed over by the day of its next step. Once an administrator
        // has changed the rules, only what was owed by those before is to have been told: the next sweep weighs the rest.
        let changed = audit::any_since(conn, *authority, &Action::OF_THE_RULES, *seen_until)?;
        let next_step_by = match changed {
            true => rulebook.today,
            false => ladder::NO_MORE_STEPS,
        };
        let open = store::ladder::open(conn, *authority, rulebook.today, next_step_by)?;
        let looked_at = i64::try_from(open.len()).unwrap_or(i64::MAX);
        let day_before = rulebook.today.pred_opt().unwrap_or(rulebook.today);
        let gone = store::ladder::gone(conn, *authority, day_before)?;
        let told = store::ladder::told(conn, *authority, &gone, next_step_by)?;
        let mut owing = ladder::owing(ladder::states(&open), &told, rulebook);
        if !owing.is_empty() {
            let changed = ask::changed_since(conn, *authority, *seen_until)?;
            owing.retain(|lapse, _| !changed.contains(lapse));
        }
        invariant.add((looked_at, ladder::named(conn, &owing)?));
    }
    Ok(invariant)
}

fn notices_given(conn: &mut Conn, registers: &[Register]) -> Result<Invariant> {
    let mut invariant =
        Invariant::new("Every notice that a duty is due soon was given when it was owed");
    for register in registers {
        let Register {
            authority,
            rulebook,
            seen_until,
        } = register;
        // As for the returns below.
        if audit::any_since(conn, *authority, &Action::OF_THE_RULES, *seen_until)? {
            continue;
        }
        let owed = notice::not_given(conn, *authority, rulebook, Some(*seen_until))?;
        let given = store::notice::count(conn, *authority, rulebook.today)?;
        let checked = given + i64::try_from(owed.len()).unwrap_or(i64::MAX);
        let broken = owed.iter().map(|owed| owed.duty.reference.to_string());
        invariant.add((checked, broken.collect()));
    }
    Ok(invariant)
}

/// The returns of authorities that have been owed one: the first is written by an authority's first sweep, and that there is
/// a sweep is a promise of its own.
fn returns_owed(conn: &mut Conn, registers: &[Register]) -> Result<Invariant> {
    let mut invariant =
        Invariant::new("Every census return is owed by its day, or was noted as sent");
    for register in registers {
        let Register {
            authority,
            rulebook,
            seen_until,
        } = register;
        // What an administrator changed since, the next sweep looks at.
        if audit::any_since(conn, *authority, &Action::OF_THE_RULES, *seen_until)? {
            continue;
        }
        let written = owed::about_no_child(conn, *authority)?.len();
        if written == 0 {
            continue;
        }
        let checked = i64::try_from(written).unwrap_or(i64::MAX);
        let missing = census::not_owed_yet(conn, *authority, rulebook)?;
        let broken = missing
            .iter()
            .map(|it| format!("census of {}", it.census_day));
        invariant.add((checked, broken.collect()));
    }
    Ok(invariant)
}

/// Whoever is written to at an address that mail came back from is not told.
fn nobody_silenced(
    conn: &mut Conn,
    authorities: &[AuthorityKey],
    today: NaiveDate,
) -> Result<Invariant> {
    let mut invariant =
        Invariant::new("For every post there is somebody who can be told, whatever mail came back");
    for key in authorities {
        let authority = authority::by_key(conn, *key)?;
        let silenced = Posts::of(conn, &authority, today)?.silenced();
        let broken = silenced
            .iter()
            .map(|post| format!("{} of {}", post.as_str(), authority.code));
        invariant.add((1, broken.collect()));
    }
    Ok(invariant)
}

fn nothing_stuck(conn: &mut Conn, now: NaiveDateTime, late_after: Duration) -> Result<Invariant> {
    let mut invariant =
        Invariant::new("No mail is stuck, and no lapse mail died without somebody being told");
    let stuck = outbox::stuck(conn, now, patience(late_after))?;
    let broken = [stuck.overdue, stuck.abandoned, stuck.unreported].concat();
    invariant.add((stuck.looked_at, broken));
    Ok(invariant)
}

/// What the program that serves saw of itself.
fn all_at_work(conn: &mut Conn, now: NaiveDateTime, late_after: Duration) -> Result<Invariant> {
    let mut invariant = Invariant::new("Whatever is watched does its work");
    invariant.add(watch::troubles(conn, now - patience(late_after))?);
    Ok(invariant)
}

fn patience(late_after: Duration) -> TimeDelta {
    TimeDelta::from_std(late_after).unwrap_or(TimeDelta::MAX)
}

/// Whether a sweep that began at a moment still is in time. One from the future is not: the clock was wrong then, and the
/// sweep proves nothing of today.
pub fn is_in_time(began: NaiveDateTime, now: NaiveDateTime, late_after: Duration) -> bool {
    (now - began).abs() <= patience(late_after)
}

fn swept_in_time(
    conn: &mut Conn,
    swept_at: Option<NaiveDateTime>,
    now: NaiveDateTime,
    late_after: Duration,
) -> Result<Invariant> {
    let mut invariant =
        Invariant::new("The sweep for lapses and the assessment of tiers were completed in time");
    let assessed_at = ask::last_completed(conn, TIERS)?;
    let is_at_work = ask::any_in_service(conn)?;
    for (job, last) in [(SWEEP, swept_at), (TIERS, assessed_at)] {
        let broken = match last {
            Some(at) if is_in_time(at, now, late_after) => None,
            Some(at) => Some(format!(
                "{job} last completed on {} UTC",
                at.format("%Y-%m-%d %H:%M")
            )),
            None if is_at_work => Some(format!("{job} never completed")),
            None => None,
        };
        invariant.add((1, broken.into_iter().collect()));
    }
    Ok(invariant)
}
