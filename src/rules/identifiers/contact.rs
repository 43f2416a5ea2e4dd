//! How to reach somebody: telephone number and email address.

use super::identifier;
use crate::rules::text;

identifier! {
    /// A UK telephone number, kept as it was typed but for untidy spaces.
    pub struct PhoneNumber or PhoneNumberProblem
}

/// Why a text is not a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Enter a telephone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192")]
pub struct PhoneNumberProblem;

impl PhoneNumber {
    /// Reads a number of ten or eleven digits from 0, or of ten digits after +44; spaces, hyphens, brackets and the
    /// 0 of "+44 (0)" are allowed.
    ///
    /// # Errors
    /// If the digits do not make such a number.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberProblem> {
        let dialled: String = text
            .replace("(0)", "")
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')'))
            .collect();
        let (digits, lengths) = match dialled.strip_prefix("+44") {
            Some(digits) => (digits, 10..=10),
            None => (dialled.strip_prefix('0').ok_or(PhoneNumberProblem)?, 9..=10),
        };
        if !lengths.contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PhoneNumberProblem);
        }
        let tidy: Vec<_> = text.split_whitespace().collect();
        Ok(Self(tidy.join(" ")))
    }
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

/// Printable, with nothing that could end the address or begin another.
fn is_name(name: &str) -> bool {
    let forbidden = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(
                c,
                '@' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\'
            )
    };
    (1..=64).contains(&name.len())
        && !name.contains(forbidden)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
}

/// At least two labels of letters, digits and inner hyphens.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
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
    fn what_is_no_number() {
        for text in [
            "",
            "0",
            "1632 960001",
            "01632 96000x",
            "+44 1632 96000",
            "+33 1 23 45 67 89",
            "016329600011",
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
        ];
        for text in wrong {
            assert_eq!(
                EmailAddress::parse(text),
                Err(EmailAddressProblem::Shape),
                "{text}"
            );
        }
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
                prop_assert!(!address.as_str().contains(|c: char| c.is_control() || c.is_whitespace() || c == ','));
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
            let _ = PhoneNumber::parse(&text);
        }
    }
}
