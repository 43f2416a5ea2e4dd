//! Which days can be true: nobody lived anywhere before they were born, and nobody made sure of an address before the
//! family lived there. A day that cannot be true is a slip of the pen, and a later reader would trust it.

use chrono::{Months, NaiveDate};

use super::dates::spoken;

/// Why a day cannot be the one that is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untimely {
    /// An address from before the child was there to live at it.
    #[error("The child was born on {0}: choose that day or a later one")]
    BeforeBirth(String),
    /// An episode from before a pregnancy that could have led to it.
    #[error("The child was born on {0}: the first day can be nine months before that, not earlier")]
    BeforePregnancy(String),
    /// A verification of an address that was not yet the child's.
    #[error("The child lives here since {0}: choose that day or a later one")]
    BeforeFirstDay(String),
    /// A verification that is older than the one on record.
    #[error("This address was verified on {0} already: an earlier day would say less than that")]
    BeforeLastVerification(String),
}

/// The months before a birth in which other services may already protect the child.
const UNBORN: Months = Months::new(9);

/// Whether a child can have lived somewhere since a day.
///
/// # Errors
/// When the child was not born yet.
pub fn lived_from(born: NaiveDate, from: NaiveDate) -> Result<(), Untimely> {
    if from < born {
        return Err(Untimely::BeforeBirth(spoken(born)));
    }
    Ok(())
}

/// Whether an episode can have begun on a day. A child protection plan can be made for a child who is not born yet.
///
/// # Errors
/// When the day is more than nine months before the birth.
pub fn episode_from(born: NaiveDate, from: NaiveDate) -> Result<(), Untimely> {
    let earliest = born.checked_sub_months(UNBORN).unwrap_or(born);
    if from < earliest {
        return Err(Untimely::BeforePregnancy(spoken(born)));
    }
    Ok(())
}

/// Whether somebody can have made sure of an address on a day: not before its first day, and not before the last time
/// somebody did, since an older verification must not take the place of a newer one.
///
/// # Errors
/// Which of the two the day is before.
pub fn verified_on(
    lived_from: NaiveDate,
    last: Option<NaiveDate>,
    on: NaiveDate,
) -> Result<(), Untimely> {
    if on < lived_from {
        return Err(Untimely::BeforeFirstDay(spoken(lived_from)));
    }
    match last.filter(|last| on < *last) {
        Some(last) => Err(Untimely::BeforeLastVerification(spoken(last))),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_lives_anywhere_before_they_are_born() {
        let born = day("2015-04-03");
        assert_eq!(lived_from(born, born), Ok(()));
        let early = lived_from(born, day("2015-04-02"));
        assert_eq!(early, Err(Untimely::BeforeBirth("3 April 2015".to_owned())));
    }

    #[test]
    fn an_unborn_child_can_be_protected() {
        let born = day("2015-04-03");
        assert_eq!(episode_from(born, day("2014-07-03")), Ok(()));
        assert!(episode_from(born, day("2014-07-02")).is_err());
    }

    #[test]
    fn a_verification_is_neither_before_the_address_nor_before_a_newer_one() {
        let since = day("2026-10-14");
        let last = Some(day("2026-11-20"));
        assert_eq!(verified_on(since, None, since), Ok(()));
        assert!(verified_on(since, None, day("2026-10-13")).is_err());
        assert_eq!(verified_on(since, last, day("2026-11-20")), Ok(()));
        assert!(verified_on(since, last, day("2026-11-19")).is_err());
    }
}
