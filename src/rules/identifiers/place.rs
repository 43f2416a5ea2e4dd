//! Where somebody lives: postcode and unique property reference number.

use super::{compact, identifier};

identifier! {
    /// A UK postcode, kept as "AB1 2CD".
    pub struct Postcode or PostcodeProblem
}

/// Why a text is not a postcode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Enter a full UK postcode, like AA3 1AB")]
pub struct PostcodeProblem;

impl Postcode {
    /// Reads a postcode, however it is spaced, in any case.
    ///
    /// # Errors
    /// If the letters and digits do not make a postcode.
    pub fn parse(text: &str) -> Result<Self, PostcodeProblem> {
        let compact = compact(text);
        let split = compact.len().checked_sub(3).ok_or(PostcodeProblem)?;
        let (outward, inward) = compact.split_at_checked(split).ok_or(PostcodeProblem)?;
        if !(is_outward(outward.as_bytes()) && is_inward(inward.as_bytes())) {
            return Err(PostcodeProblem);
        }
        Ok(Self(format!("{outward} {inward}")))
    }

    /// The part before the space, which names the district.
    #[must_use]
    pub fn outward(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }
}

/// Area letters and district: A9, A99, A9A, AA9, AA99, AA9A, and GIR. Narrower than the DfE prototype's pattern, which
/// lets areas through that cannot exist: no area begins with Q, V or X or has I, J or Z second. (These letters and
/// those below are the long-standing rule of the Royal Mail; not confirmed from a source.)
fn is_outward(outward: &[u8]) -> bool {
    match outward {
        b"GIR" => true,
        [first, district @ ..] if is_first_letter(*first) => match district {
            [second, district @ ..] if is_second_letter(*second) => is_district(district),
            district => is_district(district),
        },
        _ => false,
    }
}

fn is_first_letter(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !b"QVX".contains(&letter)
}

fn is_second_letter(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !b"IJZ".contains(&letter)
}

fn is_district(district: &[u8]) -> bool {
    match district {
        [digit] => digit.is_ascii_digit(),
        [digit, last] => digit.is_ascii_digit() && last.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// A digit and two letters, of which none is C, I, K, M, O or V.
fn is_inward(inward: &[u8]) -> bool {
    let [sector, unit @ ..] = inward else {
        return false;
    };
    sector.is_ascii_digit()
        && unit
            .iter()
            .all(|letter| letter.is_ascii_uppercase() && !b"CIKMOV".contains(letter))
}

identifier! {
    /// A unique property reference number: the surest key of an address, and the one that exposes a stale one.
    pub struct Uprn or UprnProblem
}

/// Why a text is not a UPRN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("A UPRN is a number of up to 12 digits")]
pub struct UprnProblem;

impl Uprn {
    /// Reads a UPRN from 1 to 999999999999; zeros in front are dropped.
    ///
    /// # Errors
    /// If it is not such a number.
    pub fn parse(text: &str) -> Result<Self, UprnProblem> {
        let compact = compact(text);
        let number = compact.trim_start_matches('0');
        if !(1..=12).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(UprnProblem);
        }
        Ok(Self(number.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_shape_of_postcode() {
        let shapes = [
            ("m11ae", "M1 1AE"),
            ("B33 8TH", "B33 8TH"),
            ("cr2  6xh", "CR2 6XH"),
            (" DN551PT", "DN55 1PT"),
            ("W1A 1HQ", "W1A 1HQ"),
            ("EC1A-1BB", "EC1A 1BB"),
            ("gir0aa", "GIR 0AA"),
        ];
        for (written, kept) in shapes {
            assert_eq!(Postcode::parse(written).unwrap().as_str(), kept);
        }
        assert_eq!(Postcode::parse("EC1A 1BB").unwrap().outward(), "EC1A");
    }

    #[test]
    fn what_is_no_postcode() {
        let wrong = [
            "", "M1", "1AE", "M1 1A", "QQ1 1AA", "AI1 1AA", "M1 AAE", "M1 1CE", "M 1AE",
            "AAA1 1AA", "M111 1AE", "M1é 1AE", "ééé",
        ];
        for text in wrong {
            assert_eq!(Postcode::parse(text), Err(PostcodeProblem), "{text}");
        }
    }

    #[test]
    fn uprns() {
        assert_eq!(Uprn::parse("000100012345").unwrap().as_str(), "100012345");
        assert!(Uprn::parse("999999999999").is_ok());
        for text in ["", "0", "1000000000000", "12a", "-1é"] {
            assert_eq!(Uprn::parse(text), Err(UprnProblem), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_kept_is_read_again(text in "[A-Z]{1,2}[0-9]{1,2}[A-Z]?[0-9][A-Z]{2}") {
            if let Ok(postcode) = Postcode::parse(&text) {
                prop_assert_eq!(Postcode::parse(postcode.as_str()), Ok(postcode));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = Postcode::parse(&text);
            let _ = Uprn::parse(&text);
        }
    }
}
