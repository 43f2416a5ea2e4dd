//! Runs are written down, one process runs a job at a time, and the timer stops when it is told to.

use crate::jobs::watch::Watch;
use crate::jobs::watch::alarm::Alarm;
use std::time::Duration;

use crate::access::Act;
use crate::clock::At;
use crate::jobs::punctuality::{self, Punctuality};
use crate::jobs::rehearsal::{self, TakenBack};
use crate::jobs::runner::Stopping;
use crate::jobs::{Timer, store};

use super::*;

#[test]
fn each_run_is_written_down_with_what_it_came_to() {
    let world = World::new();
    world.known_since_seen("2025-12-01");
    world.on("2026-12-02").sweep();
    let runs = world.run(|conn| runner::newest(conn, 10));
    let sweep = runs.iter().find(|run| run.job == "sweep").unwrap();
    assert_eq!(
        (sweep.work.found, sweep.work.did, sweep.work.failed),
        (1, 2, 0)
    );
    assert_eq!(world.run(runner::last_sweep), Some(morning("2026-12-02")));
}

#[test]
fn a_sweep_that_could_tell_nobody_and_tiers_that_are_late_are_trouble() {
    let world = World::without_posts();
    let child = world.known_since_seen("2025-12-01");
    let state = || {
        let (now, late_after) = (world.now(), Duration::from_secs(3600));
        world.run(|conn| punctuality::of_the_sweep(conn, now, late_after))
    };
    assert_eq!(state(), Punctuality::Late(None));
    world.on("2026-12-02").sweep();
    assert_eq!(world.lapses(child).len(), 1);
    assert_eq!(state(), Punctuality::Untold(world.now(), 1));
    assert!(state().warning().unwrap().contains("told to nobody"));

    world.run(|tx| {
        authority::take_into_service(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            Some(DUTY),
        )
    });
    world.sweep();
    assert_eq!(state(), Punctuality::InTime(world.now()));
    world.break_by_hand("UPDATE job_run SET problem = 'broken' WHERE job = 'tiers'");
    assert_eq!(state(), Punctuality::TiersLate(world.now(), None));
    assert!(world.broken_promises()[0].contains("tiers never completed"));
    world.sweep();
    assert_eq!(state(), Punctuality::InTime(world.now()));
}

#[test]
fn a_rehearsal_says_when_it_did_not_assess_every_child_and_writes_the_digest_of_the_week() {
    let world = World::new();
    for _ in 0..2 {
        world.known_since_seen("2025-12-01");
    }
    let today = world.today();
    world.run(|tx| crate::policy::reassessment::reassess_all_soon(tx, world.authority, today));
    let rehearse = |assessed| {
        let authority = world.authority;
        let at = world.services.clock.on(day("2028-01-03"));
        let taken_back = world.services.db.write_now(|tx| {
            let it = rehearsal::sweep_once(tx, authority, "https://x", assessed, at)?;
            Err::<(), _>(TakenBack::Rehearsed(it))
        });
        match taken_back {
            Err(TakenBack::Rehearsed(it)) => it,
            other => panic!("{other:?}"),
        }
    };
    assert!(!rehearse(1).assessed_all);
    let whole = rehearse(10);
    assert!(whole.assessed_all);
    assert!(
        whole
            .mail
            .iter()
            .any(|mail| mail.kind == crate::mail::MailKind::WeeklyDigest)
    );
    assert_eq!(whole.opened, 2);
}

fn scheduled(world: &World) -> Vec<runner::RunSummary> {
    runner::run_scheduled(&world.services, world.now(), &Stopping::default())
}

#[test]
fn a_program_that_stops_begins_no_job_and_takes_no_lease() {
    let world = World::new();
    let stopping = Stopping::default();
    stopping.stop();
    let summaries = runner::run_scheduled(&world.services, world.now(), &stopping);
    assert_eq!(summaries, Vec::new());
}

#[test]
fn a_lease_counts_from_when_it_is_taken() {
    let world = World::new();
    world.sweep();
    // The jobs of a turn before this one took two minutes.
    let turn = world.now();
    let taken = turn + chrono::TimeDelta::minutes(2);
    world.services.clock.set(taken);
    let another = |tx: &mut Conn| {
        let until = taken + chrono::TimeDelta::seconds(50);
        store::runner::take_lease(tx, "sweep", "another", taken, until)
    };
    assert!(world.run(another));
    let summaries = runner::run_scheduled(&world.services, turn, &Stopping::default());
    let sweep = summaries.iter().find(|summary| summary.job == "sweep");
    assert_eq!(sweep.unwrap().work, None, "it was taken from who holds it");
}

#[test]
fn a_job_that_another_process_runs_is_left_to_it_until_its_lease_is_over() {
    let world = World::new();
    let now = world.now();
    let until = now + chrono::TimeDelta::seconds(50);
    assert!(world.run(|tx| store::runner::take_lease(tx, "sweep", "another", now, until)));
    let summaries = scheduled(&world);
    assert!(
        summaries
            .iter()
            .any(|summary| summary.job == "sweep" && summary.work.is_none())
    );
    world.services.clock.set(until);
    let later = scheduled(&world);
    assert!(
        later
            .iter()
            .any(|summary| summary.job == "sweep" && summary.work.is_some())
    );
}

#[test]
fn housekeeping_runs_once_a_day() {
    let world = World::new();
    let ran = |world: &World| {
        let summaries = scheduled(world);
        summaries
            .iter()
            .any(|summary| summary.job == "housekeeping")
    };
    assert!(ran(&world));
    assert!(!ran(&world));
    assert!(ran(world.on("2026-11-03")));
}

#[test]
fn one_bad_authority_does_not_stop_the_others() {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    world.run(|tx| {
        let other = authority::add(tx, "901", "Aardvarkshire")?;
        authority::take_into_service(
            &mut Act::new(tx, &Viewer::program(other, "test"), At::of(world.now())),
            None,
        )
    });
    world
        .ending
        .leave_unproved("one authority is broken, so that its sweep cannot be completed");
    world.break_by_hand(
        "INSERT INTO child (reference, authority_id, given_names, family_name, sort_name, match_key, date_of_birth, sex,
                            status, is_open, registered_on, tier, created_at, updated_at)
         SELECT 'C-0000-0000', authority.id, 'A', 'B', 'b a', 'b a', '2016-01-01', 'U', 'active', TRUE, '2026-01-01',
                'green', '2026-01-01 09:00:00', '2026-01-01 09:00:00'
         FROM authority WHERE code = '901';
         INSERT INTO duty (reference, authority_id, child_id, kind, purpose, post, may_rest, counted_from, original_due_on,
                                    due_on, why, state, created_at)
         SELECT 'W-0000-0000', authority_id, id, 'first_meeting', 'see_child', 'officer', TRUE, '2026-01-01', '2026-02-31', '2026-02-31', '',
                'open', '2026-01-01 09:00:00'
         FROM child WHERE reference = 'C-0000-0000'",
    );
    world.on("2026-12-02");
    let summaries = runner::run_due(&world.services, world.now());
    let sweep = summaries
        .iter()
        .find(|summary| summary.job == "sweep")
        .unwrap();
    assert!(!sweep.is_complete());
    assert!(sweep.work.as_ref().unwrap().problem.contains("901"));
    assert_eq!(world.lapses(child).len(), 1);
    assert_eq!(world.run(runner::last_sweep), None);
}

#[test]
fn the_timer_runs_what_is_due_delivers_when_nudged_and_stops() {
    let world = World::new();
    world.known_since_seen("2025-12-01");
    world.on("2026-12-02");
    let watch = Watch::default();
    let timer = Timer::start(
        &world.services,
        Some(Duration::from_secs(3600)),
        &watch,
        Alarm::default(),
    )
    .unwrap();
    let nudge = timer.nudge();
    for _ in 0..500 {
        nudge.mail();
        if world.services.courier.transport.posted().len() == 3 {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    timer.stop();
    assert_eq!(
        recipients(&world.services.courier.transport.posted()),
        [TEAM_LEADER, TEAM_LEADER, OFFICER]
    );
    world.assert_green();
}
