//! What satisfies a check and what does not.

use super::*;
use crate::rules::policy::defaults;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn happened(mode: Mode, result: AttemptResult) -> Happened {
    Happened {
        mode,
        result,
        judgement: Judgement::NotConsidered,
        on: day("2026-11-23"),
    }
}

fn effect_of(purpose: Purpose, happened: Happened, tier: Tier) -> Effect {
    let policy = Policy::at(&defaults(), "884", day("2026-11-23"));
    effect(purpose, &happened, tier, &policy, &Calendar::england())
}

#[test]
fn only_a_child_seen_in_person_satisfies_a_check_to_see_the_child() {
    for mode in Mode::ALL {
        for result in AttemptResult::ALL {
            let satisfied =
                effect_of(Purpose::SeeChild, happened(*mode, *result), Tier::Green).satisfied;
            let seen = *result == AttemptResult::ChildSeen && mode.in_person();
            assert_eq!(satisfied, seen, "{mode:?} {result:?}");
        }
    }
}

#[test]
fn any_answer_satisfies_a_first_contact() {
    let satisfied =
        |mode, result| effect_of(Purpose::Contact, happened(mode, result), Tier::Green).satisfied;
    assert!(satisfied(Mode::Phone, AttemptResult::AdultOnly));
    assert!(satisfied(Mode::Online, AttemptResult::OnlineOnly));
    assert!(satisfied(Mode::Written, AttemptResult::WrittenOnly));
    assert!(satisfied(Mode::HomeVisit, AttemptResult::ChildSeen));
    assert!(!satisfied(Mode::HomeVisit, AttemptResult::NobodyIn));
    assert!(!satisfied(Mode::HomeVisit, AttemptResult::WrongAddress));
    assert!(!satisfied(Mode::Phone, AttemptResult::Refused));
}

#[test]
fn a_decision_is_made_by_deciding() {
    for judgement in Judgement::ALL {
        let report = Happened {
            judgement: *judgement,
            ..happened(Mode::Written, AttemptResult::WrittenOnly)
        };
        let undecided = matches!(judgement, Judgement::NotConsidered | Judgement::Unclear);
        assert_eq!(
            effect_of(Purpose::Decide, report, Tier::Green).satisfied,
            !undecided,
            "{judgement:?}"
        );
    }
}

#[test]
fn an_acknowledgement_is_sent_not_visited() {
    let effect = effect_of(
        Purpose::Acknowledge,
        happened(Mode::HomeVisit, AttemptResult::ChildSeen),
        Tier::Red,
    );
    assert_eq!(
        (
            effect.satisfied,
            effect.new_attempt,
            effect.tell_manager_today
        ),
        (false, None, false)
    );
}

#[test]
fn a_visit_to_the_wrong_address_is_made_good_within_days_not_weeks() {
    let visit = happened(Mode::HomeVisit, AttemptResult::WrongAddress);
    for (tier, due_on, tell_manager) in [
        (Tier::Green, "2026-12-07", false),
        (Tier::Amber, "2026-11-30", false),
        (Tier::Red, "2026-11-25", true),
    ] {
        let effect = effect_of(Purpose::SeeChild, visit, tier);
        let attempt = effect.new_attempt.unwrap();
        assert!(!effect.satisfied && effect.address_doubted);
        assert_eq!(effect.tell_manager_today, tell_manager, "{tier:?}");
        assert_eq!(
            (attempt.due_on, attempt.purpose),
            (day(due_on), Purpose::SeeChild),
            "{tier:?}"
        );
    }
}

#[test]
fn a_new_attempt_says_why() {
    let effect = effect_of(
        Purpose::SeeChild,
        happened(Mode::HomeVisit, AttemptResult::NobodyIn),
        Tier::Green,
    );
    assert_eq!(
        effect.new_attempt.unwrap().why,
        "New attempt: 10 working days after the attempt on 23 November 2026 \
         (default policy, after the November 2025 Surrey review, where a visit was put off by a month)."
    );
}

#[test]
fn only_a_recurring_check_counts_what_happened_before_the_list_was_taken_over() {
    let (taken_over, seen, registered) = (day("2026-11-02"), day("2026-08-03"), day("2025-09-01"));
    for kind in DutyKind::ALL {
        let check = OpenDuty {
            kind: *kind,
            purpose: kind.purpose(),
            counted_from: taken_over,
            due_on: day("2026-11-30"),
        };
        let days = [Some(seen), None].map(|seen| earliest(&check, seen, registered));
        match kind {
            DutyKind::RecurringCheck => assert_eq!(days, [seen, registered]),
            _ => assert_eq!(days, [taken_over; 2], "{kind:?}"),
        }
    }
}

#[test]
fn results_that_contradict_the_kind_of_contact_are_refused() {
    let refused = [
        (
            Mode::Online,
            AttemptResult::ChildSeen,
            Contradiction::SeenWithoutMeeting,
        ),
        (
            Mode::Phone,
            AttemptResult::NobodyIn,
            Contradiction::VisitWithoutGoing,
        ),
        (
            Mode::Written,
            AttemptResult::WrongAddress,
            Contradiction::VisitWithoutGoing,
        ),
        (
            Mode::HomeVisit,
            AttemptResult::OnlineOnly,
            Contradiction::OnlineOtherwise,
        ),
        (
            Mode::Online,
            AttemptResult::WrittenOnly,
            Contradiction::WrittenOtherwise,
        ),
    ];
    for (mode, result, contradiction) in refused {
        assert_eq!(check_consistent(mode, result), Err(contradiction));
    }
    for mode in Mode::ALL {
        assert_eq!(check_consistent(*mode, AttemptResult::Refused), Ok(()));
        assert_eq!(
            check_consistent(*mode, AttemptResult::ChildSeen).is_ok(),
            mode.in_person()
        );
    }
}

proptest! {
    #[test]
    fn a_check_is_satisfied_or_owes_a_new_attempt(
        purpose in prop::sample::select(&[Purpose::Contact, Purpose::SeeChild, Purpose::Decide][..]),
        mode in prop::sample::select(Mode::ALL),
        result in prop::sample::select(AttemptResult::ALL),
        judgement in prop::sample::select(Judgement::ALL),
        tier in prop::sample::select(Tier::ALL),
    ) {
        let effect = effect_of(purpose, Happened { judgement, ..happened(mode, result) }, tier);
        prop_assert_eq!(effect.satisfied, effect.new_attempt.is_none());
        prop_assert_eq!(effect.tell_manager_today, !effect.satisfied && tier == Tier::Red);
    }
}
