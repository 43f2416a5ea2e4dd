//! Lapses are opened, told step by step, answered and closed.

use super::*;
use crate::access::Act;
use crate::clock::At;
use crate::duty::lapse::AnswerError;
use crate::duty::rest::{self, NewRest, RestError};
use crate::mail::outbox::MailState;
use crate::rules::codes::ClosureReason;
use crate::rules::escalation::Step;
use crate::rules::policy::{PolicyKey, Unit};
use crate::standing::closure::{self, Closure};

/// The recurring check of a child seen on 1 December 2025 is due on 1 December 2026, a Tuesday.
fn world_with_one_due() -> (World, ChildKey) {
    let world = World::new();
    let child = world.known_since_seen("2025-12-01");
    assert_eq!(
        world.check(child, DutyKind::RecurringCheck).due_on,
        day("2026-12-01")
    );
    (world, child)
}

#[test]
fn a_lapse_climbs_the_ladder_and_each_step_is_told_once() {
    let (world, child) = world_with_one_due();
    for (today, told) in [
        ("2026-12-01", vec![OFFICER]),
        ("2026-12-02", vec![TEAM_LEADER, OFFICER]),
        ("2026-12-07", vec![]),
        ("2026-12-08", vec![MANAGER]),
        ("2026-12-15", vec![HEAD]),
        ("2026-12-22", vec![DUTY, SAFEGUARDING]),
        ("2027-01-04", vec![]),
    ] {
        assert_eq!(recipients(&world.on(today).sweep()), told, "{today}");
        assert_eq!(
            recipients(&world.sweep()),
            Vec::<&str>::new(),
            "{today}, again"
        );
        world.assert_green();
    }
    let [lapse] = world.lapses(child).try_into().unwrap();
    let told = world.run(|conn| lapse::told(conn, lapse.key));
    assert_eq!(told.len(), 6);
    assert!(
        told.iter()
            .all(|told| told.mail_state == MailState::Sent && told.post == told.told_post)
    );
    assert_eq!(told[0].step, Step::Lapsed);
}

#[test]
fn a_step_that_a_new_policy_brings_forward_is_told_though_its_day_was_later() {
    let (world, _) = world_with_one_due();
    world.on("2026-12-02").sweep();
    assert!(world.on("2026-12-03").sweep().is_empty(), "8 December");
    world.set_policy(PolicyKey::LapseToManager, 1, Unit::WorkingDay, "2026-12-04");
    assert!(world.sweep().is_empty(), "not in force yet");
    assert_eq!(recipients(&world.on("2026-12-04").sweep()), [MANAGER]);
    world.assert_green();
}

#[test]
fn the_mail_names_nobody_and_leads_to_the_lapse() {
    let (world, child) = world_with_one_due();
    let mails = world.on("2026-12-02").sweep();
    let [lapse] = world.lapses(child).try_into().unwrap();
    for mail in mails.iter().map(read) {
        assert!(mail.says(lapse.reference.as_str()));
        assert!(mail.says("https://hearth.example/told/M-"));
        assert!(!mail.mentions("Example") && !mail.mentions("High Street"));
    }
}

#[test]
fn after_nights_off_every_step_is_told_once_in_one_digest_with_true_dates() {
    let (world, child) = world_with_one_due();
    let other = world.known_since_seen("2025-12-02");
    let mails = world.on("2026-12-16").sweep();

    assert_eq!(recipients(&mails), [TEAM_LEADER, HEAD, MANAGER, OFFICER]);
    let to_head = mails.iter().find(|mail| mail.to == HEAD).unwrap();
    assert!(read(to_head).says("15 December 2026") && read(to_head).says("16 December 2026"));
    for child in [child, other] {
        let [lapse] = world.lapses(child).try_into().unwrap();
        assert_eq!(world.run(|conn| lapse::told(conn, lapse.key)).len(), 4);
    }
    world.assert_green();
    assert!(world.on("2026-12-17").sweep().is_empty());
}

#[test]
fn an_answer_stops_the_ladder_until_the_plan_s_day_has_passed() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    let [lapse] = world.lapses(child).try_into().unwrap();
    assert!(matches!(
        world.answer(&lapse, " ", "2026-12-10"),
        Err(AnswerError::NoPlan)
    ));
    assert!(matches!(
        world.answer(&lapse, "Visit", "2026-12-01"),
        Err(AnswerError::PlanDay(_))
    ));
    assert!(matches!(
        world.answer(&lapse, "Visit", "2027-02-01"),
        Err(AnswerError::PlanDay(_))
    ));
    world
        .answer(&lapse, "Visit on Thursday", "2026-12-10")
        .unwrap();

    assert!(world.on("2026-12-10").sweep().is_empty());
    world.assert_green();
    let mails = world.on("2026-12-11").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER, MANAGER, OFFICER]);
    world.assert_green();
}

#[test]
fn a_plan_that_is_not_kept_begins_the_ladder_again_one_rung_higher_each_time() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    world.on("2026-12-08").sweep();
    let answer = |on: &str, by: &str| {
        world.on(on);
        world.answer(&world.lapses(child)[0], "Visit", by)
    };
    answer("2026-12-08", "2026-12-10").unwrap();
    assert!(world.on("2026-12-10").sweep().is_empty());
    world.assert_green();

    let mails = world.on("2026-12-11").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER, MANAGER, OFFICER]);
    for mail in &mails {
        assert!(read(mail).says("plan by 10 December 2026 was not kept"));
    }
    assert!(world.sweep().is_empty());
    world.assert_green();

    answer("2026-12-11", "2026-12-14").unwrap();
    let mails = world.on("2026-12-16").sweep();
    assert_eq!(recipients(&mails), [TEAM_LEADER, HEAD, MANAGER, OFFICER]);
    world.assert_green();
    assert_eq!(
        recipients(&world.on("2027-01-07").sweep()),
        [DUTY, SAFEGUARDING]
    );
    let lapse = &world.lapses(child)[0];
    let told = world.run(|conn| lapse::told(conn, lapse.key));
    let rounds: Vec<u32> = told.iter().map(|told| told.round).collect();
    assert_eq!(rounds, [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    world.assert_green();
}

#[test]
fn a_plan_renewed_before_its_day_is_renewed_by_an_officer_once() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    let lapse = || world.lapses(child).remove(0);
    let renew = |on: &str, by: &str| world.on(on).answer(&lapse(), "Visit", by);
    renew("2026-12-03", "2026-12-10").unwrap();
    renew("2026-12-10", "2026-12-17").unwrap();
    assert!(world.on("2026-12-17").sweep().is_empty());
    let Err(AnswerError::NeedsManager(why)) = renew("2026-12-17", "2026-12-24") else {
        panic!("an officer renews for good");
    };
    assert_eq!(
        why,
        "2 plans were made for this lapse and the check is not done. From plan 3 on only a manager answers (default policy, as for postponements; no published number was found)."
    );
    assert_eq!(lapse().round, 2);

    world
        .answer_as(&world.manager, &lapse(), "I ring the family", "2026-12-24")
        .unwrap();
    assert_eq!(recipients(&world.sweep()), [HEAD], "the post above hears");
    assert!(renew("2026-12-18", "2026-12-28").is_err());
    assert!(world.on("2026-12-24").sweep().is_empty());
    let mails = world.on("2026-12-29").sweep();
    assert_eq!(
        recipients(&mails),
        [DUTY, TEAM_LEADER, SAFEGUARDING, HEAD, MANAGER, OFFICER]
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_lapse_that_managers_answer_for_again_and_again_is_heard_higher_and_higher() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    let renew = |viewer: &Viewer, on: &str, by: &str| {
        world.on(on);
        world.answer_as(viewer, &world.lapses(child)[0], "We ring", by)
    };
    renew(&world.officer, "2026-12-02", "2026-12-29").unwrap();
    renew(&world.officer, "2026-12-29", "2027-01-20").unwrap();
    assert!(world.sweep().is_empty());
    for (on, by, told) in [
        ("2027-01-20", "2027-02-10", vec![HEAD]),
        ("2027-02-10", "2027-03-01", vec![DUTY, SAFEGUARDING, HEAD]),
        ("2027-03-01", "2027-03-20", vec![DUTY, SAFEGUARDING, HEAD]),
    ] {
        world.on(on).send_returns();
        assert!(world.sweep().is_empty());
        renew(&world.manager, on, by).unwrap();
        world.assert_green();
        let mails = world.sweep();
        assert_eq!(recipients(&mails), told, "{on}");
        assert!(read(&mails[0]).says("one plan more"));
        assert!(world.sweep().is_empty(), "each plan is told once");
        world.assert_green();
    }
    let timeline = world.run(|conn| crate::access::audit::timeline(conn, child.number(), 10));
    assert!(
        timeline[0].detail.ends_with(
            "The head of service, duty mailbox and safeguarding lead will be told of it"
        )
    );
}

#[test]
fn whoever_made_the_plan_is_not_the_one_who_hears_of_it() {
    let (world, child) = world_with_one_due();
    world.give_post(Post::HeadOfService, "Robin Vale");
    world.on("2026-12-02").sweep();
    for viewer in [&world.officer, &world.officer, &world.manager] {
        world
            .answer_as(viewer, &world.lapses(child)[0], "We ring", "2026-12-20")
            .unwrap();
    }
    let mails = world.sweep();
    assert_eq!(recipients(&mails), [DUTY]);
    world.assert_green();
}

#[test]
fn no_plan_of_an_officer_goes_beyond_the_ceiling_and_one_of_a_manager_is_heard() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    // 84 days from 2 December.
    world.on("2027-02-20").sweep();
    let lapse = world.lapses(child).remove(0);
    let Err(AnswerError::PlanDay(latest)) = world.answer(&lapse, "Visit", "2027-02-25") else {
        panic!("an officer puts a lapse off beyond the ceiling");
    };
    assert_eq!(latest, "24 February 2027");
    assert!(matches!(
        world.on("2027-02-25").answer(&lapse, "Visit", "2027-02-26"),
        Err(AnswerError::NeedsManager(_))
    ));
    world
        .answer_as(&world.manager, &lapse, "Visit", "2027-02-26")
        .unwrap();
    assert_eq!(recipients(&world.sweep()), [HEAD]);
    world.assert_green();
}

#[test]
fn only_an_outcome_that_satisfies_the_check_closes_its_lapse() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    let check = world.check(child, DutyKind::RecurringCheck);
    world.attempt(&check, Mode::HomeVisit, AttemptResult::NobodyIn);
    assert_eq!(world.lapses(child)[0].closed, None);
    world.sweep();

    world
        .on("2026-12-03")
        .attempt(&check, Mode::HomeVisit, AttemptResult::ChildSeen);
    let [lapse] = world.lapses(child).try_into().unwrap();
    assert!(
        lapse
            .closed
            .as_ref()
            .unwrap()
            .1
            .contains("child seen in person")
    );
    assert!(matches!(
        world.answer(&lapse, "Visit", "2026-12-10"),
        Err(AnswerError::Closed)
    ));
    assert!(world.on("2026-12-31").sweep().is_empty());
    world.assert_green();
    assert_eq!(
        world.check(child, DutyKind::RecurringCheck).due_on,
        day("2027-12-03")
    );
}

#[test]
fn a_post_that_nobody_holds_falls_to_the_next_above_and_the_letter_says_so() {
    let world = World::without_posts();
    world.give_post(Post::Manager, "Robin Vale");
    world.known_since_seen("2025-12-01");
    let mails = world.on("2026-12-02").sweep();
    assert_eq!(recipients(&mails), [MANAGER, OFFICER]);
    let to_manager = mails.iter().find(|mail| mail.to == MANAGER).unwrap();
    assert!(read(to_manager).says("Nobody holds the post of team leader"));
    world.assert_green();
}

#[test]
fn a_step_for_somebody_who_cannot_open_the_record_falls_to_the_next_above_and_the_letter_says_so() {
    let world = World::without_posts();
    world.run(|tx| {
        add_account(tx, world.authority, Role::Officer, "Lou Dean", world.now())
            .map_err(|why| DbError::Corrupt(why.to_string()))
    });
    world.give_post(Post::TeamLeader, "Lou Dean");
    world.give_post(Post::Manager, "Robin Vale");
    let child = world.known_since_seen("2025-12-01");
    let restrict = |tx: &mut Conn| {
        child::restrict(
            &mut Act::new(tx, &world.manager, At::of(world.now())),
            child,
            true,
        )
    };
    world.services.db.write_now(restrict).unwrap();
    let other = world.known_since_seen("2025-12-01");
    let mails = world.on("2026-12-02").sweep();
    assert_eq!(
        recipients(&mails),
        ["lou.dean@example.com", MANAGER, OFFICER]
    );
    let of = |child| world.lapses(child)[0].reference.to_string();
    let to = |who: &str| read(mails.iter().find(|mail| mail.to == who).unwrap());
    assert!(to("lou.dean@example.com").says(&of(other)));
    assert!(!to("lou.dean@example.com").mentions(&of(child)));
    assert!(to(MANAGER).says(&of(child)) && !to(MANAGER).mentions(&of(other)));
    assert!(to(MANAGER).says("may not open the record"));
    assert!(to(OFFICER).says(&of(child)), "the child's own officer");
    world.assert_green();
}

#[test]
fn what_nobody_can_be_told_goes_to_the_mailbox_or_stays_untold_and_is_shown() {
    let world = World::without_posts();
    let child = world.known_since_seen("2025-12-01");
    assert_eq!(recipients(&world.on("2026-12-02").sweep()), [OFFICER]);
    let broken = world.broken_promises();
    assert_eq!(broken.len(), 1);
    assert!(
        broken[0].contains("Every step")
            && broken[0].contains(world.lapses(child)[0].reference.as_str())
    );

    world.run(|tx| {
        authority::take_into_service(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            Some(DUTY),
        )
    });
    assert_eq!(recipients(&world.sweep()), [DUTY]);
    world.assert_green();
}

#[test]
fn a_child_in_red_climbs_the_whole_ladder_on_the_first_day() {
    let (world, child) = world_with_one_due();
    world.social_care_opens(child, EpisodeKind::CpPlan);
    let due = world.check(child, DutyKind::RecurringCheck).due_on;
    assert_eq!(due, day("2026-11-04"));
    let mails = world.on("2026-11-05").sweep();
    assert_eq!(
        recipients(&mails),
        [TEAM_LEADER, DUTY, SAFEGUARDING, HEAD, MANAGER, OFFICER]
    );
    world.assert_green();
}

#[test]
fn the_manager_hears_the_same_day_of_a_failed_visit_to_a_child_in_red_and_once() {
    let (world, child) = world_with_one_due();
    world.social_care_opens(child, EpisodeKind::CpPlan);
    let check = world.check(child, DutyKind::RecurringCheck);
    world.attempt(&check, Mode::HomeVisit, AttemptResult::NobodyIn);

    let mails = world.sweep();
    assert_eq!(recipients(&mails), [MANAGER]);
    assert!(read(&mails[0]).says(check.reference.as_str()));
    assert!(!read(&mails[0]).mentions("Example"));
    assert!(world.sweep().is_empty());
    world.assert_green();
}

#[test]
fn a_child_rests_and_wakes_when_the_rest_ends() {
    let (world, child) = world_with_one_due();
    world.on("2026-11-30");
    let now = world.now();
    let rest = NewRest {
        reason: "Children’s social care is leading".to_owned(),
        lead_name: "Lee Park".to_owned(),
        ends_on: day("2026-12-14"),
    };
    let begin = |viewer: &Viewer| {
        let begin =
            |tx: &mut Conn| rest::begin(&mut Act::new(tx, viewer, At::of(now)), child, &rest);
        world.services.db.write_now(begin)
    };
    for other in [Role::Officer, Role::Administrator, Role::Parent] {
        let refused = begin(&world.as_role(other));
        assert!(matches!(refused, Err(RestError::NotAllowed)));
    }
    begin(&world.manager).unwrap();

    assert!(world.on("2026-12-14").sweep().is_empty());
    assert!(world.lapses(child).is_empty());
    world.assert_green();
    assert_eq!(
        recipients(&world.on("2026-12-15").sweep()),
        [TEAM_LEADER, HEAD, MANAGER, OFFICER]
    );
    world.assert_green();
}

#[test]
fn leaving_the_register_closes_checks_and_lapses_with_the_reason() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    let (record, now) = (world.record(child), world.now());
    let door = Closure {
        reason: ClosureReason::ReturnedToSchool,
        on: day("2026-12-01"),
        named: "Testford Primary School".to_owned(),
        moved_to: None,
        evidence: "The school confirmed the first attendance".to_owned(),
    };
    let left = world.services.db.write_now(|tx| {
        closure::close(
            &mut Act::new(tx, &world.manager, At::of(now)),
            &record,
            &door,
        )
    });
    left.unwrap();
    assert!(world.open_kinds(child).is_empty());
    assert_eq!(world.record(child).next_check_on, None);
    assert!(
        world.lapses(child)[0]
            .closed
            .as_ref()
            .unwrap()
            .1
            .contains("1 December 2026")
    );
}

#[test]
fn a_lapse_mail_that_died_is_told_to_the_next_post_up_once() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    world.break_by_hand(&format!(
        "UPDATE outgoing_mail SET state = 'dead' WHERE recipient = '{TEAM_LEADER}' AND kind = 'lapse_digest'"
    ));
    assert!(world.broken_promises()[0].contains("mail"));

    let mails = world.sweep();
    assert_eq!(recipients(&mails), [MANAGER]);
    assert!(read(&mails[0]).says("could not be delivered"));
    assert!(world.sweep().is_empty());
    world.assert_green();
    let lapse = &world.lapses(child)[0];
    let timeline = world.run(|conn| crate::access::audit::timeline(conn, child.number(), 10));
    let note = timeline
        .iter()
        .find(|entry| entry.action == crate::access::Action::MailNotDelivered)
        .unwrap();
    assert_eq!(
        note.detail,
        format!(
            "An email about lapse {} could not be delivered; the manager was told instead",
            lapse.reference
        )
    );
}

#[test]
fn what_was_told_to_somebody_who_left_is_told_to_whoever_is_there() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    world.run(|tx| {
        let leader = EmailAddress::parse(TEAM_LEADER).unwrap();
        let leader = accounts::by_email(tx, world.authority, &leader)?.unwrap();
        accounts::leave(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            &leader,
        )
    });
    let mails = world.on("2026-12-03").sweep();
    assert_eq!(recipients(&mails), [MANAGER]);
    assert!(read(&mails[0]).says("Nobody holds the post of team leader"));
    assert!(world.sweep().is_empty());
    world.assert_green();
    let lapse = &world.lapses(child)[0];
    assert_eq!(
        world.run(|conn| lapse::told(conn, lapse.key)).len(),
        3,
        "and the first telling stays on record"
    );
}

#[test]
fn a_mailbox_with_the_address_of_somebody_who_left_is_told_once() {
    let (world, _) = world_with_one_due();
    world.on("2026-12-02").sweep();
    world.run(|tx| {
        authority::take_into_service(
            &mut Act::new(tx, &world.installer(), At::of(world.now())),
            Some(TEAM_LEADER),
        )?;
        for who in [TEAM_LEADER, MANAGER] {
            let email = EmailAddress::parse(who).unwrap();
            let account = accounts::by_email(tx, world.authority, &email)?.unwrap();
            accounts::leave(
                &mut Act::new(tx, &world.installer(), At::of(world.now())),
                &account,
            )?;
        }
        Ok(())
    });
    world.on("2026-12-03").sweep();
    world.assert_green();
}

#[test]
fn the_desk_counts_what_it_lists() {
    let (world, child) = world_with_one_due();
    world.known_since_seen("2025-12-08");
    world.on("2026-12-02").sweep();
    let today = world.today();
    let desk = world.run(|conn| {
        let book = rulebook::load(conn, world.authority, today)?;
        let account = world.officer.account().unwrap();
        crate::desk::diary::desk(
            conn,
            &world.officer,
            &book,
            crate::duty::whose::Whose::Of(account),
        )
    });
    assert_eq!(
        (
            desk.lapsed_total,
            desk.due_soon_total,
            desk.unallocated_total
        ),
        (1, 1, 0)
    );
    let named = desk.lapsed[0].child.as_ref().unwrap();
    assert_eq!(named.reference, world.record(child).reference.as_str());
    assert_eq!(desk.lapsed[0].working_days, 1);
    assert!(desk.lapsed[0].lapse.is_some());
    assert_eq!(desk.due_soon[0].working_days, 4);
}

#[test]
fn only_who_works_with_children_answers_for_a_lapse() {
    let (world, child) = world_with_one_due();
    world.on("2026-12-02").sweep();
    let lapse = world.lapses(child).remove(0);
    let (today, now) = (world.today(), world.now());
    let answer = |role| {
        let viewer = world.as_role(role);
        let answer = |tx: &mut Conn| {
            lapse::answer(
                &mut Act::new(tx, &viewer, At::of(now)),
                &lapse,
                "Visit",
                today,
            )
        };
        world.services.db.write_now(answer)
    };
    for other in [Role::Administrator, Role::Parent] {
        assert!(matches!(answer(other), Err(AnswerError::NotAllowed)));
    }
    answer(Role::Manager).unwrap();
}

impl World {
    /// The officer's account, had it another role.
    fn as_role(&self, role: Role) -> Viewer {
        let account = self.officer.account().unwrap();
        Viewer::of_person(self.authority, account, role, "Sam Reed".to_owned())
    }

    fn answer(&self, lapse: &LapseRecord, plan: &str, by: &str) -> Result<(), AnswerError> {
        self.answer_as(&self.officer, lapse, plan, by)
    }

    pub fn answer_as(
        &self,
        viewer: &Viewer,
        lapse: &LapseRecord,
        plan: &str,
        by: &str,
    ) -> Result<(), AnswerError> {
        let now = self.now();
        self.services
            .db
            .write_now(|tx| {
                lapse::answer(&mut Act::new(tx, viewer, At::of(now)), lapse, plan, day(by))
            })
            .map(|_| ())
    }
}
