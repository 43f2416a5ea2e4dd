//! The references that Hearth gives out: random, so that one tells nothing about another, and easy to read
//! aloud.

use super::compact;
use crate::rules::codes::code_list;
use std::fmt;

/// Crockford's base 32: no I, L, O or U.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols after the letter of the kind; five bits each.
const LENGTH: usize = 8;

code_list! {
    /// What a reference names; its key is the reference's first letter.
    #[derive(PartialOrd, Ord)]
    pub enum ReferenceKind {
        Child = "C", "Child";
        Person = "P", "Person";
        Notification = "N", "Notification";
        Check = "W", "Welfare check";
        Booking = "B", "Booking";
        Outcome = "O", "Outcome";
        Lapse = "L", "Lapse";
        Account = "A", "Account";
        Mail = "M", "Email";
        Import = "I", "Import";
        Row = "Q", "Row of a list";
        Address = "D", "Address";
        Episode = "E", "Episode";
        Absence = "V", "Absence";
        Term = "T", "School term";
        CalendarDay = "K", "Day of the calendar";
        ReturnedMessage = "R", "Message that came in";
    }
}

/// A reference such as `C-7K4M-2QXD`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    kind: ReferenceKind,
    text: String,
}

/// Why a text is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a Hearth reference. A reference looks like C-7K4M-2QXD")]
pub struct ReferenceProblem(String);

impl Reference {
    /// A reference made of the lowest 40 of these random bits.
    #[must_use]
    pub fn from_random(kind: ReferenceKind, bits: u64) -> Self {
        let symbols = (0..LENGTH).rev().map(|place| {
            let index = (bits >> (5 * place)) & 31;
            let index = usize::try_from(index).unwrap_or_default();
            SYMBOLS.get(index).map_or('0', |symbol| char::from(*symbol))
        });
        Self::hyphenated(kind, symbols)
    }

    /// Reads a reference as people copy it: in small letters, without hyphens, with O for 0 and I or L for 1.
    ///
    /// # Errors
    /// If it does not have the letter of a kind and eight symbols.
    pub fn parse(text: &str) -> Result<Self, ReferenceProblem> {
        let problem = || ReferenceProblem(text.trim().chars().take(40).collect());
        let compact = compact(text);
        let mut characters = compact.chars();
        let kind = characters.next().and_then(kind_of).ok_or_else(problem)?;
        let symbols: Option<Vec<char>> = characters.map(symbol).collect();
        match symbols {
            Some(symbols) if symbols.len() == LENGTH => Ok(Self::hyphenated(kind, symbols)),
            _ => Err(problem()),
        }
    }

    fn hyphenated(kind: ReferenceKind, symbols: impl IntoIterator<Item = char>) -> Self {
        let mut text = String::with_capacity("C-7K4M-2QXD".len());
        text.push_str(kind.as_str());
        for (place, symbol) in symbols.into_iter().enumerate() {
            if place % 4 == 0 {
                text.push('-');
            }
            text.push(symbol);
        }
        Self { kind, text }
    }

    /// What the reference names.
    #[must_use]
    pub const fn kind(&self) -> ReferenceKind {
        self.kind
    }

    /// The reference as it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn kind_of(letter: char) -> Option<ReferenceKind> {
    ReferenceKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.as_str().starts_with(letter))
}

/// The symbol a person meant by this character.
fn symbol(character: char) -> Option<char> {
    let meant = match character {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    SYMBOLS
        .iter()
        .any(|symbol| char::from(*symbol) == meant)
        .then_some(meant)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Reference {
    type Err = ReferenceProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_are_read_as_people_copy_them() {
        let reference = Reference::parse("C-7K4M-2QXD").unwrap();
        assert_eq!(reference.kind(), ReferenceKind::Child);
        for copied in ["c-7k4m-2qxd", "C7K4M2QXD", " c 7k4m 2qxd "] {
            assert_eq!(Reference::parse(copied).as_ref(), Ok(&reference));
        }
        assert_eq!(
            Reference::parse("L-OIL0-0000").unwrap().as_str(),
            "L-0110-0000"
        );
    }

    #[test]
    fn what_is_no_reference() {
        for text in [
            "",
            "C",
            "C-7K4M-2QX",
            "C-7K4M-2QXDD",
            "Z-7K4M-2QXD",
            "C-7K4M-2QXU",
            "é-7K4M-2QXD",
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            Reference::parse("12").unwrap_err().to_string(),
            "“12” is not a Hearth reference. A reference looks like C-7K4M-2QXD"
        );
    }

    proptest! {
        #[test]
        fn every_reference_given_is_read_again(bits in any::<u64>(), kind in prop::sample::select(ReferenceKind::ALL)) {
            let reference = Reference::from_random(kind, bits);
            prop_assert_eq!(reference.kind(), kind);
            prop_assert_eq!(reference.as_str().len(), 11);
            prop_assert_eq!(Reference::from_random(kind, bits & 0xFF_FFFF_FFFF), reference.clone());
            prop_assert_eq!(Reference::parse(reference.as_str()), Ok(reference));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = Reference::parse(&text);
        }
    }
}
