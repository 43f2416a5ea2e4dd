//! The unique pupil number.

use super::{compact, identifier};

/// Check letters in the order of their remainders: no I, O or S.
const CHECK_LETTERS: &str = "ABCDEFGHJKLMNPQRTUVWXYZ";

identifier! {
    /// A unique pupil number: check letter, three digits of the authority that gave it, four of the establishment,
    /// two of the year, three of a serial. In a temporary UPN the last character is a letter.
    ///
    /// The authority part is not held against today's list: old UPNs carry abolished and pseudo codes. Many
    /// home-educated children never were in a state school and have none.
    pub struct Upn or UpnProblem
}

/// Why a text is not a UPN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpnProblem {
    /// Not 13 characters.
    #[error("A UPN has 13 characters, like B801200005001; this one has {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character is of the wrong kind for its place.
    #[error(
        "A UPN is a letter, 11 digits, and a digit (or a letter, if it is temporary), like B801200005001"
    )]
    Shape,
    /// The characters do not add up to the check letter.
    #[error(
        "This UPN should begin with {expected}, not {found}. Check each character against the school’s record"
    )]
    CheckLetter {
        /// The letter that the other characters add up to.
        expected: char,
        /// The letter there is.
        found: char,
    },
}

impl Upn {
    /// Reads a UPN, with or without spaces, in any case.
    ///
    /// # Errors
    /// If the length, the shape or the check letter is wrong.
    pub fn parse(text: &str) -> Result<Self, UpnProblem> {
        let compact = compact(text);
        let found = compact.chars().count();
        if found != 13 {
            return Err(UpnProblem::Length { found });
        }
        let mut characters = compact.chars();
        let first = characters.next().filter(char::is_ascii_uppercase);
        let (Some(first), Some(expected)) = (first, check_letter(characters.as_str())) else {
            return Err(UpnProblem::Shape);
        };
        if first != expected {
            return Err(UpnProblem::CheckLetter {
                expected,
                found: first,
            });
        }
        Ok(Self(compact))
    }

    /// The code of the authority that gave the number; it may no longer exist.
    #[must_use]
    pub fn la_code(&self) -> &str {
        self.0.get(1..4).unwrap_or_default()
    }

    /// Whether the number is temporary: its last character is a letter.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.0.ends_with(|c: char| c.is_ascii_alphabetic())
    }
}

/// The letter for the twelve characters after it: each is weighted by its position in the UPN, from 2 to 13, and the
/// sum taken modulo 23. Nothing if a character is of the wrong kind for its place.
fn check_letter(after_the_first: &str) -> Option<char> {
    let mut sum = 0;
    for (weight, character) in (2..).zip(after_the_first.chars()) {
        let value = match character.to_digit(10) {
            Some(digit) => usize::try_from(digit).ok()?,
            None if weight == 13 => CHECK_LETTERS.find(character)?,
            None => return None,
        };
        sum += weight * value;
    }
    CHECK_LETTERS.chars().nth(sum % CHECK_LETTERS.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_examples() {
        let permanent = Upn::parse("B801200005001").unwrap();
        assert!(!permanent.is_temporary());
        assert_eq!(permanent.la_code(), "801");
        assert!(Upn::parse("W82343192102A").unwrap().is_temporary());
        assert!(Upn::parse("P207000016049").is_ok());
    }

    #[test]
    fn untidy_writing_is_read() {
        assert_eq!(
            Upn::parse(" b801 2000 05001 ").unwrap().as_str(),
            "B801200005001"
        );
    }

    #[test]
    fn a_vendor_help_page_that_gives_q_is_wrong() {
        let problem = Upn::parse("Q207000016049").unwrap_err();
        assert_eq!(
            problem,
            UpnProblem::CheckLetter {
                expected: 'P',
                found: 'Q'
            }
        );
    }

    #[test]
    fn a_wrong_length_or_shape_is_refused() {
        assert_eq!(
            Upn::parse("B80120000500"),
            Err(UpnProblem::Length { found: 12 })
        );
        assert_eq!(Upn::parse("1801200005001"), Err(UpnProblem::Shape));
        assert_eq!(Upn::parse("B8012O0005001"), Err(UpnProblem::Shape));
        assert_eq!(Upn::parse("W82343192102S"), Err(UpnProblem::Shape));
        assert_eq!(Upn::parse("B80120000500é"), Err(UpnProblem::Shape));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(digits in "[0-9]{12}", place in 0..12usize, by in 1..10u8) {
            let valid = format!("{}{digits}", check_letter(&digits).unwrap());
            prop_assert!(Upn::parse(&valid).is_ok());
            let mut wrong = valid.into_bytes();
            wrong[place + 1] = b'0' + (wrong[place + 1] - b'0' + by) % 10;
            prop_assert!(Upn::parse(&String::from_utf8(wrong).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = Upn::parse(&text);
        }
    }
}
