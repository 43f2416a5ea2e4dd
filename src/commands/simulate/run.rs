//! Lives through the days: sets the clock, lets people do their errands and the jobs run, kills the program, and holds it
//! each evening to its promises.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use hearth::clock::Clock;
use hearth::db::{Db, Death, Lifetime};
use hearth::jobs::Services;
use hearth::mail::unwritten::Unwritten;
use hearth::mail::{Courier, Transport};
use rand::RngExt;
use rand::rngs::StdRng;

use hearth::shipped;

use super::super::Failure;
use super::Options;
use super::counts::Counts;
use super::dice::dice;
use super::evening::{Evening, Examiner, Proven};
use super::judge;
use super::mail_server::{Heard, MailServer};
use super::program::{Program, SecondProgram};
use super::returned::What;
use super::tally::Happening;
use super::witness::Witness;
use super::world::World;

/// The jobs of the simulation run a few times a day, not every quarter of an hour.
const A_NIGHT_OFF: Duration = Duration::from_secs(24 * 3600);

/// Every two hours, from five past midnight, UTC; the last one is before midnight in England in summer as well.
const LOOKS_FOR_MAIL: u32 = 12;
/// Of these, every sixth sweeps as well; the last one of a day does so too.
const SWEEPS_EVERY: u32 = 6;
/// People work in the morning, after this one.
const BEFORE_WORK: u32 = 4;
/// Days at the end on which nothing goes wrong any more, so that what waits is delivered.
const CALM_DAYS: u32 = 3;

/// A promise that does not hold.
pub struct Broken {
    /// Which day of the simulation, from 1.
    pub number: u32,
    pub day: NaiveDate,
    pub promise: String,
    pub names: Vec<String>,
}

/// The file of the database in the folder of a run.
pub const DATABASE: &str = "hearth.db";

/// A simulation under way.
pub struct Run {
    seed: u64,
    days: u32,
    program: Program,
    world: World,
    witness: Witness,
    examiner: Examiner,
    counts: Counts,
    /// Where what comes back arrives.
    mailbox: PathBuf,
    /// The machine is off up to and with this day.
    off_until: Option<NaiveDate>,
}

impl Run {
    pub fn new(options: &Options, folder: &Path) -> Result<Self, Failure> {
        let database = &folder.join(DATABASE).display().to_string();
        let mailbox = folder.join("returned");
        std::fs::create_dir_all(mailbox.join("new"))?;
        let start = options.from.and_time(NaiveTime::MIN);
        let (clock, lifetime) = (Clock::stepped(start), Lifetime::default());
        let db = Db::open_to_throw_away(database, 1, &lifetime)?;
        shipped::bring_up(&db)?;
        let mail_server = MailServer::new(options.seed, &clock, &lifetime);
        let transport = Transport::Played(mail_server.play());
        let mut courier = Courier::new(transport, "hearth@ashdale.example".parse()?).one_by_one();
        courier.bounces = Some(mailbox.clone());
        let mut program = Program {
            services: Services {
                db,
                clock,
                courier,
                base_url: "https://hearth.ashdale.example".to_owned(),
                late_after: A_NIGHT_OFF,
                backups: None,
            },
            mail_server,
            lifetime,
            deaths: 0,
            second: SecondProgram::default(),
        };
        let world = World::begin(&mut program, options.seed, options.children, options.days)?;
        let second = program.second.clone();
        let mut services = Services {
            db: Db::open_to_throw_away(database, 1, &Lifetime::default())?,
            ..program.services.clone()
        };
        services.courier.unwritten = Unwritten::default();
        let examiner = Examiner::new(
            Db::open_to_throw_away(database, 1, &Lifetime::default())?,
            program.services.late_after,
        );
        let administrator = world.staff.administrator.clone();
        program
            .mail_server
            .beside(move || second.work(&services, &administrator));
        Ok(Self {
            seed: options.seed,
            days: options.days,
            program,
            world,
            witness: Witness::default(),
            examiner,
            mailbox,
            counts: Counts::default(),
            off_until: None,
        })
    }

    /// Lives until the end or until a promise is broken.
    pub fn live(&mut self) -> Result<Option<Broken>, Failure> {
        let first = self.program.services.clock.today();
        for number in 1..=self.days + CALM_DAYS {
            let day = first + Days::new(u64::from(number) - 1);
            let is_calm = number > self.days;
            if is_calm {
                self.program.mail_server.calm_down();
            }
            self.counts.days = number;
            let mut dice = dice(self.seed, ("day", day));
            if !is_calm && self.is_off(day, &mut dice) {
                self.counts.days_off += 1;
                continue;
            }
            let lived = self.live_through(day, &mut dice, is_calm);
            lived.map_err(|failure| on(number, day, failure))?;
            if let Some(broken) = self.proven_broken()? {
                return Ok(Some(broken));
            }
            if let Some((promise, names)) = self.world.found.take() {
                return Ok(Some(Broken {
                    number,
                    day,
                    promise,
                    names,
                }));
            }
            self.examiner.begin(Evening {
                number,
                today: self.program.services.clock.today(),
                now: self.program.now(),
                presences: self.world.pupils.iter().map(|it| it.presence).collect(),
            });
        }
        if let Some(broken) = self.proven_broken()? {
            return Ok(Some(broken));
        }
        let day = self.program.services.clock.today();
        let number = self.days;
        let judged = judge::judge(&mut self.program, &self.world, &mut self.counts)?;
        let found = judged.or(self.witness.testify(&mut self.program, day)?);
        Ok(found.map(|(promise, names)| Broken {
            number,
            day,
            promise,
            names,
        }))
    }

    /// The first promise that did not hold on the evening that was last begun with.
    fn proven_broken(&mut self) -> Result<Option<Broken>, Failure> {
        let Some(proven) = self.examiner.proven()? else {
            return Ok(None);
        };
        let Proven {
            evening,
            promises,
            seen,
        } = proven;
        self.counts.promises += promises.len();
        let broken = promises.into_iter().find(|promise| !promise.holds());
        let broken = broken.map(|it| (it.promise.to_owned(), it.broken));
        let witnessed = self.witness.look(&self.world, &evening, &seen);
        Ok(broken.or(witnessed).map(|(promise, names)| Broken {
            number: evening.number,
            day: evening.today,
            promise,
            names,
        }))
    }

    /// Once in some weeks the machine is off for days.
    fn is_off(&mut self, day: NaiveDate, dice: &mut StdRng) -> bool {
        if dice.random_ratio(1, 70) {
            self.off_until = Some(day + Days::new(dice.random_range(0..4)));
        }
        self.off_until.is_some_and(|until| day <= until)
    }

    fn live_through(
        &mut self,
        day: NaiveDate,
        dice: &mut StdRng,
        is_calm: bool,
    ) -> Result<(), Failure> {
        for tick in 0..LOOKS_FOR_MAIL {
            self.program.services.clock.set(moment(day, tick));
            self.let_mail_come_back()?;
            let sweeps = tick % SWEEPS_EVERY == 0 || tick + 1 == LOOKS_FOR_MAIL;
            // A sweep writes more than the mail does.
            self.may_die(dice, if sweeps { 14 } else { 4 }, is_calm);
            self.may_refuse(day, tick, is_calm);
            self.program.work(sweeps)?;
            if !is_calm && dice.random_ratio(1, 500) {
                self.clock_is_set_back()?;
            }
            if tick == BEFORE_WORK && !is_calm {
                self.may_die(dice, 12, is_calm);
                self.work_of_the_day(day)?;
            }
        }
        self.program.will_die(None);
        Ok(())
    }

    /// What came back lies in the mailbox, as a mail server puts it there.
    fn let_mail_come_back(&mut self) -> Result<(), Failure> {
        let returned = self.program.mail_server.came_back(self.program.now());
        for message in returned {
            self.counts.returned += 1;
            let name = format!("{:08}.eml", self.counts.returned);
            std::fs::write(self.mailbox.join("new").join(name), &message.raw)?;
            match message.what {
                What::NoSuchMailbox => self.world.tally.add(Happening::BouncedForGood, 1),
                What::GivenUp => self.world.tally.add(Happening::BouncedForNow, 1),
                What::Refused => self.world.tally.add(Happening::RefusedForContent, 1),
                What::OurFault => self.world.tally.add(Happening::OurFault, 1),
                What::InWords => self.world.tally.add(Happening::ReportedInWords, 1),
                What::Letter | What::Late | What::Absence => {}
            }
        }
        Ok(())
    }

    /// Once in a while the program is killed at one of its next writes.
    fn may_die(&self, dice: &mut StdRng, within: u32, is_calm: bool) {
        let writes = dice.random_range(0..within);
        let death = match dice.random_range(0..20) {
            _ if is_calm => None,
            0 => Some(Death::Before(writes)),
            1 => Some(Death::After(writes)),
            _ => None,
        };
        self.program.will_die(death);
    }

    /// Once in a while some of the next writes are refused, because another process holds the database or the disk is full. By the
    /// evening it is over.
    fn may_refuse(&self, day: NaiveDate, tick: u32, is_calm: bool) {
        let mut dice = dice(self.seed, ("held", (day, tick)));
        let is_early = tick + SWEEPS_EVERY < LOOKS_FOR_MAIL;
        let writes = match !is_calm && is_early && dice.random_ratio(1, 40) {
            true => dice.random_range(1..6),
            false => 0,
        };
        self.program.lifetime.refuse(writes);
    }

    /// Somebody sets the clock back by an hour, and the jobs run again.
    fn clock_is_set_back(&mut self) -> Result<(), Failure> {
        self.counts.set_back += 1;
        let before = self.program.now() - TimeDelta::hours(1);
        self.program.services.clock.set(before);
        self.program.work(true)
    }

    /// Everybody does what they have to do, a few seconds apart.
    fn work_of_the_day(&mut self, day: NaiveDate) -> Result<(), Failure> {
        let morning = moment(day, BEFORE_WORK) + TimeDelta::minutes(5);
        self.program
            .services
            .clock
            .set(morning - TimeDelta::minutes(1));
        self.world.send_returns(&mut self.program)?;
        for (place, errand) in self.world.due(day).into_iter().enumerate() {
            let seconds = i64::try_from(place).unwrap_or_default();
            let now = morning + TimeDelta::seconds(seconds);
            self.program.services.clock.set(now);
            self.world
                .perform(&mut self.program, errand, &mut self.counts)?;
        }
        Ok(())
    }

    /// What happened, in lines.
    pub fn report(&self) -> Vec<String> {
        let Counts {
            days,
            days_off,
            set_back,
            acts,
            refused,
            promises,
            steps,
            lapses,
            carried_over,
            booked_elsewhere,
            returned,
        } = self.counts;
        let mut tally = self.world.tally.clone();
        tally.add(Happening::SecondProgram, self.program.second.runs());
        tally.add(Happening::LapseCarriedOver, carried_over);
        tally.add(Happening::BookedElsewhere, booked_elsewhere);
        let taken = self.program.mail_server.taken();
        let count = |heard| taken.iter().filter(|it| it.heard == heard).count();
        let refusals = self.program.mail_server.refusals();
        let summary = [
            format!(
                "Seed {}: {days} days, of which the machine was off for {days_off}; the clock was set back {set_back} times.",
                self.seed
            ),
            format!(
                "{} children; {acts} things done about them, {refused} refused; {lapses} lapses, {steps} steps told.",
                self.world.pupils.len()
            ),
            format!(
                "The program was killed {} times, and {} of its writes were refused.",
                self.program.deaths,
                self.program.lifetime.refused()
            ),
            format!(
                "Mail: {} taken, {} taken without an answer, {} taken as the program died, {} unanswered, {} refused for now, {} for good; {returned} messages came back.",
                count(Heard::Yes),
                count(Heard::Dropped),
                count(Heard::Died),
                refusals.unanswered,
                refusals.for_now,
                refusals.for_good
            ),
            format!(
                "{promises} promises looked at; {} evenings of children.",
                self.witness.child_days()
            ),
            "What happened:".to_owned(),
        ];
        summary.into_iter().chain(tally.lines()).collect()
    }
}

/// A moment at which the program looks for mail.
fn moment(day: NaiveDate, tick: u32) -> NaiveDateTime {
    let minutes = i64::from(tick) * 24 * 60 / i64::from(LOOKS_FOR_MAIL) + 5;
    day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes)
}

fn on(number: u32, day: NaiveDate, failure: Failure) -> Failure {
    match failure {
        Failure::Because(sentence) => {
            Failure::Because(format!("on day {number} ({day}): {sentence}"))
        }
        Failure::Db(error) => Failure::Because(format!("on day {number} ({day}): {error}")),
        Failure::Settings(_) | Failure::NobodyReads => failure,
    }
}
