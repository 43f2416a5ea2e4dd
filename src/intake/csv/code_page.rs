//! Which of three tables a file's letters beyond English were written by: Windows-1252, code page 850 (Excel's "CSV
//! (MS-DOS)") or Mac Roman (Excel's "CSV (Macintosh)").
//!
//! Nothing in the file says so, and the same byte is "ë" by one table and "Ù" by another. Read by the wrong one a name
//! becomes another name, which nobody notices. So each reading of the whole file is weighed by how its letters stand in
//! their words, and where two readings are about as likely and differ, the file is refused.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use encoding_rs::{MACINTOSH, WINDOWS_1252};

/// A table of 256 characters, of which the first half is ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodePage {
    Windows1252,
    Ibm850,
    MacRoman,
}

impl CodePage {
    pub(super) const ALL: [Self; 3] = [Self::Windows1252, Self::Ibm850, Self::MacRoman];

    /// The characters of these bytes.
    pub(super) fn read(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
            Self::MacRoman => MACINTOSH.decode_without_bom_handling(bytes).0,
            Self::Ibm850 => bytes.iter().map(|byte| ibm850(*byte)).collect(),
        }
    }

    /// The bytes that these characters would be; none where the table lacks one.
    pub(super) fn written(self, letters: &str) -> Option<Vec<u8>> {
        let by_table = |table: &'static encoding_rs::Encoding| {
            let (bytes, _, is_lossy) = table.encode(letters);
            (!is_lossy).then(|| bytes.into_owned())
        };
        match self {
            Self::Windows1252 => by_table(WINDOWS_1252),
            Self::MacRoman => by_table(MACINTOSH),
            Self::Ibm850 => letters.chars().map(as_ibm850).collect(),
        }
    }
}

/// The upper half of code page 850, from 0x80 (IBM's table 00850; the euro sign is not in it).
const IBM850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
     áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
     └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
     ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

static IBM850_LETTERS: LazyLock<Vec<char>> = LazyLock::new(|| IBM850.chars().collect());

fn ibm850(byte: u8) -> char {
    let place = byte.checked_sub(0x80).map(usize::from);
    let letter = place.and_then(|place| IBM850_LETTERS.get(place));
    letter.copied().unwrap_or(char::from(byte))
}

fn as_ibm850(letter: char) -> Option<u8> {
    if letter.is_ascii() {
        return u8::try_from(letter).ok();
    }
    let place = IBM850_LETTERS.iter().position(|other| *other == letter)?;
    u8::try_from(place + 0x80).ok()
}

/// What the letters of a file were written by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Likely {
    Certain(CodePage),
    /// Two readings are about as likely: a word of the file by each.
    Either(String, String),
}

/// How much likelier the best reading must be than the next: about one letter that only fits by it.
const MARGIN: i32 = 3;

/// Weighs the three readings of a file. Each pair of neighbours counts once however often it occurs, so that one word on
/// every line does not outweigh all others.
pub(super) fn likely(bytes: &[u8]) -> Likely {
    let mut weighed = CodePage::ALL.map(|page| (weight(bytes, page), page));
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let [(best, page), others @ ..] = weighed;
    let rivals = others
        .into_iter()
        .filter(|(weight, _)| best < 0 || best - weight < MARGIN);
    let differing = rivals
        .filter_map(|(_, other)| differing_word(bytes, page, other))
        .next();
    match differing {
        Some((one, other)) => Likely::Either(one, other),
        None => Likely::Certain(page),
    }
}

fn weight(bytes: &[u8], page: CodePage) -> i32 {
    let table: Vec<char> = (0..=u8::MAX)
        .map(|byte| page.read(&[byte]).chars().next().unwrap_or('\u{fffd}'))
        .collect();
    let read = |byte: u8| table.get(usize::from(byte)).copied().unwrap_or(' ');
    let mut seen: HashSet<[u8; 4]> = HashSet::new();
    let mut weight = 0;
    for place in places_of_letters_beyond_ascii(bytes) {
        let near = |place: Option<usize>| {
            place
                .and_then(|at| bytes.get(at))
                .map_or(b' ', |byte| *byte)
        };
        let around = [
            near(place.checked_sub(1)),
            near(Some(place)),
            near(Some(place + 1)),
            near(Some(place + 2)),
        ];
        if seen.insert(around) {
            let [before, here, after, next] = around.map(read);
            weight += how_it_fits(before, here, after, next);
        }
    }
    weight
}

/// Where bytes stand that are neither ASCII nor UTF-8.
fn places_of_letters_beyond_ascii(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    bytes.utf8_chunks().flat_map(move |chunk| {
        let from = at + chunk.valid().len();
        at = from + chunk.invalid().len();
        from..at
    })
}

/// How well a character fits between its neighbours, in a list of names and addresses of England.
fn how_it_fits(before: char, here: char, after: char, next: char) -> i32 {
    if here.is_alphabetic() && !matches!(here, 'ª' | 'º' | 'ƒ' | 'ı' | 'ˆ' | 'ﬁ' | 'ﬂ') {
        return how_a_letter_fits(before, here, after);
    }
    let ends_word = |letter: char| !letter.is_alphanumeric();
    match here {
        '’' if before.is_alphabetic()
            && matches!(after, 's' | 't' | 'd' | 'm')
            && ends_word(next) =>
        {
            8
        }
        '’' if before.is_alphabetic() && after.is_alphabetic() => 7,
        '’' | '”' if !before.is_whitespace() && ends_word(after) => 4,
        '‘' | '“' if ends_word(before) && !ends_word(after) => 4,
        '–' | '—' if ends_word(before) == ends_word(after) => 4,
        '£' | '€' if after.is_ascii_digit() || before.is_ascii_digit() => 5,
        '\u{a0}' if ends_word(before) || ends_word(after) => 5,
        '\u{a0}' | '…' | '½' | '¼' | '¾' | '°' | '•' | '·' => 3,
        _ => -4,
    }
}

fn how_a_letter_fits(before: char, here: char, after: char) -> i32 {
    let is_beside_digit = before.is_ascii_digit() || after.is_ascii_digit();
    let is_alone = !before.is_alphabetic() && !after.is_alphabetic();
    let is_beside_another = [before, after]
        .iter()
        .any(|letter| letter.is_alphabetic() && !letter.is_ascii());
    if is_beside_digit || is_alone || is_beside_another {
        return -3;
    }
    if here.is_uppercase() {
        // "Élan" and "RENÉ", never "SiÉn".
        return match before.is_alphabetic() {
            true if before.is_uppercase() && !after.is_lowercase() => 3,
            true => -5,
            false => 4,
        };
    }
    if after.is_uppercase() || (before.is_uppercase() && after.is_uppercase()) {
        return -3;
    }
    let is_common = matches!(
        here,
        'é' | 'è'
            | 'ë'
            | 'ê'
            | 'á'
            | 'â'
            | 'ä'
            | 'ó'
            | 'ö'
            | 'ô'
            | 'í'
            | 'ï'
            | 'ú'
            | 'ü'
            | 'ñ'
            | 'ç'
            | 'ø'
    );
    // Hardly an English word and no name begins with a small letter with an accent.
    match before.is_alphabetic() {
        true => 4 + i32::from(is_common),
        false => 0,
    }
}

/// The first word that reads otherwise by the other table, by each.
fn differing_word(bytes: &[u8], one: CodePage, other: CodePage) -> Option<(String, String)> {
    let place = places_of_letters_beyond_ascii(bytes).find(|place| {
        let byte = bytes.get(*place..place + 1).unwrap_or_default();
        one.read(byte) != other.read(byte)
    })?;
    let ends_word = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    let before = bytes.get(..place).unwrap_or_default();
    let after = bytes.get(place..).unwrap_or_default();
    let from = before.iter().rposition(ends_word).map_or(0, |at| at + 1);
    let to = place + after.iter().position(ends_word).unwrap_or(after.len());
    let word = bytes.get(from.max(place.saturating_sub(30))..to.min(place + 30))?;
    Some((one.read(word).into_owned(), other.read(word).into_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn knows_names_by_their_letters() {
        for words in [
            "Siân,Müller,René,Zoë,Chloë",
            "Siân Müller",
            "RENÉ O’BRIEN",
            "Élodie,François",
            "Seán,Róisín,Sinéad,Caoimhín",
            "José Peña Muñoz",
            "Søren Åberg",
        ] {
            for page in CodePage::ALL {
                let Some(bytes) = page.written(words) else {
                    continue;
                };
                assert_eq!(likely(&bytes), Likely::Certain(page), "{words} by {page:?}");
            }
        }
    }

    #[test]
    fn knows_what_people_write_in_notes() {
        for words in [
            "Mum’s number, don’t ring",
            "£20 a week",
            "5–7 Mill Lane",
            "said “not now” to us",
            "Mill\u{a0}Lane",
            "O’Neill",
        ] {
            let bytes = CodePage::Windows1252.written(words).unwrap();
            match likely(&bytes) {
                Likely::Certain(page) => assert_eq!(page.read(&bytes), words),
                either => panic!("{words}: {either:?}"),
            }
        }
    }

    #[test]
    fn refuses_to_guess() {
        // By code page 850 "Zoë", by Mac Roman "Zoâ".
        let Likely::Either(one, other) = likely(b"Ada,Moss\nZo\x89,Smith\n") else {
            panic!("a guess")
        };
        assert_eq!((one.as_str(), other.as_str()), ("Zoë", "Zoâ"));
        // Cyrillic by Windows-1251 is none of the three.
        assert!(matches!(
            likely(b"\xC8\xE2\xE0\xED\xEE\xE2"),
            Likely::Either(..)
        ));
    }

    #[test]
    fn both_halves_of_the_table_are_whole() {
        assert_eq!(IBM850.chars().count(), 128);
        for byte in 0x80..=u8::MAX {
            assert_eq!(as_ibm850(ibm850(byte)), Some(byte));
        }
    }
}
