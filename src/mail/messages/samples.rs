//! One invented message of each kind, so that an administrator can read what people will get before they get it.

use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

use super::{
    Acknowledged, BookedElsewhere, DeliveryFailed, DueSoon, DueSoonLine, FailedVisit, Figure,
    Invitation, LapseDigest, LapseLine, Letterhead, Postponed, Receipt, RecordClosed, Rendered,
    RestDecided, SignInLink, Unheard, WeeklyDigest, WeeklyLapse,
};
use crate::rules::escalation::{Post, Step};

/// A check that never was.
const CHECK: &str = "W-0000-0000";
/// A child who never was.
const CHILD: &str = "C-0000-0000";
/// A record that never was.
const RECORD: &str = "C-0000-0000";
/// A lapse that never was.
const LAPSE: &str = "L-0000-0000";
/// A notification that never was.
const NOTIFICATION: &str = "N-0000-0000";

/// Every message to staff, then every message to parents, as of a day, on an authority's letterhead.
#[must_use]
pub fn all(head: &Letterhead, today: NaiveDate) -> Vec<Rendered> {
    [to_staff(head, today), to_parents(head, today)].concat()
}

fn to_staff(head: &Letterhead, today: NaiveDate) -> Vec<Rendered> {
    let link = |path: &str| format!("{}{path}", head.base_url);
    let last_week = before(today, 7);
    vec![
        LapseDigest {
            told_as: vec![Post::TeamLeader],
            in_place_of: BTreeSet::new(),
            lines: vec![LapseLine {
                is_return: false,
                reference: LAPSE.to_owned(),
                check: "Second check".to_owned(),
                due_on: last_week,
                working_days_over: 5,
                step: Step::Manager,
                since: today,
                broken_plan: None,
                plan: None,
                vacant_post: Some(Post::Manager),
            }],
            link: link("/lapses"),
        }
        .render(head),
        DueSoon {
            lines: vec![DueSoonLine {
                is_return: false,
                reference: CHECK.to_owned(),
                check: "First meeting".to_owned(),
                due_on: after(today, 14),
                working_days_left: 10,
                is_last: false,
                nobody_is_there: false,
            }],
            in_place_of: BTreeSet::new(),
            link: link("/work"),
        }
        .render(head),
        WeeklyDigest {
            monday: today,
            told_as: Post::TeamLeader,
            in_place_of: BTreeSet::new(),
            figures: vec![Figure {
                label: "Open lapses".to_owned(),
                number: 1,
                link: link("/lapses"),
            }],
            lapses: vec![WeeklyLapse {
                reference: LAPSE.to_owned(),
                check: "Second check".to_owned(),
                due_on: last_week,
                working_days_over: 5,
            }],
            unanswered: 1,
            link: link("/lapses"),
        }
        .render(head),
        FailedVisit {
            check: CHECK.to_owned(),
            kind: "First meeting".to_owned(),
            happened_on: today,
            new_attempt_by: Some(after(today, 2)),
            vacant_post: None,
            link: link(&format!("/checks/{CHECK}")),
        }
        .render(head),
        RecordClosed {
            record: RECORD.to_owned(),
            because: "Attends a school".to_owned(),
            on: today,
            vacant_post: None,
            link: link("/children"),
        }
        .render(head),
        Postponed {
            check: CHECK.to_owned(),
            kind: "First meeting".to_owned(),
            original_due_on: last_week,
            booked_for: after(today, 30),
            times: 3,
            past_holiday: false,
            terms_unknown: false,
            vacant_post: None,
            link: link(&format!("/checks/{CHECK}")),
        }
        .render(head),
        BookedElsewhere {
            check: CHECK.to_owned(),
            kind: "First meeting".to_owned(),
            booked_for: after(today, 3),
            vacant_post: None,
            link: link(&format!("/checks/{CHECK}")),
        }
        .render(head),
        RestDecided {
            child: CHILD.to_owned(),
            starts_on: today,
            ends_on: after(today, 30),
            renewal: 1,
            vacant_post: None,
            link: link(&format!("/children/{CHILD}")),
        }
        .render(head),
        DeliveryFailed {
            mail: "M-0000-0000".to_owned(),
            post: Post::TeamLeader,
            about: Unheard::Lapses(1),
            answer: "550 5.1.1 (address) User unknown".to_owned(),
            list_link: link("/lapses"),
            outbox_link: link("/admin/mail"),
        }
        .render(head),
        Invitation {
            role: "an officer".to_owned(),
            link: link("/password/not-a-link"),
            valid_for: "7 days".to_owned(),
        }
        .render(head),
    ]
}

fn to_parents(head: &Letterhead, today: NaiveDate) -> Vec<Rendered> {
    let link = |path: &str| format!("{}{path}", head.base_url);
    vec![
        SignInLink {
            link: link("/notify/link/not-a-link"),
            valid_for: "60 minutes".to_owned(),
        }
        .render(head),
        Receipt {
            notification: NOTIFICATION.to_owned(),
            received_on: today,
            children: 2,
            answer_by: after(today, 14),
            contact_by: after(today, 14),
            is_by_choice: true,
            held_link: link("/family"),
            complaints_to: None,
        }
        .render(head),
        Acknowledged {
            notification: NOTIFICATION.to_owned(),
            children: 2,
            officer: "Sam Sample".to_owned(),
            contact_by: after(today, 14),
            meet_by: after(today, 28),
            held_link: link("/family"),
            privacy_link: link("/privacy"),
            complaints_to: None,
        }
        .render(head),
    ]
}

fn after(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_add_days(Days::new(days)).unwrap_or(today)
}

fn before(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_sub_days(Days::new(days)).unwrap_or(today)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::mail::messages::{MUST_ARRIVE, wessex};

    #[test]
    fn there_is_one_of_every_kind_and_of_none_two() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let kinds: Vec<&str> = all(&wessex(), today).iter().map(|it| it.kind).collect();
        assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), kinds.len());
        assert!(
            MUST_ARRIVE.iter().all(|kind| kinds.contains(kind)),
            "{kinds:?}"
        );
    }
}
