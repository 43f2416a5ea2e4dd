//! Text as it is kept: what cannot be seen is taken out, whichever door it came through.
//!
//! A letter that nobody sees makes two names of one, an address that no mail reaches and a name of nothing. So every
//! door (forms, addresses of pages, cells of lists, the command line) asks this one place. What is kept is in
//! normalisation form C (Unicode Standard Annex 15), in which "é" is one character however it was typed.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text of one line: no line breaks, single spaces, none at the ends, nothing that cannot be seen.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    match clean_lines(text) {
        Cow::Borrowed(text) if is_folded(text) => Cow::Borrowed(text),
        text => Cow::Owned(folded(&text)),
    }
}

/// A text of one or more lines, its spaces and line breaks as they were typed: a line break of any kind becomes a line
/// feed, a space of any width a plain one, and what cannot be seen goes.
#[must_use]
pub fn clean_lines(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match Seen::of(letter) {
            Seen::Printed => kept.push(letter),
            Seen::LineBreak if letter == '\r' && letters.peek() == Some(&'\n') => {}
            Seen::LineBreak => kept.push('\n'),
            Seen::Space => kept.push(' '),
            Seen::Joiner => {
                let joins = kept.chars().next_back().is_some_and(is_joined)
                    && letters.peek().is_some_and(|next| is_joined(*next));
                if joins {
                    kept.push(letter);
                }
            }
            Seen::Nothing => {}
        }
    }
    Cow::Owned(composed(kept))
}

/// Words with one space between them, line breaks included.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}

fn is_folded(text: &str) -> bool {
    let mut after_space = true;
    for byte in text.bytes() {
        let is_space = byte == b' ';
        if byte == b'\n' || (is_space && after_space) {
            return false;
        }
        after_space = is_space;
    }
    text.is_empty() || !after_space
}

/// Whether nothing is to be done: most text is plain English, and every cell of every list is asked.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'))
}

fn composed(text: String) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        IsNormalized::No | IsNormalized::Maybe => text.nfc().collect(),
    }
}

/// How a character shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Printed,
    Space,
    LineBreak,
    /// Not seen by itself: it changes how the letters on both sides of it are drawn.
    Joiner,
    /// Not at all.
    Nothing,
}

impl Seen {
    fn of(letter: char) -> Self {
        match letter {
            ' '..='~' => Self::Printed,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::LineBreak,
            '\u{200c}' | '\u{200d}' => Self::Joiner,
            _ if letter.is_whitespace() => Self::Space,
            _ if letter.is_control() || is_never_drawn(letter) => Self::Nothing,
            _ => Self::Printed,
        }
    }
}

/// Characters of the category Format (Cf) and others that draw nothing (`Default_Ignorable_Code_Point` of the Unicode
/// Character Database, noncharacters and blank letters). A variant of a Chinese character (U+E0100 on) is kept as the
/// character itself: nobody in the office can type or see the difference, and the name has to be found.
fn is_never_drawn(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a joiner beside this letter means something: in Persian and Urdu, in the scripts of India and South East Asia
/// and in Mongolian it is part of how a name is spelt. Elsewhere it is an accident of copying.
fn is_joined(letter: char) -> bool {
    matches!(letter,
        '\u{620}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18aa}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_goes() {
        for (typed, kept) in [
            ("\u{200b}jo@mail.example", "jo@mail.example"),
            ("\u{feff}jo@mail.example\u{2060}", "jo@mail.example"),
            ("Mo\u{7}ss", "Moss"),
            ("Mo\u{ad}ss\u{202e}", "Moss"),
            ("Ada\u{a0}\u{2003} Moss\t", "Ada Moss"),
            ("Ada\r\nMoss", "Ada Moss"),
            ("Zoe\u{308}", "Zoë"),
            ("\u{200b}\u{3164}\u{2800} \u{200d}", ""),
            ("a\u{200d}b", "ab"),
            (
                "\u{645}\u{6cc}\u{200c}\u{62e}",
                "\u{645}\u{6cc}\u{200c}\u{62e}",
            ),
            ("O’Brien–Łukasik 李", "O’Brien–Łukasik 李"),
        ] {
            assert_eq!(clean(typed), kept, "{typed:?}");
        }
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(
            clean_lines("one\r\n two\u{2028}three\rfour\u{a0}\u{1b}five "),
            "one\n two\nthree\nfour five "
        );
        assert!(matches!(clean_lines("as typed\n "), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(text in "\\PC{0,20}|[\u{0}-\u{2100}]{0,20}|[ab \n\u{301}\u{200b}\u{200d}\u{645}]{0,9}") {
            let lines = clean_lines(&text).into_owned();
            prop_assert_eq!(clean_lines(&lines), lines.as_str());
            let line = clean(&text).into_owned();
            prop_assert_eq!(clean(&line), line.as_str());
            prop_assert!(!line.contains(|c: char| c.is_control()));
            prop_assert_eq!(line.trim(), line.as_str());
        }
    }
}
