//! The NHS number.

use super::{compact, identifier};

identifier! {
    /// An NHS number: ten digits, the last of which checks the others.
    pub struct NhsNumber or NhsNumberProblem
}

/// Why a text is not an NHS number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NhsNumberProblem {
    /// Not ten digits.
    #[error("An NHS number has 10 digits, like 999 012 3454")]
    Shape,
    /// The first digit is 0.
    #[error("An NHS number does not begin with 0. Check it against the letter it came from")]
    LeadingZero,
    /// The digits do not add up.
    #[error(
        "The digits of this NHS number do not fit together. Check each one against the letter it came from"
    )]
    CheckDigit,
}

impl NhsNumber {
    /// Reads an NHS number, with or without spaces.
    ///
    /// # Errors
    /// If it does not have ten digits, begins with 0 (as the DfE's matching prototype refuses it), or its check digit
    /// is wrong.
    pub fn parse(text: &str) -> Result<Self, NhsNumberProblem> {
        let compact = compact(text);
        let digits: Option<Vec<u32>> = compact.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits.ok_or(NhsNumberProblem::Shape)?;
        let [weighted @ .., last] = digits.as_slice() else {
            return Err(NhsNumberProblem::Shape);
        };
        if weighted.len() != 9 {
            return Err(NhsNumberProblem::Shape);
        }
        if compact.starts_with('0') {
            return Err(NhsNumberProblem::LeadingZero);
        }
        if check_digit(weighted) != Some(*last) {
            return Err(NhsNumberProblem::CheckDigit);
        }
        Ok(Self(compact))
    }

    /// As the NHS prints it: "999 012 3454".
    #[must_use]
    pub fn spaced(&self) -> String {
        let part = |range| {
            self.0
                .get::<std::ops::Range<usize>>(range)
                .unwrap_or_default()
        };
        [part(0..3), part(3..6), part(6..10)].join(" ")
    }
}

/// Modulus 11 with weights 10 to 2: 11 counts as 0, and for 10 there is no valid number.
fn check_digit(first_nine: &[u32]) -> Option<u32> {
    let sum: u32 = (2..=10)
        .rev()
        .zip(first_nine)
        .map(|(weight, digit)| weight * digit)
        .sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_examples() {
        assert_eq!(
            NhsNumber::parse("943 476 5919").unwrap().as_str(),
            "9434765919"
        );
        assert_eq!(
            NhsNumber::parse("943-476-5919").unwrap().spaced(),
            "943 476 5919"
        );
        assert!(NhsNumber::parse("9876543210").is_ok());
    }

    #[test]
    fn nine_digits_that_can_have_no_check_digit() {
        for last in 0..10 {
            let text = format!("999000000{last}");
            assert_eq!(NhsNumber::parse(&text), Err(NhsNumberProblem::CheckDigit));
        }
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(NhsNumber::parse(""), Err(NhsNumberProblem::Shape));
        assert_eq!(NhsNumber::parse("943476591"), Err(NhsNumberProblem::Shape));
        assert_eq!(
            NhsNumber::parse("94347659190"),
            Err(NhsNumberProblem::Shape)
        );
        assert_eq!(NhsNumber::parse("94347659I9"), Err(NhsNumberProblem::Shape));
        assert_eq!(
            NhsNumber::parse("9434765918"),
            Err(NhsNumberProblem::CheckDigit)
        );
        assert_eq!(
            NhsNumber::parse("0123456789"),
            Err(NhsNumberProblem::LeadingZero)
        );
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(middle in 0..1_000_000u32, place in 3..9usize, by in 1..10u32) {
            let mut digits: Vec<u32> = format!("999{middle:06}").chars().filter_map(|c| c.to_digit(10)).collect();
            let text = |digits: &[u32], check: u32| {
                digits.iter().chain([&check]).map(ToString::to_string).collect::<String>()
            };
            if let Some(check) = check_digit(&digits) {
                prop_assert!(NhsNumber::parse(&text(&digits, check)).is_ok());
                digits[place] = (digits[place] + by) % 10;
                prop_assert_eq!(NhsNumber::parse(&text(&digits, check)), Err(NhsNumberProblem::CheckDigit));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = NhsNumber::parse(&text);
        }
    }
}
