//! An officer looks at a child's page, and does something about it or nothing: officers visit in time, late or at the
//! wrong address, they book, postpone, promise and forget.

use chrono::{Days, NaiveDate, NaiveDateTime};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::db::Conn;
use hearth::duty::lapse::{self, LapseRecord};
use hearth::duty::owed::DutyState;
use hearth::register::child::{self, ChildRecord};
use hearth::register::claimed_address::{self, ClaimedAddress};
use hearth::register::settlement::Settlement;
use hearth::register::{address, allocation};
use hearth::rules::age::compulsory_school_age;
use hearth::rules::duty::{ClosedBy, Purpose};
use hearth::rules::identifiers::Reference;
use hearth::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use hearth::standing::dispute;
use hearth::visit::booking::{self, Appointment, NewBooking};
use hearth::visit::check::{self, Check};
use hearth::visit::outcome::{self, NewOutcome};
use hearth::visit::paper_letter;
use rand::RngExt;
use rand::rngs::StdRng;

use super::super::Failure;
use super::counts::Counts;
use super::errands::reassess;
use super::program::{Hitch, Program};
use super::tally::Happening;
use super::world::{Deed, Errand, Presence, World};

/// What the page shows.
struct Page {
    child: ChildRecord,
    open: Vec<Check>,
    lapses: Vec<LapseRecord>,
    /// The address that is held and another one that is claimed.
    homes: Option<(Reference, ClaimedAddress)>,
}

/// What the officer does about it: decided before it is done, so that it is the same when the program dies meanwhile.
enum Reaction {
    Nothing,
    Allocate(Reference),
    Letter(Check),
    Answer(LapseRecord, NaiveDate),
    Book(Check, NewBooking, Certainty),
    Settle((Reference, ClaimedAddress), Settlement),
    Record(Check, NewOutcome),
}

/// What an officer does about an address that nobody has made sure of, before they book a visit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// Makes sure of it.
    Verifies,
    /// Goes there all the same, and says why.
    GoesAllTheSame,
    /// Does not think of it.
    Forgets,
}

impl World {
    /// The officer of a child, or a manager where there is none, looks at the child's page.
    pub fn look(
        &mut self,
        program: &mut Program,
        pupil: usize,
        turn: u32,
        counts: &mut Counts,
    ) -> Result<(), Failure> {
        let mut dice = self.dice(Errand::Look { pupil, turn }, "what");
        let (today, now) = (program.services.clock.today(), program.now());
        self.pupils[pupil].looks = turn + 1;
        let Some(page) = self.page_to_look_at(program, pupil)? else {
            self.pupils[pupil].is_looked_after = false;
            return Ok(());
        };
        let born = page.child.particulars.date_of_birth;
        if compulsory_school_age(born).ends < today && dice.random_ratio(1, 2) {
            let viewer = self.staff.eyes_of(page.child.officer).clone();
            self.grow_up(program, pupil, &viewer)?;
            self.plan(
                today + Days::new(9),
                Errand::Look {
                    pupil,
                    turn: turn + 1,
                },
            );
            return Ok(());
        }
        let act = self.decide(&page, &mut dice, (pupil, turn), today);
        let scene = Scene {
            viewer: self.staff.eyes_of(page.child.officer),
            manager: &self.staff.manager.viewer,
            child: &page.child,
            today,
            now,
        };
        let done = program.write(|tx| act.perform(tx, &scene))?;
        match done {
            Some(()) => counts.acts += 1,
            None => counts.refused += 1,
        }
        if matches!(act, Reaction::Settle(..)) {
            self.tally.once(Happening::AddressSettled, &done);
        }
        if done.is_some() && act.may_close_a_lapse() {
            self.pupils[pupil].deeds.insert(now, Deed::Checked);
        }
        if let Some(page) = self.page(program, pupil)? {
            let day = next_look(&page, &mut dice, today);
            let turn = turn + 1;
            self.plan(day, Errand::Look { pupil, turn });
        }
        Ok(())
    }

    /// Nobody looks after a child who is not on the register.
    fn page_to_look_at(
        &self,
        program: &mut Program,
        pupil: usize,
    ) -> Result<Option<Page>, Failure> {
        match self.pupils[pupil].presence {
            Presence::Here => self.page(program, pupil),
            Presence::Left | Presence::Gone => Ok(None),
        }
    }

    fn page(&self, program: &mut Program, pupil: usize) -> Result<Option<Page>, Failure> {
        let key = self.pupils[pupil].key;
        let manager = &self.staff.manager.viewer;
        let family = &self.families[self.pupils[pupil].family];
        let may_be_told = !family.notifications.is_empty() || self.lists.are_sent();
        program.read(|conn| {
            let Some(child) = child::by_key(conn, manager, key)? else {
                return Ok(None);
            };
            let mut open = check::of_child(conn, key)?;
            open.retain(|check| check.state == DutyState::Open);
            let mut lapses = lapse::of_child(conn, key)?;
            lapses.retain(|lapse| lapse.closed.is_none());
            let told = match may_be_told {
                true => claimed_address::waiting(conn, key)?,
                false => None,
            };
            let held = match told {
                Some(_) => address::of_child(conn, key)?,
                None => None,
            };
            Ok(Some(Page {
                child,
                open,
                lapses,
                homes: held.map(|held| held.reference).zip(told),
            }))
        })
    }

    fn decide(
        &self,
        page: &Page,
        dice: &mut StdRng,
        (pupil, turn): (usize, u32),
        today: NaiveDate,
    ) -> Reaction {
        let Some(check) = page.open.first() else {
            return Reaction::Nothing;
        };
        if !self.staff.has(page.child.officer) && dice.random_ratio(2, 3) {
            return Reaction::Allocate(self.staff.any_officer(dice).reference.clone());
        }
        if let Some(homes) = page.homes.clone().filter(|_| dice.random_ratio(1, 2)) {
            let is_told = dice.random_ratio(1, 2);
            let right = if is_told {
                Settlement::Claimed
            } else {
                Settlement::Held
            };
            return Reaction::Settle(homes, right);
        }
        if check.kind.nature().closed_by == ClosedBy::Acceptance {
            return Reaction::Letter(check.clone());
        }
        let unanswered = page.lapses.iter().find(|lapse| {
            let answer = lapse.answered.as_ref();
            answer.is_none_or(|answer| answer.plan_by < today)
        });
        match (dice.random_range(0..100), unanswered) {
            (0..12, _) => Reaction::Nothing,
            (12..40, Some(lapse)) => {
                let by = today + Days::new(dice.random_range(0..25));
                Reaction::Answer(lapse.clone(), by)
            }
            (40..60, _) => {
                let certainty = match dice.random_range(0..4) {
                    0 => Certainty::Forgets,
                    1 => Certainty::GoesAllTheSame,
                    _ => Certainty::Verifies,
                };
                Reaction::Book(check.clone(), a_booking(dice, certainty, today), certainty)
            }
            _ => Reaction::Record(
                check.clone(),
                an_outcome(dice, check.purpose, format!("look-{pupil}-{turn}"), today),
            ),
        }
    }
}

/// When the officer looks again: before what is due next, as a rule.
fn next_look(page: &Page, dice: &mut StdRng, today: NaiveDate) -> NaiveDate {
    let due = page.open.first().map_or(today, |check| check.due_on);
    let day = match dice.random_range(0..100) {
        0..75 => due - Days::new(dice.random_range(0..12)),
        75..90 => due.max(today) + Days::new(dice.random_range(1..9)),
        90..97 => due.max(today) + Days::new(dice.random_range(9..50)),
        _ => today + Days::new(dice.random_range(1..20)),
    };
    let soon = today + Days::new(dice.random_range(1..7));
    if day <= today { soon } else { day }
}

fn a_booking(dice: &mut StdRng, certainty: Certainty, today: NaiveDate) -> NewBooking {
    let unverified = match certainty {
        Certainty::GoesAllTheSame => "The family confirmed it by telephone",
        _ => "",
    };
    let forgot_why = dice.random_ratio(1, 10);
    NewBooking {
        what: Appointment {
            mode: Mode::HomeVisit,
            booked_for: today + Days::new(dice.random_range(0..30)),
            at_time: None,
            place: String::new(),
            reason: if forgot_why {
                String::new()
            } else {
                "The day that suits the family".to_owned()
            },
            address_reason: unverified.to_owned(),
        },
        holiday_meant: true,
    }
}

fn an_outcome(
    dice: &mut StdRng,
    purpose: Purpose,
    form_key: String,
    today: NaiveDate,
) -> NewOutcome {
    let (mode, result) = match (purpose, dice.random_range(0..100)) {
        (Purpose::Contact, 0..70) => (Mode::Phone, AttemptResult::OnlineOnly),
        (Purpose::Contact, 70..85) => (Mode::Written, AttemptResult::WrittenOnly),
        (_, 0..70) => (Mode::HomeVisit, AttemptResult::ChildSeen),
        (_, 70..76) => (Mode::OtherVenue, AttemptResult::ChildSeen),
        (_, 76..82) => (Mode::HomeVisit, AttemptResult::NobodyIn),
        (_, 82..87) => (Mode::HomeVisit, AttemptResult::WrongAddress),
        (_, 87..91) => (Mode::HomeVisit, AttemptResult::AdultOnly),
        (_, 91..95) => (Mode::Phone, AttemptResult::Refused),
        _ => (Mode::Online, AttemptResult::OnlineOnly),
    };
    let seen = result == AttemptResult::ChildSeen;
    let judgement = match dice.random_range(0..20) {
        _ if !seen => Judgement::NotConsidered,
        0 => Judgement::Unclear,
        1 => Judgement::Unsuitable,
        2..5 => Judgement::SuitableWithRecommendations,
        _ => Judgement::Suitable,
    };
    // Some write it down days later.
    let ago = match dice.random_range(0..8) {
        0 => dice.random_range(1..6),
        _ => 0,
    };
    NewOutcome {
        form_key,
        happened_on: today - Days::new(ago),
        mode,
        result,
        place: String::new(),
        present: String::new(),
        home_seen: seen.then_some(mode == Mode::HomeVisit),
        spoken_alone: SpokenAlone::NotOffered,
        judgement,
        note: String::new(),
    }
}

impl Reaction {
    /// A visit at which nobody was met answers for nothing.
    fn may_close_a_lapse(&self) -> bool {
        match self {
            Self::Letter(_) | Self::Settle(..) => true,
            Self::Record(_, new) => !matches!(
                new.result,
                AttemptResult::NobodyIn | AttemptResult::WrongAddress
            ),
            _ => false,
        }
    }

    fn perform(&self, tx: &mut Conn, scene: &Scene<'_>) -> Result<(), Hitch> {
        let Scene {
            viewer,
            manager,
            child,
            today,
            now,
        } = *scene;
        let act = &mut Act::new(tx, viewer, At::of(now));

        match self {
            Self::Nothing => {}
            Self::Allocate(officer) => {
                allocation::allocate(
                    &mut Act::new(act.tx, manager, act.at),
                    &child.reference,
                    officer,
                )?;
            }
            Self::Letter(check) => {
                paper_letter::acknowledge_on_paper(act, check, today)?;
            }
            Self::Answer(lapse, by) => {
                let plan = "Visit agreed with the family by telephone";
                lapse::answer(act, lapse, plan, *by)?;
            }
            Self::Book(check, new, certainty) => {
                if *certainty == Certainty::Verifies {
                    address::verify(act, child.key, today, "Council tax record")?;
                }
                booking::book(act, check, new)?;
            }
            Self::Settle((held, told), right) => {
                let version = told.version();
                let shown = (Some(held), version.as_str());
                dispute::settle(act, child, shown, *right)?;
                reassess(act, child)?;
            }
            Self::Record(check, new) => {
                outcome::record(act, check, new)?;
            }
        }
        Ok(())
    }
}

/// Who acts, for whom and when.
#[derive(Clone, Copy)]
struct Scene<'a> {
    viewer: &'a Viewer,
    manager: &'a Viewer,
    child: &'a ChildRecord,
    today: NaiveDate,
    now: NaiveDateTime,
}
