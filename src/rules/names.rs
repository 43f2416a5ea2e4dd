//! Names folded so that "O'Brien", "OBrien" and "Ó Briain" can be found by whoever types them without the marks.
//! Folding is done here and not in the databases: they disagree about accents and case.

use std::fmt::Write;
use std::sync::LazyLock;

use rphonetic::DoubleMetaphone;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What stands before a sound, so that a sound never meets a word: no word holds it.
const SOUND: char = '~';

/// Words this short in front of a name are often written as one with it: O Brien, Mc Donald, De Souza, Al Amin.
const LONGEST_PARTICLE: usize = 3;

/// A name without case, accents, apostrophes and hyphens: words of a–z and 0–9 with one space between. Letters of
/// other scripts are kept, in small letters: a name that is written in them must not fold to nothing.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    if name.is_ascii() {
        for byte in name.bytes() {
            push_ascii(&mut folded, char::from(byte));
        }
    } else {
        for letter in name.chars().filter(|letter| !vanishes(*letter)).nfkd() {
            push_any(&mut folded, letter);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push_ascii(folded: &mut String, letter: char) {
    match letter {
        'a'..='z' | '0'..='9' => folded.push(letter),
        'A'..='Z' => folded.push(letter.to_ascii_lowercase()),
        '\'' | '`' => {}
        _ if folded.is_empty() || folded.ends_with(' ') => {}
        _ => folded.push(' '),
    }
}

fn push_any(folded: &mut String, letter: char) {
    if letter.is_ascii() {
        return push_ascii(folded, letter);
    }
    if is_combining_mark(letter) || vanishes(letter) {
        return;
    }
    match plain(letter) {
        Some(plain) => folded.push_str(plain),
        None if letter.is_alphanumeric() => {
            folded.extend(letter.to_lowercase().filter(|l| !is_combining_mark(*l)))
        }
        None => push_ascii(folded, ' '),
    }
}

/// Apostrophes, and what cannot be seen: it joins what stands around it.
fn vanishes(letter: char) -> bool {
    is_apostrophe(letter)
        || matches!(
            letter,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

/// Apostrophes of all kinds, and what people type for one.
fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`'
            | '´'
            | '‘'
            | '’'
            | '‛'
            | '′'
            | '＇'
            | 'ʹ'
            | 'ʻ'
            | 'ʼ'
            | 'ʽ'
            | 'ʾ'
            | 'ʿ'
            | 'ꞌ'
            | 'Ꞌ'
    )
}

/// Letters that are letters of their own and not a letter with a mark, as people type them without the key.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ł' | 'Ł' => "l",
        'ß' | 'ẞ' => "ss",
        'ø' | 'Ø' => "o",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ð' | 'Ð' | 'đ' | 'Đ' => "d",
        'þ' | 'Þ' => "th",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'ŋ' | 'Ŋ' => "ng",
        'ı' => "i",
        'ə' | 'Ə' => "e",
        _ => return None,
    })
}

/// The words of a name to be searched by, each once: "Anne-Marie O'Brien" gives "anne", "marie", "annemarie", "obrien",
/// "brien".
pub fn tokens(given_names: &str, known_as: Option<&str>, family_name: &str) -> Vec<String> {
    let mut tokens = Vec::with_capacity(8);
    for name in [given_names, known_as.unwrap_or_default()] {
        for part in name.split_whitespace() {
            add_words(&mut tokens, &fold(part));
        }
    }
    add_words(&mut tokens, &fold(family_name));
    for name in [given_names, known_as.unwrap_or_default(), family_name] {
        add_after_apostrophes(&mut tokens, name);
    }
    tokens
}

/// On the telephone "O'Brien" may sound like "Brien", so what follows an apostrophe is a word too, if it is no mere ending.
fn add_after_apostrophes(tokens: &mut Vec<String>, name: &str) {
    for part in name.split_whitespace() {
        let Some((_, after)) = part.rsplit_once(is_apostrophe) else {
            continue;
        };
        let folded = fold(after);
        if folded.len() >= LONGEST_PARTICLE {
            add_words(tokens, &folded);
        }
    }
}

/// The words of one folded name and, when it has several, all of them as one.
fn add_words(tokens: &mut Vec<String>, folded: &str) {
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        add_once(tokens, word.to_owned());
    }
    if folded.contains(' ') {
        add_once(tokens, folded.replace(' ', ""));
    }
}

fn add_once(tokens: &mut Vec<String>, token: String) {
    if !tokens.contains(&token) {
        tokens.push(token);
    }
}

/// What is stored of a name to search by: its words, and how each sounds.
pub fn searchable(given_names: &str, known_as: Option<&str>, family_name: &str) -> Vec<String> {
    let mut stored = tokens(given_names, known_as, family_name);
    for word in 0..stored.len() {
        if let Some(sound) = stored.get(word).and_then(|word| sound(word)) {
            add_once(&mut stored, sound);
        }
    }
    stored
}

/// Folded words with each short particle joined to the word after it, when there is one: "sean o brien" gives
/// "sean", "obrien".
pub fn with_particles_joined(words: &[String]) -> Option<Vec<String>> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut particle = String::new();
    for (place, word) in words.iter().enumerate() {
        particle.push_str(word);
        if word.len() > LONGEST_PARTICLE || place + 1 == words.len() {
            joined.push(std::mem::take(&mut particle));
        }
    }
    (joined.len() < words.len()).then_some(joined)
}

/// How a word sounds, with "~" before it, so that it never meets a word: "~SM0" for Smith and Smyth.
pub fn sound(word: &str) -> Option<String> {
    // Double Metaphone knows the spellings of British and Irish names: Stephen and Steven, Hughes and Hews, Wright and Rite.
    static SOUNDS: LazyLock<DoubleMetaphone> = LazyLock::new(DoubleMetaphone::default);
    if !word.bytes().any(|byte| byte.is_ascii_alphabetic()) || !word.is_ascii() {
        return None;
    }
    let heard = SOUNDS.double_metaphone(word).primary();
    (!heard.is_empty()).then(|| format!("{SOUND}{heard}"))
}

/// "Given names Family name", or the only name of somebody who has one.
pub fn full(given_names: &str, family_name: &str) -> String {
    match (given_names.is_empty(), family_name.is_empty()) {
        (false, false) => format!("{given_names} {family_name}"),
        _ => format!("{given_names}{family_name}"),
    }
}

/// "Family name, Given names", as lists have it, or the only name.
pub fn family_first(given_names: &str, family_name: &str) -> String {
    match (given_names.is_empty(), family_name.is_empty()) {
        (false, false) => format!("{family_name}, {given_names}"),
        _ => format!("{family_name}{given_names}"),
    }
}

/// What a list is sorted by: family name, then given names, folded.
pub fn sort_name(given_names: &str, family_name: &str) -> String {
    let mut sorted_by = fold(family_name);
    if !sorted_by.is_empty() {
        sorted_by.push(' ');
    }
    sorted_by.push_str(&fold(given_names));
    sorted_by
}

/// What the same child has in two lists: folded names and date of birth.
pub fn match_key(given_names: &str, family_name: &str, date_of_birth: chrono::NaiveDate) -> String {
    let mut key = name_key(given_names, family_name);
    // Writing to a string does not fail.
    let _ = write!(key, "{date_of_birth}");
    key
}

/// What a [`match_key`] begins with: the folded names.
pub fn name_key(given_names: &str, family_name: &str) -> String {
    let mut key =
        String::with_capacity(given_names.len() + family_name.len() + "||2026-11-23".len());
    for name in [family_name, given_names] {
        key.extend(fold(name).split(' '));
        key.push('|');
    }
    key
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    #[test]
    fn marks_case_and_apostrophes_do_not_count() {
        let alike = [
            ("O'Brien", "obrien"),
            ("O’BRIEN", "obrien"),
            ("Oʼbrien", "obrien"),
            ("O´Brien", "obrien"),
            ("Ó Briain", "o briain"),
            ("Siân", "sian"),
            ("Łukasz Żółć", "lukasz zolc"),
            ("Groß", "gross"),
            ("Sørensen", "sorensen"),
            ("Æthelred Œuvre", "aethelred oeuvre"),
            ("Guðrún Þór", "gudrun thor"),
            ("Işıl", "isil"),
            ("İpek", "ipek"),
            ("  Anne-Marie\t", "anne marie"),
            ("Anne–Marie", "anne marie"),
            ("St. John", "st john"),
            ("Smith (née Jones)", "smith nee jones"),
            ("Zoe\u{308}", "zoe"),
            ("Олена", "олена"),
            ("--", ""),
        ];
        for (written, folded) in alike {
            assert_eq!(fold(written), folded, "{written}");
        }
    }

    #[test]
    fn a_name_is_searched_by_each_of_its_words() {
        assert_eq!(
            tokens("Anne-Marie", None, "O'Brien"),
            ["anne", "marie", "annemarie", "obrien", "brien"]
        );
        assert_eq!(
            tokens("Maria José", Some("Maria"), "De La Cruz"),
            ["maria", "jose", "de", "la", "cruz", "delacruz"]
        );
        assert_eq!(tokens("", None, ""), Vec::<String>::new());
    }

    #[test]
    fn particles_are_joined_to_what_follows() {
        let joined = |words: &[&str]| {
            with_particles_joined(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            joined(&["sean", "o", "brien"]),
            Some(vec!["sean".to_owned(), "obrien".to_owned()])
        );
        assert_eq!(
            joined(&["de", "la", "cruz"]),
            Some(vec!["delacruz".to_owned()])
        );
        assert_eq!(joined(&["sean", "brien"]), None);
        assert_eq!(joined(&["o"]), None);
    }

    #[test]
    fn spellings_of_one_sound() {
        let alike = [
            ("smith", "smyth"),
            ("stephen", "steven"),
            ("catherine", "kathryn"),
            ("clark", "clarke"),
            ("philips", "phillips"),
            ("macdonald", "mcdonald"),
            ("wright", "right"),
            ("mohammed", "muhammad"),
            ("reid", "read"),
            ("hughes", "hews"),
        ];
        for (one, other) in alike {
            assert_eq!(sound(one), sound(other), "{one} and {other}");
        }
        assert_eq!(sound("smith").as_deref(), Some("~SM0"));
        assert_ne!(sound("smith"), sound("jones"));
        assert_eq!(sound("42"), None);
        assert_eq!(sound("олена"), None);
    }

    #[test]
    fn what_is_stored_holds_words_and_sounds() {
        assert_eq!(
            searchable("Ann", Some("Anne"), "Smith"),
            ["ann", "anne", "smith", "~AN", "~SM0"]
        );
    }

    #[test]
    fn one_name_is_enough() {
        assert_eq!(full("Ada", "Moss"), "Ada Moss");
        assert_eq!(family_first("Ada", "Moss"), "Moss, Ada");
        for (given, family) in [("Suharto", ""), ("", "Suharto")] {
            assert_eq!(full(given, family), "Suharto");
            assert_eq!(family_first(given, family), "Suharto");
            assert_eq!(sort_name(given, family).trim_end(), "suharto");
        }
    }

    #[test]
    fn one_child_in_two_lists() {
        let born = NaiveDate::from_ymd_opt(2015, 4, 3).unwrap();
        assert_eq!(
            match_key("Anne-Marie", "O'Brien", born),
            "obrien|annemarie|2015-04-03"
        );
        assert_eq!(
            match_key("ANNE MARIE", "O Brien", born),
            match_key("Annemarie", "OBRIEN", born)
        );
        assert_eq!(sort_name("Anne-Marie", "O'Brien"), "obrien anne marie");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(name in "\\PC{0,30}") {
            let folded = fold(&name);
            prop_assert_eq!(fold(&folded), folded.clone());
            prop_assert!(!folded.starts_with(' ') && !folded.ends_with(' ') && !folded.contains("  "));
            prop_assert!(!folded.contains(SOUND));
        }

        #[test]
        fn no_name_makes_it_panic(given in "\\PC{0,30}", family in "[a-zA-Z' -]{0,30}|\\PC{0,30}") {
            let born = NaiveDate::from_ymd_opt(2015, 4, 3).unwrap();
            let _ = searchable(&given, Some(&family), &family);
            let _ = (sort_name(&given, &family), match_key(&given, &family, born), sound(&given));
        }

        #[test]
        fn no_word_makes_it_panic(word in "[a-z]{0,20}") {
            let _ = sound(&word);
        }

        #[test]
        fn the_quick_way_gives_the_same(name in "[ -~]{0,30}") {
            let mut slow = String::new();
            for letter in name.chars().filter(|letter| !vanishes(*letter)).nfkd() {
                push_any(&mut slow, letter);
            }
            prop_assert_eq!(fold(&name), slow.trim_end());
        }
    }
}
