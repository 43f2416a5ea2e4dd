//! Lives through a year of the invented authority day by day: families come, checks are planned and done or not, the
//! sweep runs, mail goes out.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use hearth::access::{Act, AuthorityKey};
use hearth::clock::{At, Clock};
use hearth::config::Config;
use hearth::db::{Conn, Db, DbError};
use hearth::duty::owed;
use hearth::jobs::{Services, runner};
use hearth::mail::Transport;
use hearth::returns::census;
use hearth::rules::calendar::Calendar;
use hearth::rules::codes::EpisodeKind;
use hearth::rules::duty::{ClosedBy, DutyKind, Purpose};
use hearth::rules::identifiers::EmailAddress;
use hearth::rules::outcome::{AttemptResult, Judgement, Mode};
use hearth::visit::check::Check;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::invented::families::{self, Family, Story};
use super::super::invented::{refused, words};
use super::super::{Failure, jobs};
use super::deeds::{Deed, Scene, Visit, What};
use super::loose_ends;
use super::staff::{self, Staff};

/// How many children the register of the demonstration holds, if nobody asks for another number.
pub const CHILDREN: usize = 1_000;
/// From this seed come the same families each time.
const SEED: u64 = 991;
/// The days that are told before today.
const DAYS: u64 = 380;
/// Further back the sweep runs once a week, which makes the demonstration quicker.
const SWEPT_DAILY: u64 = 45;
/// Older mail was delivered long ago and is not in the folder.
const MAIL_KEPT: u64 = 14;

/// One family for so many children came with a list; how many days ago, and how long ago they were seen.
const CHILDREN_FOR_ONE_TAKEN_OVER: usize = 40;
const TAKEN_OVER_AGO: u64 = 7;
const SEEN_AGO: u64 = 260;

/// How many days after a census its return is sent.
const RETURN_TAKES: u64 = 20;

/// What the demonstration needs to know of what was made.
pub struct Made {
    pub authority: AuthorityKey,
    /// A parent with an account.
    pub parent: Option<EmailAddress>,
}

/// Makes the authority and lives through its year up to now.
pub fn live(db: &Db, config: &Config, children: usize, at: At) -> Result<Made, Failure> {
    let first_day = at.today() - Days::new(DAYS);
    let staff = staff::appoint(db, first_day, at_hour(first_day, 8, at.now()))?;
    let mut families = families::families(at.today(), children, SEED);
    let taken_over = children / CHILDREN_FOR_ONE_TAKEN_OVER;
    take_some_over_late(&mut families, taken_over, first_day, at.today());
    let authority = staff.authority;
    let mut scene = Scene::new(staff, families, config.base_url.clone());
    let mut diary = Diary {
        calendar: Calendar::england(),
        dice: StdRng::seed_from_u64(1),
        today: at.today(),
        planned: BTreeMap::new(),
    };
    diary.plan_arrivals(&scene.families, first_day);
    let mut post = Post::new(db, config)?;
    for day in first_day.iter_days().take_while(|day| *day <= at.today()) {
        let deeds = diary.planned.remove(&day).unwrap_or_default();
        if !deeds.is_empty() {
            let done = db.write_now(|tx| {
                deeds
                    .iter()
                    .map(|deed| scene.perform(tx, deed, day, at_hour(day, 10, at.now())))
                    .collect::<Result<Vec<_>, DbError>>()
            })?;
            for (deed, done) in deeds.iter().zip(done) {
                scene.note(deed, done);
                diary.plan_next(&scene, deed, day);
            }
        }
        db.write_now(|tx| send_returns(tx, &scene.staff, At::of(at_hour(day, 11, at.now()))))?;
        post.end_of_day(day, at);
    }
    db.write_now(|tx| loose_ends::leave(&scene, tx, at))?;
    diary.answer_some(db, &mut scene, At::of(at_hour(at.today(), 8, at.now())))?;
    Ok(Made {
        authority,
        parent: scene.parent,
    })
}

/// The manager sends each census return in time.
fn send_returns(tx: &mut Conn, staff: &Staff, at: At) -> Result<(), DbError> {
    let taken = at.today() - Days::new(RETURN_TAKES);
    let manager = &staff.manager.viewer;
    for owed in owed::open_of_kind(tx, staff.authority, DutyKind::CensusReturn)? {
        if owed.counted_from <= taken {
            let act = &mut Act::new(tx, manager, at);
            census::send(act, &owed, at.today()).map_err(|why| refused("send a return", why))?;
        }
    }
    Ok(())
}

/// A neighbouring team's list came a week ago, with a heap of children who were all seen in the same days.
fn take_some_over_late(
    families: &mut [Family],
    how_many: usize,
    first_day: NaiveDate,
    today: NaiveDate,
) {
    let known = families
        .iter_mut()
        .filter(|family| family.story == Story::Quiet && family.notified_on <= first_day);
    for family in known.take(how_many) {
        family.story = Story::TakenOver;
        family.last_seen_on = (today - Days::new(SEEN_AGO)).max(family.notified_on);
    }
}

/// A time of a day that is not after now.
fn at_hour(day: NaiveDate, hour: u32, now: NaiveDateTime) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default())
        .min(now)
}

/// What is planned for each day, and the dice that plan it.
struct Diary {
    calendar: Calendar,
    dice: StdRng,
    today: NaiveDate,
    planned: BTreeMap<NaiveDate, Vec<Deed>>,
}

impl Diary {
    fn put(&mut self, day: NaiveDate, family: usize, what: What) {
        self.planned
            .entry(day)
            .or_default()
            .push(Deed { family, what });
    }

    fn plan_arrivals(&mut self, families: &[Family], first_day: NaiveDate) {
        for (number, family) in families.iter().enumerate() {
            let is_known = family.notified_on <= first_day || family.story == Story::BackToSchool;
            if family.story == Story::TakenOver {
                self.put(self.today - Days::new(TAKEN_OVER_AGO), number, What::Known);
            } else if is_known {
                self.put(first_day, number, What::Known);
            } else {
                self.put(family.notified_on, number, What::Notify);
                let days = Days::new(self.dice.random_range(1..4));
                let read_on = self.working_day(family.notified_on + days);
                if read_on < self.today {
                    self.put(read_on, number, What::Accept);
                }
            }
            self.plan_story(number, family, first_day);
        }
    }

    fn plan_story(&mut self, number: usize, family: &Family, first_day: NaiveDate) {
        let since = family.notified_on.max(first_day);
        let some_day = |dice: &mut StdRng, today: NaiveDate| {
            let span = (today - since).num_days().max(4) as u64;
            since + Days::new(dice.random_range(3..=span.max(4)))
        };
        let day = some_day(&mut self.dice, self.today);
        if day > self.today {
            return;
        }
        match family.story {
            Story::Involved(kind) => self.put(day, number, What::Episode(kind)),
            Story::Restricted => self.put(day, number, What::Restrict),
            Story::Moves => self.put(day, number, What::Move),
            Story::Resting => {
                let day = (self.today - Days::new(20)).max(since + Days::new(3));
                self.put(day, number, What::Episode(EpisodeKind::S47));
                self.put(day, number, What::Rest);
            }
            _ => {}
        }
    }

    /// After something happened to a family, each child's earliest open check is planned, or not.
    fn plan_next(&mut self, scene: &Scene, deed: &Deed, day: NaiveDate) {
        let children: Vec<usize> = match &deed.what {
            What::Known | What::Accept => (0..scene.family(deed.family).children.len()).collect(),
            What::Visit(visit) => vec![visit.child],
            _ => return,
        };
        for child in children {
            let open = scene.open_checks(deed.family, child);
            let next = open
                .iter()
                .filter(|check| check.kind.nature().closed_by == ClosedBy::Outcome)
                .min_by_key(|check| (check.follows.is_none(), check.due_on));
            let Some(check) = next else { continue };
            let story = scene.family(deed.family).story;
            let tried = open.iter().any(|check| check.follows.is_some());
            let Some((on, mut visit)) = self.visit(story, check, tried, child, day) else {
                continue;
            };
            if on <= self.today {
                self.put(on, deed.family, What::Visit(visit));
            } else if on <= self.today + Days::new(21) && self.dice.random_ratio(2, 3) {
                visit.only_booked_for = Some(on);
                self.put(self.today, deed.family, What::Visit(visit));
            }
        }
    }

    /// When this check is done and what comes of it, as the family's story has it; none when nobody does it.
    fn visit(
        &mut self,
        story: Story,
        check: &Check,
        tried: bool,
        child: usize,
        day: NaiveDate,
    ) -> Option<(NaiveDate, Visit)> {
        let is_recent = check.due_on + Days::new(30) >= self.today;
        let early = self.dice.random_range(2..15);
        let late = self.dice.random_range(1..8);
        let in_time = check.due_on - Days::new(early);
        let (on, result) = match story {
            Story::Overlooked if is_recent => return None,
            Story::Late => (check.due_on + Days::new(late), AttemptResult::ChildSeen),
            Story::NobodyIn if !tried => (in_time, AttemptResult::NobodyIn),
            Story::Declines if is_recent && !tried => (in_time, AttemptResult::Refused),
            Story::Declines if is_recent => return None,
            Story::OnlineOnly if !tried => (in_time, AttemptResult::OnlineOnly),
            Story::OnlineOnly if is_recent => return None,
            Story::OldAddress if !tried && is_recent => (in_time, AttemptResult::WrongAddress),
            _ => (in_time, AttemptResult::ChildSeen),
        };
        let result = match check.purpose {
            Purpose::Contact if result == AttemptResult::ChildSeen => AttemptResult::OnlineOnly,
            _ => result,
        };
        let mode = match (result, check.purpose) {
            (AttemptResult::OnlineOnly, Purpose::Contact) => Mode::Phone,
            (AttemptResult::OnlineOnly, _) => Mode::Online,
            (AttemptResult::ChildSeen, _) if early % 4 == 0 => Mode::OtherVenue,
            _ => Mode::HomeVisit,
        };
        let judgement = match result {
            AttemptResult::ChildSeen => match self.dice.random_range(0..12) {
                0 => Judgement::Unclear,
                1..4 => Judgement::SuitableWithRecommendations,
                _ => Judgement::Suitable,
            },
            _ => Judgement::NotConsidered,
        };
        // Whoever is still not clear about the education at the decision decides a little later.
        let judgement = match (check.purpose, judgement) {
            (Purpose::Decide, Judgement::Unclear | Judgement::NotConsidered) => Judgement::Suitable,
            (_, judgement) => judgement,
        };
        let visit = Visit {
            child,
            check: check.key,
            mode,
            result,
            judgement,
            note: self.dice.random_range(0..words::NOTES.len()),
            only_booked_for: None,
        };
        Some((self.working_day(on.max(day + Days::new(1))), visit))
    }

    fn working_day(&self, day: NaiveDate) -> NaiveDate {
        self.calendar.next_working_day_on_or_after(day)
    }

    /// For some lapses somebody has a plan already.
    fn answer_some(&mut self, db: &Db, scene: &mut Scene, at: At) -> Result<(), Failure> {
        let plan_by = self.calendar.add_working_days(at.today(), 4);
        db.write_now(|tx| scene.answer_every_fourth(tx, plan_by, at))?;
        Ok(())
    }
}

/// The sweep and the mail at the end of each day.
struct Post {
    services: Services,
    folder: Transport,
}

impl Post {
    fn new(db: &Db, config: &Config) -> Result<Self, Failure> {
        let services =
            jobs::services(config, db.clone(), Clock::stepped(NaiveDateTime::default()))?;
        let folder = Transport::folder(Path::new(&config.mail))?;
        Ok(Self { services, folder })
    }

    fn end_of_day(&mut self, day: NaiveDate, at: At) {
        let ago = (at.today() - day).num_days().unsigned_abs();
        if ago > SWEPT_DAILY && !ago.is_multiple_of(7) {
            return;
        }
        let transport = if ago > MAIL_KEPT {
            Transport::memory()
        } else {
            self.folder.clone()
        };
        self.services.courier.transport = transport;
        // The last run was a moment ago at whatever hour a demonstration is made, as the register itself promises.
        let moment = match ago {
            0 => at.now(),
            _ => at_hour(day, 18, at.now()),
        };
        self.services.clock.set(moment);
        runner::run_due(&self.services, moment);
    }
}
