//! How to reach somebody: telephone number and email address.

use super::identifier;
use crate::rules::text;

identifier! {
    /// A telephone number, kept as it was typed but for untidy spaces, with what stands beside it: "07700 900982 (mum)".
    pub struct PhoneNumber or PhoneNumberProblem
}

/// Why a text is not a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Enter a telephone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192")]
pub struct PhoneNumberProblem;

/// What stands between the digits of a number.
const BETWEEN_DIGITS: [char; 6] = [' ', '-', '(', ')', '.', '\u{2013}'];

impl PhoneNumber {
    /// Reads a number of this country (ten or eleven digits from 0, or ten after +44) or of another (after a plus sign or 00,
    /// seven to fifteen digits, as ITU-T E.164 allows); spaces, hyphens, brackets and the 0 of "+44 (0)" are allowed. Words
    /// before or after it are kept with it: whose number it is, when to ring, another number.
    ///
    /// # Errors
    /// If no digits make such a number.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberProblem> {
        const LONGEST: usize = 120;
        let tidy = text::clean(text);
        if tidy.chars().count() > LONGEST || numbers_in(&tidy).next().is_none() {
            return Err(PhoneNumberProblem);
        }
        Ok(Self(tidy.into_owned()))
    }

    /// Whether there is another number beside the first.
    #[must_use]
    pub fn names_another(&self) -> bool {
        numbers_in(&self.0).nth(1).is_some()
    }
}

/// The telephone numbers in a text: runs of digits that stand for themselves and are no part of a longer word.
fn numbers_in(text: &str) -> impl Iterator<Item = &str> {
    let belongs = |c: char| c.is_ascii_digit() || c == '+' || BETWEEN_DIGITS.contains(&c);
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let from = rest.find(belongs)?;
            let before = rest.get(..from)?.chars().next_back();
            let run = rest.get(from..)?;
            let length = run.find(|c| !belongs(c)).unwrap_or(run.len());
            let after = run.get(length..)?;
            rest = after;
            let number = run.get(..length)?;
            let touches = |beside: Option<char>, edge: Option<char>| {
                beside.is_some_and(char::is_alphanumeric)
                    && edge.is_some_and(|c| c.is_ascii_digit() || c == '+')
            };
            let is_whole = !touches(before, number.chars().next())
                && !touches(after.chars().next(), number.chars().next_back());
            if is_whole && is_dialled(number) {
                return Some(number);
            }
        }
    })
}

/// Whether digits make a number that can be dialled from England.
fn is_dialled(number: &str) -> bool {
    let dialled: String = number.replace("(0)", "").replace(BETWEEN_DIGITS, "");
    let abroad = dialled.strip_prefix('+').or(dialled.strip_prefix("00"));
    let (digits, lengths) = match (abroad, dialled.strip_prefix('0')) {
        (Some(digits), _) => match digits.strip_prefix("44") {
            Some(digits) => (digits, 10..=10),
            None if digits.starts_with('0') => return false,
            None => (digits, 7..=15),
        },
        (None, Some(digits)) => (digits, 9..=10),
        (None, None) => return false,
    };
    lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

identifier! {
    /// One email address in small letters: what can be put on the line of a message's recipient, and nothing else.
    pub struct EmailAddress or EmailAddressProblem
}

/// Why a text is not an email address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailAddressProblem {
    /// It does not look like an address.
    #[error("Enter an email address in the correct format, like name@example.com")]
    Shape,
    /// It is longer than mail can carry.
    #[error("Email address must be 254 characters or fewer")]
    TooLong,
}

impl EmailAddress {
    /// Reads an address with one @, something before it, and a dot within what follows.
    ///
    /// # Errors
    /// If it does not look like one address, or is longer than 254 characters. What cannot be seen around or within it,
    /// as it is copied along from mails and pages, is no part of it.
    pub fn parse(text: &str) -> Result<Self, EmailAddressProblem> {
        let address = text::clean(text).to_lowercase();
        if address.len() > 254 {
            return Err(EmailAddressProblem::TooLong);
        }
        let (name, domain) = address.split_once('@').ok_or(EmailAddressProblem::Shape)?;
        if !(is_name(name) && is_domain(domain)) {
            return Err(EmailAddressProblem::Shape);
        }
        Ok(Self(address))
    }
}

/// A dot-atom (RFC 5322, 3.2.3) with letters of any script (RFC 6531, 3.3). What is copied from a page or a spreadsheet may come
/// with characters that nobody sees: none of them is a letter but the fillers.
fn is_name(name: &str) -> bool {
    let is_allowed = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c),
        false => c.is_alphanumeric() && !is_filler(c),
    };
    (1..=64).contains(&name.len())
        && name.chars().all(is_allowed)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
}

/// Letters of Hangul that are not seen.
fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// At least two labels of letters, digits and inner hyphens, each of at most 63 octets (RFC 1035, 2.3.4).
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| (c.is_alphanumeric() && !is_filler(c)) || c == '-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_people_write_them() {
        let written = [
            "01632 960001",
            "(01632) 960-001",
            "01632 96000",
            "+447700900982",
            "+44 (0)7700 900 982",
        ];
        for number in written {
            assert_eq!(PhoneNumber::parse(number).unwrap().as_str(), number);
        }
        assert_eq!(
            PhoneNumber::parse("  07700   900982 ").unwrap().as_str(),
            "07700 900982"
        );
    }

    #[test]
    fn numbers_of_other_countries() {
        for number in [
            "+33 1 23 45 67 89",
            "0033 1 23 45 67 89",
            "+353 (0)1 234 5678",
            "+1 202-555-0123",
            "0044 7700 900982",
        ] {
            assert_eq!(PhoneNumber::parse(number).unwrap().as_str(), number);
        }
    }

    #[test]
    fn what_stands_beside_a_number_is_kept() {
        for (number, names_another) in [
            ("07700 900982 (mum)", false),
            ("(mum) 07700 900982", false),
            ("Mum: 07700900982", false),
            ("01632 960001 ext 12, after 4pm", false),
            ("(01632) 960001 work", false),
            ("07700 900982 / 01632 960001 (work)", true),
        ] {
            let read = PhoneNumber::parse(number).unwrap();
            assert_eq!(
                (read.as_str(), read.names_another()),
                (number, names_another)
            );
            assert_eq!(PhoneNumber::parse(read.as_str()), Ok(read));
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "",
            "0",
            "1632 960001",
            "01632 96000x",
            "+44 1632 96000",
            "+33 1 23",
            "+033 1 23 45 67 89",
            "+1234567890123456",
            "016329600011",
            "B801200005001",
            "7.7009E+09",
            "ask mum",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneNumberProblem), "{text}");
        }
    }

    #[test]
    fn addresses_are_trimmed_and_in_small_letters() {
        let address = EmailAddress::parse(" Sam.O'Neil+home@Example.COM ").unwrap();
        assert_eq!(address.as_str(), "sam.o'neil+home@example.com");
        for unseen in ["\u{200b}", "\u{feff}", "\u{2060}", "\u{ad}", "\u{202a}"] {
            let address = EmailAddress::parse(&format!("{unseen}jo@mail{unseen}.example{unseen}"));
            assert_eq!(address.unwrap().as_str(), "jo@mail.example", "{unseen:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_no_part_of_an_address() {
        for text in [
            "\u{200b}name@example.com",
            "name@example.com\u{feff}",
            "na\u{2060}me@example.com",
            "name\u{ad}@example.com",
            "\u{202e}name@example.com",
            "name@exam\u{200d}ple.com",
            "name@example\u{ffa0}.com",
            "name\u{3164}@example.com",
            "name\u{fe0f}@example.com",
        ] {
            let read = EmailAddress::parse(text).map(|address| address.as_str().to_owned());
            assert_eq!(read.as_deref(), Ok("name@example.com"), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_address() {
        let wrong = [
            "",
            "name",
            "@example.com",
            "name@",
            "name@example",
            "a@b@example.com",
            "na me@example.com",
            "name@example.com\r\nbcc: x@example.com",
            "a@example.com,b@example.com",
            "<name@example.com>",
            "name@.example.com",
            "name@example..com",
            ".name@example.com",
            "name@-example.com",
            "name\u{d7}@example.com",
        ];
        for text in wrong {
            assert_eq!(
                EmailAddress::parse(text),
                Err(EmailAddressProblem::Shape),
                "{text}"
            );
        }
        let label = format!("name@{}.com", "a".repeat(64));
        assert_eq!(EmailAddress::parse(&label), Err(EmailAddressProblem::Shape));
        let long = format!("name@{}.com", "a".repeat(250));
        assert_eq!(
            EmailAddress::parse(&long),
            Err(EmailAddressProblem::TooLong)
        );
    }

    proptest! {
        #[test]
        fn what_passes_is_one_line_and_one_address(text in "\\PC{0,40}|[a-z.@,; \r\n]{0,20}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(!address.as_str().contains(is_filler));
                prop_assert!(!address.as_str().contains(|c: char| c.is_control() || c.is_whitespace() || c == ','));
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
            let _ = PhoneNumber::parse(&text);
        }
    }
}
