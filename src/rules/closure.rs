//! The doors out of the register. A child leaves only through one of them, with the evidence that it needs; not knowing
//! where a child is is none.

use super::age::compulsory_school_age;
use super::codes::ClosureReason;
use super::dates::spoken;
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
                named: "the authority",
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
    /// Nothing is named.
    #[error("Name {0}")]
    NotNamed(&'static str),
    /// No evidence.
    #[error("Say {0}")]
    NoEvidence(&'static str),
}

/// Somebody's wish to let a child leave.
#[derive(Debug, Clone, Copy)]
pub struct Leaving<'a> {
    /// Through which door.
    pub reason: ClosureReason,
    /// On which day.
    pub on: NaiveDate,
    /// What the door asks to be named.
    pub named: &'a str,
    /// What the door asks as evidence.
    pub evidence: &'a str,
}

/// Whether a child can leave so. Whether the viewer may open the door is for the caller to ask ([`Needs::manager`]).
///
/// # Errors
/// Why not.
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
