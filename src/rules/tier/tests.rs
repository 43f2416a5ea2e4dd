//! Each reason alone, and what is no reason.

use super::*;
use crate::rules::policy::defaults;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A child seen last month at a verified address, with nothing else on record.
fn settled() -> Facts {
    Facts {
        today: day("2026-11-23"),
        registered_on: day("2025-01-06"),
        seen: Seen::On(day("2026-10-12")),
        episodes: Vec::new(),
        address: AddressFact::VerifiedOn(day("2026-10-12")),
        refusals_in_a_row: 0,
        not_in_person_in_a_row: 0,
        sibling_flagged: false,
        never_on_school_roll: false,
        moved_in_on: None,
        moves: Vec::new(),
        sen: SenProvision::None,
    }
}

fn assessed(facts: &Facts) -> Assessment {
    let policy = Policy::at(&defaults(), "884", facts.today);
    assess(facts, &policy, &Calendar::england())
}

fn with_episode(kind: EpisodeKind, started_on: &str, ended_on: Option<&str>) -> Assessment {
    assessed(&Facts {
        episodes: vec![EpisodeFact {
            kind,
            started_on: day(started_on),
            ended_on: ended_on.map(day),
        }],
        ..settled()
    })
}

#[test]
fn a_settled_child_is_green_without_a_reason() {
    let assessment = assessed(&settled());
    assert_eq!(assessment.tier, Tier::Green);
    assert_eq!(assessment.reasons, []);
}

#[test]
fn a_child_notified_today_is_green_though_nobody_has_been_there_yet() {
    let facts = Facts {
        registered_on: day("2026-11-23"),
        seen: Seen::Never,
        address: AddressFact::UnverifiedSince(day("2019-01-01")),
        ..settled()
    };
    assert_eq!(assessed(&facts).tier, Tier::Green);
}

#[test]
fn not_seen_and_not_verified_count_once_their_time_has_passed() {
    let after = |registered: &str| {
        assessed(&Facts {
            registered_on: day(registered),
            seen: Seen::Never,
            address: AddressFact::UnverifiedSince(day("2019-01-01")),
            ..settled()
        })
        .reasons
    };
    assert_eq!(after("2026-10-26"), [], "20 working days end today");
    assert_eq!(after("2026-10-23"), [TierReason::NotYetSeen]);
    assert_eq!(
        after("2026-08-22"),
        [TierReason::NotYetSeen, TierReason::AddressUnverified]
    );
}

#[test]
fn a_list_that_does_not_say_gives_no_reason() {
    let facts = Facts {
        seen: Seen::NotRecorded,
        address: AddressFact::NotRecorded,
        ..settled()
    };
    assert_eq!(assessed(&facts).tier, Tier::Green);
}

#[test]
fn open_enquiries_plans_care_and_proceedings_are_red() {
    for kind in [
        EpisodeKind::S47,
        EpisodeKind::CpPlan,
        EpisodeKind::Lac,
        EpisodeKind::CareProceedings,
    ] {
        assert_eq!(
            with_episode(kind, "2026-11-23", None).tier,
            Tier::Red,
            "{kind:?}"
        );
        assert_eq!(
            with_episode(kind, "2024-01-01", Some("2026-11-23")).tier,
            Tier::Red,
            "{kind:?} ends today"
        );
        assert_eq!(
            with_episode(kind, "2026-11-24", None).tier,
            Tier::Green,
            "{kind:?} begins tomorrow"
        );
    }
}

#[test]
fn ended_involvement_is_amber_for_five_years() {
    let ended = |on| with_episode(EpisodeKind::CpPlan, "2019-01-01", Some(on)).reasons;
    let reason = TierReason::SocialCareEnded(EpisodeKind::CpPlan, day("2021-11-23"));
    assert_eq!(ended("2021-11-23"), [reason]);
    assert_eq!(ended("2021-11-22"), []);
    assert_eq!(reason.tier(), Tier::Amber);
}

#[test]
fn a_concern_shortly_before_the_notification_is_red() {
    for kind in [
        EpisodeKind::SafeguardingReferral,
        EpisodeKind::SchoolConcern,
    ] {
        let ended = Some("2024-12-31");
        assert_eq!(
            with_episode(kind, "2024-10-14", ended).tier,
            Tier::Red,
            "{kind:?} 12 weeks before"
        );
        assert_eq!(
            with_episode(kind, "2024-10-13", ended).tier,
            Tier::Green,
            "{kind:?} longer before"
        );
        assert_eq!(
            with_episode(kind, "2025-01-06", ended).tier,
            Tier::Red,
            "{kind:?} on the day"
        );
    }
    assert_eq!(
        with_episode(EpisodeKind::Exclusion, "2024-12-02", None).tier,
        Tier::Amber
    );
    assert_eq!(
        with_episode(EpisodeKind::AttendanceProceedings, "2024-12-02", None).tier,
        Tier::Amber
    );
}

#[test]
fn a_child_in_need_and_an_open_referral_are_amber() {
    assert_eq!(
        with_episode(EpisodeKind::Cin, "2026-01-05", None).tier,
        Tier::Amber
    );
    assert_eq!(
        with_episode(EpisodeKind::SafeguardingReferral, "2026-11-16", None).tier,
        Tier::Amber
    );
}

#[test]
fn early_help_and_the_like_are_no_reason() {
    for kind in [
        EpisodeKind::EarlyHelp,
        EpisodeKind::YouthJustice,
        EpisodeKind::Sao,
        EpisodeKind::SendSupport,
    ] {
        assert_eq!(
            with_episode(kind, "2026-01-05", None).tier,
            Tier::Green,
            "{kind:?}"
        );
    }
}

#[test]
fn other_amber_reasons() {
    let settled = settled();
    let refused = Facts {
        refusals_in_a_row: 1,
        ..settled.clone()
    };
    let online = Facts {
        not_in_person_in_a_row: 2,
        ..settled.clone()
    };
    let sibling = Facts {
        sibling_flagged: true,
        ..settled.clone()
    };
    let no_roll = Facts {
        never_on_school_roll: true,
        ..settled.clone()
    };
    let moved = Facts {
        moved_in_on: Some(day("2025-11-23")),
        ..settled.clone()
    };
    let plan = Facts {
        sen: SenProvision::Ehcp,
        ..settled.clone()
    };
    let unseen = Facts {
        seen: Seen::On(day("2025-11-22")),
        ..settled.clone()
    };
    let nowhere = Facts {
        address: AddressFact::Missing,
        ..settled.clone()
    };
    for facts in [
        refused, online, sibling, no_roll, moved, plan, unseen, nowhere,
    ] {
        let assessment = assessed(&facts);
        assert_eq!(
            (assessment.tier, assessment.reasons.len()),
            (Tier::Amber, 1),
            "{facts:?}"
        );
    }
    let once_online = Facts {
        not_in_person_in_a_row: 1,
        ..settled.clone()
    };
    let moved_long_ago = Facts {
        moved_in_on: Some(day("2025-11-22")),
        ..settled.clone()
    };
    let seen_a_year_ago = Facts {
        seen: Seen::On(day("2025-11-23")),
        ..settled.clone()
    };
    let verified_long_ago = Facts {
        address: AddressFact::VerifiedOn(day("2020-01-01")),
        ..settled
    };
    for facts in [
        once_online,
        moved_long_ago,
        seen_a_year_ago,
        verified_long_ago,
    ] {
        assert_eq!(assessed(&facts).tier, Tier::Green, "{facts:?}");
    }
}

#[test]
fn two_moves_within_a_year_are_a_reason_and_one_is_none() {
    let after = |moves: &[&str]| {
        let moves = moves.iter().map(|on| day(on)).collect();
        assessed(&Facts { moves, ..settled() }).reasons
    };
    let twice = [TierReason::MovedAgain(day("2026-10-01"))];
    assert_eq!(after(&["2025-11-23", "2026-10-01"]), twice);
    assert_eq!(after(&["2026-10-01", "2026-03-01", "2020-01-01"]), twice);
    assert_eq!(after(&["2026-10-01"]), []);
    assert_eq!(after(&["2026-10-01", "2026-10-01"]), [], "a correction");
    assert_eq!(
        after(&["2025-11-22", "2026-10-01"]),
        [],
        "longer ago than a year"
    );
    assert_eq!(after(&["2026-10-01", "2026-11-24"]), [], "yet to come");
    assert_eq!(twice[0].tier(), Tier::Amber);
    assert_eq!(
        twice[0].sentence(),
        "Moved to another address more than once within the time that the policy takes into account, last on 1 October 2026."
    );
}

#[test]
fn the_weightiest_reason_comes_first_and_gives_the_tier() {
    let facts = Facts {
        sen: SenProvision::Ehcp,
        episodes: vec![
            EpisodeFact {
                kind: EpisodeKind::Ehcp,
                started_on: day("2022-01-01"),
                ended_on: None,
            },
            EpisodeFact {
                kind: EpisodeKind::S47,
                started_on: day("2026-11-20"),
                ended_on: None,
            },
        ],
        ..settled()
    };
    let assessment = assessed(&facts);
    assert_eq!(assessment.tier, Tier::Red);
    assert_eq!(
        assessment.reasons,
        [
            TierReason::SocialCareOpen(EpisodeKind::S47, day("2026-11-20")),
            TierReason::Ehcp
        ]
    );
}

#[test]
fn reasons_are_sentences() {
    let on = day("2026-03-03");
    let said = |reason: TierReason| reason.sentence();
    assert_eq!(
        said(TierReason::SocialCareOpen(
            EpisodeKind::S47,
            day("2026-11-02")
        )),
        "Section 47 enquiry: on record and open since 2 November 2026."
    );
    assert_eq!(
        said(TierReason::NotSeenSince(on)),
        "The authority last saw the child in person on 3 March 2026, longer ago than its policy allows."
    );
    assert_eq!(
        said(TierReason::ContactRefused(2)),
        "Contact was declined the last 2 times; the authority should offer another way to meet."
    );
}

fn some_day() -> impl Strategy<Value = NaiveDate> {
    (738_000..740_500i32).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).unwrap())
}

fn some_episode() -> impl Strategy<Value = EpisodeFact> {
    let kind = prop::sample::select(EpisodeKind::ALL);
    (kind, some_day(), prop::option::of(0..900i64)).prop_map(|(kind, started_on, lasted)| {
        EpisodeFact {
            kind,
            started_on,
            ended_on: lasted.map(|days| started_on + chrono::TimeDelta::days(days)),
        }
    })
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let seen = prop_oneof![
        some_day().prop_map(Seen::On),
        Just(Seen::Never),
        Just(Seen::NotRecorded)
    ];
    let address = prop_oneof![
        Just(AddressFact::Missing),
        some_day().prop_map(AddressFact::UnverifiedSince),
        some_day().prop_map(AddressFact::VerifiedOn)
    ];
    let episodes = prop::collection::vec(some_episode(), 0..4);
    (
        some_day(),
        some_day(),
        seen,
        address,
        episodes,
        prop::option::of(some_day()),
        prop::collection::vec(some_day(), 0..5),
    )
        .prop_map(
            |(today, registered_on, seen, address, episodes, moved_in_on, moves)| Facts {
                today,
                registered_on,
                seen,
                episodes,
                address,
                moved_in_on,
                moves,
                ..settled()
            },
        )
}

proptest! {
    #[test]
    fn nothing_changes_before_the_day_on_which_it_may(facts in some_facts(), ahead in 1..2_000i64) {
        let calendar = Calendar::england();
        let policy = Policy::at(&defaults(), "884", facts.today);
        let later = Facts { today: facts.today + chrono::TimeDelta::days(ahead), ..facts.clone() };
        let again = assess_again_on(&facts, &policy, &calendar);
        prop_assert!(again.is_none_or(|day| day > facts.today));
        if again.is_none_or(|day| later.today < day) {
            prop_assert_eq!(assess(&facts, &policy, &calendar), assess(&later, &policy, &calendar));
        }
    }

    #[test]
    fn one_more_move_never_takes_the_reason_away(moves in prop::collection::vec(0..900i64, 0..6), one_more in 0..900i64) {
        let moved = |ago: &[i64]| {
            let facts = settled();
            let moves = ago.iter().map(|ago| facts.today - chrono::TimeDelta::days(*ago)).collect();
            assessed(&Facts { moves, ..facts }).tier
        };
        prop_assert!(moved(&[moves.clone(), vec![one_more]].concat()) >= moved(&moves));
    }

    #[test]
    fn one_more_episode_never_lowers_the_tier(
        episodes in prop::collection::vec((prop::sample::select(EpisodeKind::ALL), 0..3_000i64, 0..800i64), 1..5),
    ) {
        let facts = settled();
        let mut so_far = Facts { episodes: Vec::new(), ..facts.clone() };
        let mut tier = Tier::Green;
        for (kind, days_ago, length) in episodes {
            let started_on = facts.today - chrono::TimeDelta::days(days_ago);
            let ended_on = Some(started_on + chrono::TimeDelta::days(length));
            so_far.episodes.push(EpisodeFact { kind, started_on, ended_on });
            let now = assessed(&so_far).tier;
            prop_assert!(now >= tier);
            tier = now;
        }
    }
}
