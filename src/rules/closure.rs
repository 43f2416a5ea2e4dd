//! The doors out of the register. A child leaves only through one of them, with the evidence that it needs; not knowing
//! where a child is is none.

use super::age::compulsory_school_age;
use super::codes::ClosureReason;
use super::dates::spoken;
use super::tier::Tier;
use chrono::NaiveDate;

/// What has to be known before a door opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// What the day is.
    pub day: &'static str,
    /// What has to be named, and why.
    pub named: &'static str,
    /// What has to be said as evidence.
    pub evidence: &'static str,
    /// Whether only a manager opens it: no other service looks after the child from then on, or nobody will ask again.
    pub manager: bool,
}

impl ClosureReason {
    /// What this door needs.
    #[must_use]
    pub const fn needs(self) -> Needs {
        match self {
            Self::ReturnedToSchool => Needs {
                day: "the first day of attendance, not the day a place was offered",
                named: "the school",
                evidence: "who confirmed that the child attends",
                manager: false,
            },
            Self::LeftCompulsoryAge => Needs {
                day: "a day after compulsory school age ended",
                named: "what the young person does now, or that it is not known",
                evidence: "who told you",
                manager: false,
            },
            Self::Moved => Needs {
                day: "the day on which the other authority acknowledged the child",
                named: "the authority and, outside England, where it is",
                evidence: "who there acknowledged the child, and how",
                manager: false,
            },
            Self::Emigrated => Needs {
                day: "the day on which the family left",
                named: "the country",
                evidence: "how you know",
                manager: true,
            },
            Self::Adopted => Needs {
                day: "the day of the order",
                named: "the authority that looks after the new record",
                evidence: "how you know",
                manager: true,
            },
            Self::Died => Needs {
                day: "the day of the death",
                named: "the service that told you",
                evidence: "how you know",
                manager: true,
            },
            Self::EotasOrSection19 => Needs {
                day: "the first day of that education",
                named: "who provides it",
                evidence: "the decision that arranges it",
                manager: true,
            },
            Self::Ineligible => Needs {
                day: "the day of the decision",
                named: "where the child is educated, or why the register is not for them",
                evidence: "how you know",
                manager: true,
            },
            Self::Duplicate => Needs {
                day: "the day on which the two were compared",
                named: "the reference of the other record, which stays",
                evidence: "how you know that they are the same child",
                manager: true,
            },
        }
    }
}

/// How a child's record stands when somebody wants to close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordStanding {
    /// Whether a check has lapsed and is not done.
    pub has_lapsed: bool,
    /// Whether it is on record that the authority saw the child in person.
    pub was_seen: bool,
    pub tier: Tier,
}

/// Why only a manager lets a child leave through this door as the record stands, in a sentence; none when an officer may.
///
/// Behind a lapse, a child who was never seen or a red tier, a mistaken closure is how a child is lost. Compulsory school
/// age ends by the calendar, so nobody judges there.
#[must_use]
pub fn why_manager(reason: ClosureReason, standing: &RecordStanding) -> Option<String> {
    if reason.needs().manager {
        return Some("Only a manager closes a record for this reason.".to_owned());
    }
    if reason == ClosureReason::LeftCompulsoryAge {
        return None;
    }
    judgement_needed(standing)
}

/// Why somebody has to look at the record before a child leaves through a door at which anything is judged.
#[must_use]
pub fn judgement_needed(standing: &RecordStanding) -> Option<String> {
    let because: Vec<&str> = [
        (standing.has_lapsed, "a check has lapsed and is not done"),
        (
            !standing.was_seen,
            "nobody is on record as having seen the child",
        ),
        (standing.tier == Tier::Red, "the tier is red"),
    ]
    .into_iter()
    .filter_map(|(is_so, words)| is_so.then_some(words))
    .collect();
    let (last, others) = because.split_last()?;
    let all = match others {
        [] => (*last).to_owned(),
        others => format!("{} and {last}", others.join(", ")),
    };
    Some(format!(
        "A manager closes this record, because {all}. Please ask yours: they can close it with what you have found out."
    ))
}

/// Why a door stays shut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    /// The day is yet to come.
    #[error("The day cannot be in the future: a child leaves the register when it has happened")]
    InTheFuture,
    /// The day is before the child came.
    #[error("The child is on the register since {0}: choose that day or a later one")]
    BeforeRegistration(String),
    /// The child is still of compulsory school age.
    #[error(
        "The child is of compulsory school age until {0}: choose a later day, or another reason"
    )]
    StillOfSchoolAge(String),
    #[error("Name {0}")]
    NotNamed(&'static str),
    #[error("Say {0}")]
    NoEvidence(&'static str),
}

/// Somebody's wish to let a child leave.
#[derive(Debug, Clone, Copy)]
pub struct Leaving<'a> {
    pub reason: ClosureReason,
    pub on: NaiveDate,
    /// What the door asks to be named.
    pub named: &'a str,
    /// What the door asks as evidence.
    pub evidence: &'a str,
}

/// Whether a child can leave so. Whether the viewer may open the door is for others to ask ([`Needs::manager`]).
///
/// # Errors
/// [`Shut`] says why not.
pub fn check(
    leaving: &Leaving<'_>,
    born: NaiveDate,
    registered_on: NaiveDate,
    today: NaiveDate,
) -> Result<(), Shut> {
    let needs = leaving.reason.needs();
    if leaving.on > today {
        return Err(Shut::InTheFuture);
    }
    if leaving.on < registered_on {
        return Err(Shut::BeforeRegistration(spoken(registered_on)));
    }
    let last_day = compulsory_school_age(born).ends;
    if leaving.reason == ClosureReason::LeftCompulsoryAge && leaving.on <= last_day {
        return Err(Shut::StillOfSchoolAge(spoken(last_day)));
    }
    if leaving.named.trim().is_empty() {
        return Err(Shut::NotNamed(needs.named));
    }
    if leaving.evidence.trim().is_empty() {
        return Err(Shut::NoEvidence(needs.evidence));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn to_school() -> Leaving<'static> {
        Leaving {
            reason: ClosureReason::ReturnedToSchool,
            on: day("2026-11-23"),
            named: "Hill Academy",
            evidence: "Its office, on the telephone",
        }
    }

    fn checked(leaving: &Leaving<'_>) -> Result<(), Shut> {
        check(
            leaving,
            day("2010-09-01"),
            day("2025-01-06"),
            day("2026-11-23"),
        )
    }

    #[test]
    fn behind_a_lapse_an_unseen_child_or_red_only_a_manager_closes() {
        let well = RecordStanding {
            has_lapsed: false,
            was_seen: true,
            tier: Tier::Amber,
        };
        let moved = |standing| why_manager(ClosureReason::Moved, &standing);
        assert_eq!(moved(well), None);
        for worse in [
            RecordStanding {
                has_lapsed: true,
                ..well
            },
            RecordStanding {
                was_seen: false,
                ..well
            },
            RecordStanding {
                tier: Tier::Red,
                ..well
            },
        ] {
            assert!(moved(worse).is_some(), "{worse:?}");
            assert_eq!(
                why_manager(ClosureReason::LeftCompulsoryAge, &worse),
                None,
                "the calendar decides"
            );
        }
        let worst = RecordStanding {
            has_lapsed: true,
            was_seen: false,
            tier: Tier::Red,
        };
        assert!(moved(worst).unwrap().contains(
            "because a check has lapsed and is not done, nobody is on record as having seen the child and the tier is red."
        ));
        assert!(why_manager(ClosureReason::Died, &well).is_some());
    }

    #[test]
    fn with_all_that_it_needs_a_door_opens() {
        assert_eq!(checked(&to_school()), Ok(()));
    }

    #[test]
    fn a_place_for_next_week_is_no_attendance() {
        let offered = Leaving {
            on: day("2026-11-24"),
            ..to_school()
        };
        assert_eq!(checked(&offered), Err(Shut::InTheFuture));
        let early = Leaving {
            on: day("2025-01-05"),
            ..to_school()
        };
        assert!(matches!(checked(&early), Err(Shut::BeforeRegistration(_))));
    }

    #[test]
    fn nothing_is_left_unsaid() {
        let nowhere = Leaving {
            named: " ",
            ..to_school()
        };
        assert_eq!(
            checked(&nowhere).unwrap_err().to_string(),
            "Name the school"
        );
        let hearsay = Leaving {
            evidence: "",
            ..to_school()
        };
        assert_eq!(
            checked(&hearsay).unwrap_err().to_string(),
            "Say who confirmed that the child attends"
        );
    }

    #[test]
    fn school_age_ends_on_the_last_friday_in_june() {
        let grown = |on, today| {
            let leaving = Leaving {
                reason: ClosureReason::LeftCompulsoryAge,
                on: day(on),
                ..to_school()
            };
            check(&leaving, day("2010-09-01"), day("2025-01-06"), day(today))
        };
        assert_eq!(
            grown("2027-06-25", "2027-09-01"),
            Err(Shut::StillOfSchoolAge("25 June 2027".to_owned()))
        );
        assert_eq!(grown("2027-06-26", "2027-09-01"), Ok(()));
    }

    #[test]
    fn every_door_says_what_it_needs() {
        for reason in ClosureReason::ALL {
            let needs = reason.needs();
            assert!(!needs.named.is_empty() && !needs.evidence.is_empty() && !needs.day.is_empty());
        }
    }
}
