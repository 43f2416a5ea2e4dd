//! What a heading means: exact words after tidying, never a guess, because a guess could put one date in another's place.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::column::Column;
use super::words::phrases;

/// The meaning of a heading, or `None` when Hearth does not know it.
///
/// Case, punctuation, spacing, brackets and plurals do not count, nor a leading "Child's" or "Pupil".
pub fn meaning(heading: &str) -> Option<Column> {
    /// Bytes of the longest heading that says something; cells without a date of birth are asked too.
    const LONGEST: usize = 200;
    if heading.len() > LONGEST {
        return None;
    }
    let words = words(heading);
    meaning_of_words(&words).or_else(|| {
        let outside = words_outside_brackets(heading);
        if outside == words {
            None
        } else {
            meaning_of_words(&outside)
        }
    })
}

fn meaning_of_words(words: &[String]) -> Option<Column> {
    if let Some(column) = CHILD.get(&words.concat()) {
        return Some(*column);
    }
    if is_of_a_parent(words) {
        return meaning_for_parent(words);
    }
    let without_child: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !CHILD_WORDS.contains(word))
        .collect();
    CHILD.get(&without_child.concat()).copied()
}

/// Words that only say whose the column is, when it is the child's, and small words between.
const CHILD_WORDS: &[&str] = &[
    "child", "pupil", "student", "learner", "cyp", "yp", "of", "the", "s", "children",
];

const OF_A_CHILD: &str = include_str!("words/headings.txt");
const OF_A_PARENT: &str = include_str!("words/headings_of_a_parent.txt");

static CHILD: LazyLock<HashMap<String, Column>> = LazyLock::new(|| index(OF_A_CHILD));
static PARENT: LazyLock<HashMap<String, Column>> = LazyLock::new(|| index(OF_A_PARENT));

fn index(file: &'static str) -> HashMap<String, Column> {
    let columns =
        phrases(file).filter_map(|(key, phrase)| Some((words(phrase).concat(), key.parse().ok()?)));
    columns.collect()
}

/// "Parent 1", "PG1", "Mother", "Contact 2": whose column it is when it is not the child's.
fn is_parent_word(word: &str) -> bool {
    matches!(
        word,
        "parent" | "carer" | "guardian" | "pg" | "mother" | "mum" | "father" | "dad" | "parental"
    )
}

/// Whether words are about a parent: one says so, or it is a contact with a number.
fn is_of_a_parent(words: &[String]) -> bool {
    let is_contact = |pair: &[String]| matches!(pair, [word, number] if word == "contact" && number_of(number).is_some());
    words.iter().any(|word| is_parent_word(word)) || words.windows(2).any(is_contact)
}

fn number_of(word: &str) -> Option<usize> {
    match word {
        "1" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        "4" => Some(4),
        _ => None,
    }
}

fn meaning_for_parent(words: &[String]) -> Option<Column> {
    let mut detail = String::new();
    let mut number = None;
    for (place, word) in words.iter().enumerate() {
        let next = words.get(place + 1).map(String::as_str);
        let is_before_name = matches!(next, Some("name" | "forename"));
        match word.as_str() {
            word if number_of(word).is_some() => number = number_of(word),
            "contact" if next.is_some_and(|next| number_of(next).is_some()) => {}
            "first" | "second" if is_before_name => detail.push_str(word),
            "first" => number = number.or(Some(1)),
            "second" => number = number.or(Some(2)),
            "third" => number = number.or(Some(3)),
            "fourth" => number = number.or(Some(4)),
            "of" | "the" | "or" | "and" | "s" | "legal" => {}
            word if is_parent_word(word) => {}
            word => detail.push_str(word),
        }
    }
    let is_father = words.iter().any(|word| word == "father" || word == "dad");
    let column = if detail.is_empty() {
        Column::Parent1Name
    } else {
        *PARENT.get(&detail)?
    };
    Some(column.of_parent(number.unwrap_or(1 + usize::from(is_father))))
}

/// Whether a label of a group of columns says that they are a child's: "Child", "Pupil details".
pub(super) fn belongs_to_a_child(label: &str) -> bool {
    let words = words(label);
    let is_known = |word: &String| CHILD_WORDS.contains(&word.as_str()) || is_general(word);
    !words.is_empty() && words.iter().all(is_known)
}

/// Whether a label of a group of columns says that they are a parent's: "Parent 1", "Mother", "Contact 2 details".
pub(super) fn belongs_to_a_parent(label: &str) -> bool {
    let words = words(label);
    let is_known = |word: &String| {
        is_parent_word(word)
            || is_general(word)
            || number_of(word).is_some()
            || matches!(
                word.as_str(),
                "contact" | "first" | "second" | "third" | "fourth" | "or" | "legal" | "s"
            )
    };
    is_of_a_parent(&words) && words.iter().all(is_known)
}

/// Words that say nothing about whose a column is.
fn is_general(word: &str) -> bool {
    matches!(
        word,
        "detail"
            | "information"
            | "info"
            | "data"
            | "personal"
            | "basic"
            | "general"
            | "key"
            | "main"
            | "date"
            | "and"
    )
}

/// The words of a heading: lower case, split at punctuation, digits and capitals ("PG1Name", "dateOfBirth"), plurals
/// made singular, dots and apostrophes dropped ("D.O.B.", "Child's").
fn words(heading: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut last = Kind::Other;
    for letter in heading.chars() {
        if matches!(letter, '.' | '\'' | '’' | '‘') {
            continue;
        }
        let kind = Kind::of(letter);
        let starts_word = kind != last && !(last == Kind::Upper && kind == Kind::Lower);
        if starts_word && !word.is_empty() {
            words.push(singular(std::mem::take(&mut word)));
        }
        if kind != Kind::Other {
            word.extend(letter.to_lowercase());
        }
        last = kind;
    }
    if !word.is_empty() {
        words.push(singular(word));
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Digit,
    Other,
}

impl Kind {
    fn of(letter: char) -> Self {
        match letter {
            _ if letter.is_numeric() => Self::Digit,
            _ if letter.is_uppercase() => Self::Upper,
            _ if letter.is_alphabetic() => Self::Lower,
            _ => Self::Other,
        }
    }
}

fn singular(mut word: String) -> String {
    let is_plural =
        word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
    if is_plural {
        word.pop();
    }
    word
}

fn words_outside_brackets(heading: &str) -> Vec<String> {
    let mut depth = 0usize;
    let mut outside = String::new();
    for letter in heading.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    words(&outside)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use Column::*;

    #[test]
    fn knows_the_headings_of_real_exports() {
        for (heading, column) in [
            ("Forename", GivenNames),
            ("First name", GivenNames),
            ("Given name(s)", GivenNames),
            ("Pupil Forename", GivenNames),
            ("CHILD'S FIRST NAMES", GivenNames),
            ("Legal Surname", FamilyName),
            ("Child: Surname", FamilyName),
            ("Name of child", FullName),
            ("Child’s name", FullName),
            ("Surname, Forename", FullNameFamilyFirst),
            ("D.O.B.", DateOfBirth),
            ("DOB (dd/mm/yyyy)", DateOfBirth),
            ("dateOfBirth", DateOfBirth),
            ("Birth_Date", DateOfBirth),
            ("Date of\nBirth", DateOfBirth),
            ("Post Code", Postcode),
            ("Gender", Sex),
            ("EHE Start Date", RegisteredOn),
            ("Date parent notified LA", RegisteredOn),
            ("Date notified", RegisteredOn),
            ("NCY", YearGroup),
            ("Base/School left", PreviousSchool),
            ("PG1 Name", Parent1Name),
            ("PG2Surname", Parent2Family),
            ("Parent/Carer 2 First Name", Parent2Given),
            ("Parent first name", Parent1Given),
            ("First parent name", Parent1Name),
            ("Mother's Email", Parent1Email),
            ("Father mobile no.", Parent2Phone),
            ("Parent 3 name", Parent3Name),
            ("Third parent's email", Parent3Email),
            ("PG4 Surname", Parent4Family),
            ("Contact 1", Parent1Name),
            ("Contact 2 mobile", Parent2Phone),
            ("Contact 3", Parent3Name),
            ("Contact 3 Telephone No", Parent3Phone),
            ("Contact4Email", Parent4Email),
            ("Contact 3 contact number", Parent3Phone),
            ("Name of parent(s)", Parent1Name),
            ("Parent/Guardian", Parent1Name),
            ("Email of parent", Parent1Email),
            ("Date of last visit", LastVisitOn),
            ("Date child last seen", LastSeenOn),
            ("NHS No", NhsNumber),
            ("U.P.N", Upn),
            ("Address Line 2", AddressLine2),
            ("Ethnic Origin", Ethnicity),
            ("LA code", LaCode),
            ("Line in the file", LineInTheFile),
        ] {
            assert_eq!(meaning(heading), Some(column), "{heading}");
        }
    }

    #[test]
    fn never_guesses() {
        for heading in [
            "Parent DOB",
            "Mother's date of birth",
            "Date of last contact",
            "Sibling name",
            "Emergency contact",
            "Parent 5 name",
            "Contact 5",
            "Contact 12 name",
            "Next review date",
            "Date",
            "Doctor's surname",
            "Consent",
            "",
            "12/03/2015",
            "Current school place offered",
        ] {
            assert_eq!(meaning(heading), None, "{heading}");
        }
    }

    #[test]
    fn gives_every_phrase_one_known_column() {
        for file in [OF_A_CHILD, OF_A_PARENT] {
            let mut seen: HashMap<String, &str> = HashMap::new();
            for (key, phrase) in phrases(file) {
                assert!(key.parse::<Column>().is_ok(), "{key}");
                let other = seen.insert(words(phrase).concat(), key).unwrap_or(key);
                assert_eq!(other, key, "{phrase}");
            }
        }
    }
}
