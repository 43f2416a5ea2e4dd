//! Checks that a fact raises beside the schedule: a move, another address that was claimed, and contacts at which nobody met
//! the child.

use super::{Basis, DutyKind, DutyOwed, OpenDuty, Purpose};
use crate::rules::calendar::Calendar;
use crate::rules::policy::{Policy, PolicyKey};
use crate::rules::tier::Tier;
use chrono::NaiveDate;

/// That a child lives at an address after another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub lived_from: NaiveDate,
    /// The day on which the authority wrote it down.
    pub heard_on: NaiveDate,
}

/// What may raise a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// The day for which is asked.
    pub today: NaiveDate,
    pub tier: Tier,
    /// The move to the address that is held, if nobody has seen the child since.
    pub unseen_since_move: Option<Move>,
    /// On which day another address was claimed than the one that is held, for as long as nobody has settled which is right.
    pub another_claimed_on: Option<NaiveDate>,
    /// When the child was last seen in person.
    pub last_seen_on: Option<NaiveDate>,
    /// How many contacts were online, by telephone or in writing since the child was last seen in person.
    pub contacts_not_in_person: u32,
}

/// The checks that are owed now beside those that are open. None of a kind that is open, and none where another check
/// asks for the same by the same day or sooner.
///
/// A move re-opens the check: in August 2023 a visit was made to a family's old address, and nobody had seen the child at
/// the new one. An address that may be old is no better: a visit is owed until somebody has settled where the child lives.
#[must_use]
pub fn raised(
    situation: &Situation,
    open: &[OpenDuty],
    policy: &Policy,
    calendar: &Calendar,
) -> Vec<DutyOwed> {
    let basis = Basis {
        tier: situation.tier,
        policy,
        calendar,
    };
    let today = situation.today;
    let after_move = situation.unseen_since_move.map(|moved| {
        let (event, from) = match moved.lived_from > moved.heard_on {
            true => ("the move", moved.lived_from),
            false => ("the authority heard of the new address", moved.heard_on),
        };
        basis.owe(DutyKind::AfterMove, event, from)
    });
    let unsettled = situation.another_claimed_on.map(|claimed_on| {
        let seen_since = situation
            .last_seen_on
            .filter(|seen_on| *seen_on > claimed_on);
        let (event, since) = match seen_since {
            Some(seen_on) => (SEEN_WHILE_UNSETTLED, seen_on),
            None => ("another address was told", claimed_on),
        };
        basis.owe(DutyKind::AfterMove, event, since)
    });
    let enough = policy.count(PolicyKey::ContactsNotInPerson);
    let in_person = (situation.contacts_not_in_person >= enough).then(|| {
        let event = format!("{enough} contacts in a row without meeting the child,");
        basis.owe(DutyKind::SeeInPerson, &event, today)
    });
    [unsettled.or(after_move), in_person]
        .into_iter()
        .flatten()
        .filter(|owed| !open.iter().any(|check| asks_for_the_same(check, owed)))
        .collect()
}

/// The event from which the next visit is counted when one was made and still nobody has settled where the child lives.
const SEEN_WHILE_UNSETTLED: &str =
    "the child was seen, with another address told that nobody has settled,";

/// A new attempt is passed over: it ends with the check that it follows, and that one may ask for less.
fn asks_for_the_same(check: &OpenDuty, owed: &DutyOwed) -> bool {
    check.kind == owed.kind
        || (check.kind != DutyKind::NewAttempt
            && check.kind.purpose() == Purpose::SeeChild
            && check.due_on <= owed.due_on)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::policy::defaults;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn raised_on(
        today: &str,
        moved: Option<&str>,
        contacts: u32,
        open: &[OpenDuty],
    ) -> Vec<DutyOwed> {
        let situation = Situation {
            today: day(today),
            tier: Tier::Amber,
            unseen_since_move: moved.map(|from| Move {
                lived_from: day(from),
                heard_on: day("2026-12-18"),
            }),
            another_claimed_on: None,
            last_seen_on: None,
            contacts_not_in_person: contacts,
        };
        let policy = Policy::at(&defaults(), "947", situation.today);
        raised(&situation, open, &policy, &Calendar::england())
    }

    fn open(kind: DutyKind, due_on: &str) -> OpenDuty {
        OpenDuty {
            kind,
            purpose: kind.purpose(),
            counted_from: day("2026-01-01"),
            due_on: day(due_on),
        }
    }

    #[test]
    fn a_move_owes_a_visit_counted_from_the_day_it_was_known() {
        let owed = raised_on("2026-12-18", Some("2026-10-01"), 0, &[]);
        assert_eq!(owed.len(), 1);
        assert_eq!(owed[0].kind, DutyKind::AfterMove);
        assert_eq!(
            owed[0].due_on,
            day("2027-01-06"),
            "ten working days over Christmas"
        );
        assert!(owed[0].why.starts_with(
            "Visit after a move: 10 working days after the authority heard of the new address on 18 December 2026 (default policy"
        ), "{}", owed[0].why);
    }

    #[test]
    fn a_move_is_counted_from_the_day_it_was_told_however_late_it_is_asked() {
        let owed = raised_on("2027-02-01", Some("2026-10-01"), 0, &[]);
        assert_eq!(owed[0].due_on, day("2027-01-06"), "late, as it is");
        assert!(
            owed[0].why.contains("on 18 December 2026"),
            "{}",
            owed[0].why
        );
        let announced = raised_on("2026-12-18", Some("2027-01-04"), 0, &[]);
        assert!(
            announced[0]
                .why
                .contains("after the move on 4 January 2027")
        );
    }

    #[test]
    fn a_visit_that_is_owed_sooner_will_do() {
        let sooner = [open(DutyKind::FirstMeeting, "2027-01-06")];
        assert_eq!(raised_on("2026-12-18", Some("2026-10-01"), 0, &sooner), []);
        let later = [
            open(DutyKind::RecurringCheck, "2027-01-07"),
            open(DutyKind::FirstContact, "2026-12-20"),
        ];
        assert_eq!(
            raised_on("2026-12-18", Some("2026-10-01"), 0, &later).len(),
            1
        );
        let itself = [open(DutyKind::AfterMove, "2027-03-01")];
        assert_eq!(raised_on("2026-12-18", Some("2026-10-01"), 0, &itself), []);
    }

    #[test]
    fn an_address_that_waits_to_be_settled_owes_a_visit_from_the_day_it_was_told() {
        let owed = |moved: Option<&str>, seen: Option<&str>| {
            let situation = Situation {
                today: day("2026-12-18"),
                tier: Tier::Amber,
                unseen_since_move: moved.map(|from| Move {
                    lived_from: day(from),
                    heard_on: day(from),
                }),
                another_claimed_on: Some(day("2026-11-23")),
                last_seen_on: seen.map(day),
                contacts_not_in_person: 0,
            };
            let policy = Policy::at(&defaults(), "947", situation.today);
            let mut owed = raised(&situation, &[], &policy, &Calendar::england());
            assert_eq!(owed.len(), 1);
            owed.remove(0)
        };
        for seen in [None, Some("2026-11-20"), Some("2026-11-23")] {
            let owed = owed(None, seen);
            assert_eq!(owed.kind, DutyKind::AfterMove);
            assert_eq!(owed.due_on, day("2026-12-07"), "late, as it is");
        }
        assert_eq!(owed(Some("2026-12-01"), None).due_on, day("2026-12-07"));
        let again = owed(None, Some("2026-12-18"));
        assert_eq!(again.counted_from, day("2026-12-18"));
        assert!(
            again
                .why
                .contains("nobody has settled, on 18 December 2026")
        );
    }

    #[test]
    fn two_contacts_in_a_row_without_meeting_owe_a_meeting() {
        assert_eq!(raised_on("2026-11-23", None, 1, &[]), []);
        let owed = raised_on("2026-11-23", None, 2, &[]);
        assert_eq!(owed[0].kind, DutyKind::SeeInPerson);
        assert_eq!(owed[0].due_on, day("2026-12-07"));
    }
}
