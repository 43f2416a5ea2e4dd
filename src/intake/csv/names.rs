//! Names as lists hold them, made fit to be read: spaces folded, capitals tamed, one cell divided into two names.

use super::words::letters;

/// A name with its spaces folded; all capitals or all small letters become ordinary capitals, mixed case is kept,
/// because "McKenzie", "van der Berg" and "DeShawn" are spelt by their bearers.
pub fn tidy(name: &str) -> String {
    let mut tidied = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !tidied.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    let has_upper = tidied.chars().any(char::is_uppercase);
    let has_lower = tidied.chars().any(char::is_lowercase);
    if has_upper && has_lower {
        tidied
    } else {
        with_capitals(&tidied)
    }
}

/// "SMITH-JONES" to "Smith-Jones", "O'BRIEN" to "O'Brien", "MCKENZIE" to "McKenzie".
fn with_capitals(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    let mut at_start = true;
    let mut letters_in_word = 0;
    for letter in name.chars() {
        if letter.is_alphabetic() {
            let is_capital = at_start || (letters_in_word == 2 && written.ends_with("Mc"));
            if is_capital {
                written.extend(letter.to_uppercase())
            } else {
                written.extend(letter.to_lowercase())
            }
            letters_in_word += 1;
            at_start = false;
            continue;
        }
        // After "O'" and "D'" a capital follows; after "Ma'" none.
        at_start = !(matches!(letter, '\'' | '’') && letters_in_word > 1);
        letters_in_word = 0;
        written.push(letter);
    }
    written
}

/// Whether these words are a name: letters, and neither digits nor an at sign nor a lone quotation mark nor a word that
/// says there is none.
pub fn is_name(words: &str) -> bool {
    const MOST_LETTERS: usize = 200;
    words.chars().any(char::is_alphabetic)
        && !words.contains(|letter: char| letter.is_ascii_digit() || letter == '@')
        && !words.starts_with('#')
        && words.matches('"').count().is_multiple_of(2)
        && !says_no_name(words)
        && words.len() <= MOST_LETTERS
}

/// Words that stand for a name nobody knows. Fewer than in [`says_nothing`]: Na, Blank, Null and None are surnames.
pub fn says_no_name(cell: &str) -> bool {
    const FILLERS: &[&str] = &[
        "",
        "unknown",
        "notknown",
        "notgiven",
        "notrecorded",
        "tbc",
        "tba",
        "xxx",
    ];
    FILLERS.contains(&letters(cell).as_str()) || cell.eq_ignore_ascii_case("n/a")
}

/// "N/A", "not known", "-", "tbc": a cell that is filled to say that there is nothing.
pub fn says_nothing(cell: &str) -> bool {
    const LONGEST: usize = 24;
    if cell.len() > LONGEST {
        return !cell.contains(char::is_alphanumeric);
    }
    let letters = letters(cell);
    if letters.is_empty() {
        return true;
    }
    matches!(
        letters.as_str(),
        "na" | "nk"
            | "nil"
            | "null"
            | "none"
            | "notknown"
            | "unknown"
            | "unk"
            | "notavailable"
            | "notapplicable"
            | "tbc"
            | "tba"
            | "notgiven"
            | "notrecorded"
            | "notprovided"
            | "blank"
            | "missing"
            | "noaddress"
            | "addressunknown"
            | "addressnotknown"
            | "postcodeunknown"
            | "noinformation"
            | "notyetknown"
            | "xxx"
    )
}

/// "9.43E+09": a number that a spreadsheet program shortened to a power of ten, so that its last digits are gone.
pub fn lost_digits(cell: &str) -> bool {
    let Some((digits, power)) = cell.split_once(['e', 'E']) else {
        return false;
    };
    let is_number = |text: &str, others: &[char]| {
        text.contains(|letter: char| letter.is_ascii_digit())
            && text
                .chars()
                .all(|letter| letter.is_ascii_digit() || others.contains(&letter))
    };
    is_number(digits.trim(), &['.', ',']) && is_number(power.trim(), &['+', '-'])
}

/// "#REF!": what a spreadsheet program shows where it could not work a cell out, or where the column was too narrow.
pub fn was_not_worked_out(cell: &str) -> bool {
    matches!(
        cell,
        "#REF!"
            | "#VALUE!"
            | "#NAME?"
            | "#DIV/0!"
            | "#NUM!"
            | "#NULL!"
            | "#SPILL!"
            | "#CALC!"
            | "Err:502"
            | "Err:508"
            | "Err:522"
    ) || (cell.len() >= 3 && cell.bytes().all(|byte| byte == b'#'))
}

/// "Ava & Eva": two children in one cell, of whom one would be nowhere.
pub fn names_two(cell: &str) -> bool {
    let mut words = cell.split_whitespace().skip(1);
    cell.contains(['&', '+', '/', ';', '\n']) || words.any(|word| word.eq_ignore_ascii_case("and"))
}

/// A name from one cell, divided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Divided<'n> {
    /// What stands before the family name, or after the comma.
    pub given: &'n str,
    pub family: &'n str,
    /// What stood in brackets: the name the child goes by.
    pub known_as: Option<&'n str>,
    /// No comma and more than two words: where the family name begins was decided by the rule "the last word".
    pub is_guess: bool,
}

/// Divides "Smith, Robert (Bob)", "Robert Smith" and "SMITH Robert"; `family_first` is what the heading says about the
/// order when there is no comma.
pub fn divide(name: &str, family_first: bool) -> Divided<'_> {
    let (name, known_as) = without_brackets(name);
    if let Some((family, given)) = name.split_once(',') {
        return Divided {
            given: given.trim(),
            family: family.trim(),
            known_as,
            is_guess: false,
        };
    }
    let words = name.split_whitespace().count();
    let first_end = name.find(char::is_whitespace).unwrap_or(name.len());
    let (first, after_first) = name.split_at_checked(first_end).unwrap_or((name, ""));
    let rest_has_lower = after_first.chars().any(char::is_lowercase);
    let first_is_capitals = first.chars().count() > 1 && !first.chars().any(char::is_lowercase);
    if family_first || (first_is_capitals && rest_has_lower) {
        return Divided {
            given: after_first.trim(),
            family: first,
            known_as,
            is_guess: words > 2,
        };
    }
    let family_start = family_start(name);
    let (given, family) = name.split_at_checked(family_start).unwrap_or((name, ""));
    Divided {
        given: given.trim(),
        family: family.trim(),
        known_as,
        is_guess: words > 2,
    }
}

/// Where the last word begins, or the small words that belong to it ("van der Berg", "de Souza").
fn family_start(name: &str) -> usize {
    const PARTICLES: &[&str] = &[
        "van", "von", "der", "den", "de", "da", "del", "della", "di", "la", "le", "dos", "al",
        "el", "bin", "ter",
    ];
    let mut start = last_word(name);
    while let Some(before) = name.get(..start).map(str::trim_end) {
        let word_start = last_word(before);
        let word = before.get(word_start..).unwrap_or_default();
        if word_start == 0 || !PARTICLES.contains(&word.to_lowercase().as_str()) {
            break;
        }
        start = word_start;
    }
    start
}

/// The byte at which the last word begins.
fn last_word(words: &str) -> usize {
    let space = words
        .char_indices()
        .rfind(|(_, letter)| letter.is_whitespace());
    space.map_or(0, |(at, letter)| at + letter.len_utf8())
}

/// "Robert (Bob)" to "Robert" and "Bob"; brackets in the middle are left alone.
pub fn without_brackets(name: &str) -> (&str, Option<&str>) {
    let name = name.trim();
    let Some(inside) = name.strip_suffix(')') else {
        return (name, None);
    };
    match inside.rsplit_once('(') {
        Some((before, known_as)) if !before.trim().is_empty() => (
            before.trim(),
            Some(known_as.trim()).filter(|known_as| !known_as.is_empty()),
        ),
        _ => (name, None),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn tames_capitals_and_keeps_spellings() {
        for (given, tidied) in [
            ("  ANNE   MARIE ", "Anne Marie"),
            ("SMITH-JONES", "Smith-Jones"),
            ("O'BRIEN", "O'Brien"),
            ("Ó'DÁLAIGH", "Ó'Dálaigh"),
            ("MCKENZIE", "McKenzie"),
            ("MACDONALD", "Macdonald"),
            ("ST. JOHN", "St. John"),
            ("jo", "Jo"),
            ("van der Berg", "van der Berg"),
            ("DeShawn", "DeShawn"),
            ("ŁUKASIK", "Łukasik"),
            ("李", "李"),
        ] {
            assert_eq!(tidy(given), tidied);
        }
    }

    #[test]
    fn divides_one_cell() {
        let parts = |name, family_first| {
            let Divided {
                given,
                family,
                known_as,
                is_guess,
            } = divide(name, family_first);
            (given, family, known_as, is_guess)
        };
        assert_eq!(
            parts("Smith, Robert (Bob)", false),
            ("Robert", "Smith", Some("Bob"), false)
        );
        assert_eq!(
            parts("Robert Smith", false),
            ("Robert", "Smith", None, false)
        );
        assert_eq!(
            parts("Mary Anne Smith", false),
            ("Mary Anne", "Smith", None, true)
        );
        assert_eq!(
            parts("Anna van der Berg", false),
            ("Anna", "van der Berg", None, true)
        );
        assert_eq!(
            parts("SMITH Robert", false),
            ("Robert", "SMITH", None, false)
        );
        assert_eq!(
            parts("Smith Robert", true),
            ("Robert", "Smith", None, false)
        );
        assert_eq!(parts("Madonna", false), ("", "Madonna", None, false));
        assert_eq!(parts("", false), ("", "", None, false));
        assert_eq!(
            parts("Ada\u{a0}Smith", false),
            ("Ada", "Smith", None, false)
        );
    }

    #[test]
    fn tells_names_from_fillers() {
        assert!(
            is_name("Na")
                && is_name("Null")
                && is_name("O’Brien")
                && is_name("Nk'ra Neil")
                && is_name("Ó")
        );
        assert!(
            !is_name("unknown")
                && !is_name("N/A")
                && !is_name("-")
                && !is_name("\"Old Mill")
                && !is_name("12 High Street")
                && !is_name("a@b.c")
        );
    }
}
