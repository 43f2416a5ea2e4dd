//! What managers and administrators decide: tiers, who covers for whom, a backlog spread, the policy, and what becomes of
//! mail that was not delivered.

use chrono::Days;
use hearth::access::absence::{self, NewAbsence};
use hearth::access::{Act, mail_upkeep};
use hearth::clock::At;
use hearth::duty::lapse;
use hearth::duty::owed::{self, Duty};
use hearth::duty::unplaced as owed_messages;
use hearth::mail::outbox;
use hearth::mail::unplaced::{self, Finding};
use hearth::policy::{policy_book, rulebook};
use hearth::returns::census;
use hearth::rules::duty::DutyKind;
use hearth::rules::identifiers::Reference;
use hearth::rules::policy::change::Change;
use hearth::rules::policy::{Period, PolicyKey, Unit};
use hearth::rules::tier::Tier;
use hearth::tier::deciding;
use hearth::tier::decision::NewTierDecision;
use hearth::visit::capacity;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::super::Failure;
use super::super::invented::refused;
use super::dice::dice;
use super::program::Program;
use super::tally::Happening;
use super::world::{Errand, Presence, World};

/// What an administrator changes, one after the other.
const CHANGES: &[(PolicyKey, Option<Tier>, u32, Unit)] = &[
    (PolicyKey::ChecksAWeek, None, 1, Unit::Times),
    (PolicyKey::RecurringCheck, Some(Tier::Green), 9, Unit::Month),
    (PolicyKey::LapseToManager, None, 3, Unit::WorkingDay),
    (PolicyKey::CensusSummer, None, 1, Unit::Thursday),
    (
        PolicyKey::FailedVisitRebooked,
        Some(Tier::Green),
        8,
        Unit::WorkingDay,
    ),
    (PolicyKey::DueSoonFirst, None, 15, Unit::WorkingDay),
    (PolicyKey::LongestRest, None, 60, Unit::CalendarDay),
    (PolicyKey::AddressVerifiedFor, None, 2, Unit::Month),
    (PolicyKey::ContactsNotInPerson, None, 3, Unit::Times),
    (
        PolicyKey::RecurringCheck,
        Some(Tier::Green),
        12,
        Unit::Month,
    ),
    (PolicyKey::NotSeenFor, None, 9, Unit::Month),
];

/// Mails of the tray that an administrator looks at.
const LOOKED_AT: usize = 6;

impl World {
    pub fn decide_tier(
        &mut self,
        program: &mut Program,
        pupil: usize,
        turn: u32,
    ) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let (key, presence) = (self.pupils[pupil].key, self.pupils[pupil].presence);
        if presence != Presence::Here {
            return Ok(());
        }
        let mut dice = self.dice(Errand::Decide { pupil, turn }, "what");
        // Some want it for longer than a decision holds.
        let days = dice.random_range(0..100);
        let tiers = [Tier::Green, Tier::Amber, Tier::Red];
        let decision = NewTierDecision {
            tier: *tiers.choose(&mut dice).unwrap_or(&Tier::Red),
            reason: "What the school told the manager on the telephone".to_owned(),
            ends_on: today + Days::new(days),
        };
        let manager = &self.staff.manager.viewer;
        let done = program.write(|tx| {
            deciding::decide(&mut Act::new(tx, manager, At::of(now)), key, &decision)?;
            Ok(())
        })?;
        self.tally.once(Happening::TierDecided, &done);
        if dice.random_ratio(1, 2) {
            let day = today + Days::new(dice.random_range(1..60));
            self.plan(day, Errand::GiveBack { pupil, turn });
        }
        Ok(())
    }

    /// Somebody sends the returns of censuses that were taken, some of them late.
    pub fn send_returns(&mut self, program: &mut Program) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let authority = self.staff.authority;
        let kind = DutyKind::CensusReturn;
        let owed = program.read(|conn| Ok(owed::open_of_kind(conn, authority, kind)?))?;
        for owed in &owed {
            let mut dice = dice(self.seed, ("return", owed.counted_from));
            let takes = Days::new(dice.random_range(20..60));
            if today < owed.counted_from + takes {
                self.plan_return(program, owed, &mut dice)?;
                continue;
            }
            // What a program that dies has not written down is noted on the next day.
            self.duties_done.insert(now);
            let manager = &self.staff.manager.viewer;
            let done = program.write(|tx| {
                census::send(&mut Act::new(tx, manager, At::of(now)), owed, today)?;
                Ok(())
            })?;
            self.tally.once(Happening::ReturnSent, &done);
            let is_late = today > owed.due_on;
            self.tally
                .once(Happening::ReturnSentLate, &done.filter(|()| is_late));
        }
        Ok(())
    }

    /// The manager answers the lapse of a return, some days after it or not at all.
    fn plan_return(
        &mut self,
        program: &mut Program,
        owed: &Duty,
        dice: &mut StdRng,
    ) -> Result<(), Failure> {
        let at = At::of(program.now());
        let answers_on = owed.due_on + Days::new(dice.random_range(1..25));
        let lapsed = program.read(|conn| Ok(lapse::of_duty(conn, owed.key)?))?;
        let unanswered = lapsed.filter(|lapse| lapse.answered.is_none());
        let Some(lapse) = unanswered.filter(|_| answers_on <= at.today()) else {
            return Ok(());
        };
        let plan_by = at.today() + Days::new(dice.random_range(1..10));
        let manager = &self.staff.manager.viewer;
        let done = program.write(|tx| {
            let plan = "The figures of two schools are still to come";
            lapse::answer(&mut Act::new(tx, manager, at), &lapse, plan, plan_by)?;
            Ok(())
        })?;
        self.tally.once(Happening::ReturnPlanned, &done);
        Ok(())
    }

    /// Refused when it is over already.
    pub fn give_tier_back(&mut self, program: &mut Program, pupil: usize) -> Result<(), Failure> {
        let now = program.now();
        let (manager, key) = (&self.staff.manager.viewer, self.pupils[pupil].key);
        let done = program.write(|tx| {
            deciding::withdraw(&mut Act::new(tx, manager, At::of(now)), key)?;
            Ok(())
        })?;
        self.tally.once(Happening::TierGivenBack, &done);
        Ok(())
    }

    pub fn go_away(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let mut dice = self.dice(Errand::GoAway { turn }, "who");
        let Some((account, delegate)) = self.staff.two_of_them(&mut dice) else {
            return Ok(());
        };
        let starts_on = today + Days::new(dice.random_range(0..6));
        let new = NewAbsence {
            account,
            delegate,
            starts_on,
            ends_on: starts_on + Days::new(dice.random_range(1..25)),
        };
        let (authority, manager) = (self.staff.authority, &self.staff.manager.viewer);
        let done = program.write(|tx| {
            let rulebook = rulebook::load(tx, authority, today)?;
            let latest = rulebook.longest_absence(new.starts_on).day;
            absence::add(&mut Act::new(tx, manager, At::of(now)), &new, latest)?;
            Ok(())
        })?;
        self.tally.once(Happening::WentAway, &done);
        if dice.random_ratio(1, 3) {
            let day = today + Days::new(dice.random_range(1..12));
            self.plan(day, Errand::ComeHome { turn });
        }
        Ok(())
    }

    pub fn come_home(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let (authority, manager) = (self.staff.authority, &self.staff.manager.viewer);
        let away = program.read(|conn| Ok(absence::list(conn, authority, today)?))?;
        let mut dice = self.dice(Errand::ComeHome { turn }, "who");
        let Some(absence) = away.choose(&mut dice) else {
            return Ok(());
        };
        let reference = parsed(&absence.reference)?;
        let done = program.write(|tx| {
            absence::end(&mut Act::new(tx, manager, At::of(now)), &reference)?;
            Ok(())
        })?;
        self.tally.once(Happening::CameHomeEarly, &done);
        Ok(())
    }

    /// An administrator asks people for their right address, and tries again what was given up.
    pub fn empty_the_tray(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let now = program.now();
        let (authority, viewer) = (self.staff.authority, &self.staff.administrator);
        let mut dice = self.dice(Errand::EmptyTheTray { turn }, "what");
        let failing = program.read(|conn| Ok(outbox::failing(conn, authority)?))?;
        for address in failing {
            let mail = parsed(&address.mail)?;
            if dice.random_ratio(2, 3) {
                let done = program.write(|tx| {
                    Ok(mail_upkeep::address_works(
                        &mut Act::new(tx, viewer, At::of(now)),
                        &mail,
                    )?)
                })?;
                let done = done.filter(|done| *done);
                self.tally.once(Happening::AddressCorrected, &done);
            }
        }
        for message in program.read(|conn| Ok(unplaced::open(conn, authority)?))? {
            let reference = parsed(&message.reference)?;
            let done = program.write(|tx| {
                let act = &mut Act::new(tx, viewer, At::of(now));
                Ok(owed_messages::place(act, &reference, &Finding::NotOurs)?)
            })?;
            self.tally
                .once(Happening::MessagePlaced, &done.filter(|done| *done));
            self.duties_done.insert(now);
        }
        let overview = program.read(|conn| Ok(outbox::overview(conn, authority)?))?;
        for mail in overview.undelivered.into_iter().take(LOOKED_AT) {
            let reference = parsed(&mail.reference)?;
            if dice.random_ratio(1, 3) {
                let done = program.write(|tx| {
                    Ok(mail_upkeep::retry_now(
                        &mut Act::new(tx, viewer, At::of(now)),
                        &reference,
                    )?)
                })?;
                let done = done.filter(|done| *done && mail.is_dead());
                if done.is_some() {
                    program.mail_server.a_person_tries_again(&mail.reference);
                }
                self.tally.once(Happening::Retried, &done);
            }
        }
        Ok(())
    }

    /// A manager looks at a plan and carries it out; some look at one, and carry it out when it is another.
    pub fn spread(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let (authority, manager) = (self.staff.authority, &self.staff.manager.viewer);
        let mut dice = self.dice(Errand::Spread { turn }, "which");
        let plan = program.read(|conn| {
            let book = rulebook::load(conn, authority, today)?;
            Ok(capacity::plan(conn, manager, &book)?)
        })?;
        let seen = match dice.random_ratio(1, 6) {
            true => "a plan of yesterday",
            false => plan.fingerprint.as_str(),
        };
        let moved = program.write(|tx| {
            Ok(capacity::carry_out(
                &mut Act::new(tx, manager, At::of(now)),
                seen,
            )?)
        })?;
        self.tally.add(Happening::Spread, moved.unwrap_or_default());
        Ok(())
    }

    pub fn change_policy(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let (today, now) = (program.services.clock.today(), program.now());
        let mut dice = self.dice(Errand::ChangePolicy { turn }, "from");
        let place = usize::try_from(turn).unwrap_or_default() % CHANGES.len();
        let (key, tier, value, unit) = CHANGES[place];
        let change = Change {
            key,
            tier,
            period: Period { value, unit },
            source: "The authority's own procedures".to_owned(),
            from: today + Days::new(dice.random_range(0..10)),
            to: None,
        };
        let viewer = &self.staff.administrator;
        let done = program.write(|tx| {
            let reason = "Agreed with the safeguarding partners";
            policy_book::set(&mut Act::new(tx, viewer, At::of(now)), &change, reason)?;
            Ok(())
        })?;
        self.tally.once(Happening::PolicyChanged, &done);
        Ok(())
    }
}

/// A reference as the tables have it.
pub fn parsed(reference: &str) -> Result<Reference, Failure> {
    Reference::parse(reference).map_err(|why| Failure::Db(refused("read a reference", why)))
}
