//! The words that real lists use for statuses, reasons, needs and relations, and the codes they stand for.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::rules::codes::{
    ClosureReason, Ethnicity, PreviousSetting, PrimaryReason, Relationship, SenProvision, SenType,
    Sex, UnknownCode,
};

/// How a child of the list stands, as the list says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportedStatus {
    /// An enquiry or a notification that nobody has dealt with yet.
    Notified,
    Open,
    /// Home educated now, with a school attendance order.
    OpenUnderAttendanceOrder,
    /// Home educated as far as known; nobody knows where.
    WhereaboutsUnknown,
    /// No longer home educated here, with the reason when the list gives one.
    Closed(Option<ClosureReason>),
}

impl ImportedStatus {
    /// Whether checks are owed.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed(_))
    }
}

impl FromStr for ImportedStatus {
    type Err = UnknownCode;

    /// The keys of `words/status.txt`: a state, or the reason for which a case closed.
    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Ok(match key {
            "notified" => Self::Notified,
            "open" => Self::Open,
            "under_attendance_order" => Self::OpenUnderAttendanceOrder,
            "whereabouts_unknown" => Self::WhereaboutsUnknown,
            "closed" => Self::Closed(None),
            reason => Self::Closed(Some(reason.parse()?)),
        })
    }
}

type Index<Code> = LazyLock<HashMap<String, Code>>;

/// The phrases of a file of words, folded, with the codes their keys stand for.
fn index<Code: Copy + FromStr>(file: &'static str) -> HashMap<String, Code> {
    let codes =
        phrases(file).filter_map(|(key, phrase)| Some((letters(phrase), key.parse().ok()?)));
    codes.collect()
}

/// The phrases of a file of words with the keys and labels of the whole code list.
macro_rules! index_of_list {
    ($list:ident, $file:expr) => {
        LazyLock::new(|| {
            let mut index = index::<$list>($file);
            index.extend($list::ALL.iter().flat_map(|code| {
                [
                    (letters(code.as_str()), *code),
                    (letters(code.label()), *code),
                ]
            }));
            index
        })
    };
}

const STATUS_FILE: &str = include_str!("words/status.txt");

static STATUSES: Index<ImportedStatus> = LazyLock::new(|| index(STATUS_FILE));
static CLOSURES: Index<ClosureReason> = index_of_list!(ClosureReason, "");
static REASONS: Index<PrimaryReason> =
    index_of_list!(PrimaryReason, include_str!("words/reason.txt"));
static SENS: Index<SenProvision> = index_of_list!(SenProvision, include_str!("words/sen.txt"));
static SEN_TYPES: Index<SenType> = index_of_list!(SenType, include_str!("words/sen_type.txt"));
static ETHNICITIES: Index<Ethnicity> =
    index_of_list!(Ethnicity, include_str!("words/ethnicity.txt"));
static SETTINGS: Index<PreviousSetting> =
    index_of_list!(PreviousSetting, include_str!("words/previous_setting.txt"));
static RELATIONSHIPS: Index<Relationship> =
    index_of_list!(Relationship, include_str!("words/relationship.txt"));
static SEXES: Index<Sex> = index_of_list!(Sex, include_str!("words/sex.txt"));

/// The keys and phrases of a file of words: a key on a line of its own, its phrases indented below, `|` between them.
pub(super) fn phrases(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = file
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let keyed = lines.scan("", |key, line| {
        if !line.starts_with(' ') {
            *key = line.trim();
            return Some((*key, ""));
        }
        Some((*key, line))
    });
    let each =
        keyed.flat_map(|(key, line)| line.split('|').map(move |phrase| (key, phrase.trim())));
    each.filter(|(_, phrase)| !phrase.is_empty())
}

/// Only letters and digits, small: "SEN - Support" and "sen_support" are one.
pub(super) fn letters(words: &str) -> String {
    let mut folded = String::with_capacity(words.len());
    for letter in words.chars() {
        // Nearly every letter of a list takes the first way, and it costs a tenth of the second.
        if letter.is_ascii_alphanumeric() {
            folded.push(letter.to_ascii_lowercase());
        } else if letter.is_alphanumeric() {
            folded.extend(letter.to_lowercase());
        }
    }
    folded
}

fn look_up<Code: Copy>(index: &HashMap<String, Code>, words: &str) -> Option<Code> {
    index
        .get(&letters(words))
        .copied()
        .or_else(|| index.get(&letters(code_before_dash(words)?)).copied())
}

/// "K - SEN support", "WBRI: White British": the code that a system writes before its own words.
fn code_before_dash(words: &str) -> Option<&str> {
    let (code, _) = words
        .split_once([' ', ':'])
        .filter(|(_, rest)| rest.trim_start().starts_with('-') || words.contains(": "))?;
    Some(code)
}

/// What a word says about how the child stands; never a guess.
pub fn status(words: &str) -> Option<ImportedStatus> {
    STATUSES.get(&letters(words)).copied()
}

/// The words for statuses, the first two of each kind, for the person who has to choose one.
pub fn statuses_understood() -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut last = ("", 0);
    for (key, phrase) in phrases(STATUS_FILE) {
        last = if key == last.0 {
            (key, last.1 + 1)
        } else {
            (key, 1)
        };
        if last.1 <= 2 {
            words.push(phrase);
        }
    }
    words.join(", ")
}

/// A reason for closing: its key, its label, or a status that carries one ("returned to school").
pub fn closure_reason(words: &str) -> Option<ClosureReason> {
    look_up(&CLOSURES, words).or(match status(words)? {
        ImportedStatus::Closed(reason) => reason,
        _ => None,
    })
}

/// A reason for home education.
pub fn reason(words: &str) -> Option<PrimaryReason> {
    look_up(&REASONS, words)
}

/// SEN provision, old codes included (S statement, A and P school action).
pub fn sen(words: &str) -> Option<SenProvision> {
    look_up(&SENS, words)
}

/// A type of special educational need.
pub fn sen_type(words: &str) -> Option<SenType> {
    look_up(&SEN_TYPES, words)
}

/// Ethnicity, by code or words.
pub fn ethnicity(words: &str) -> Option<Ethnicity> {
    look_up(&ETHNICITIES, words)
}

/// The kind of place where the child was before.
pub fn previous_setting(words: &str) -> Option<PreviousSetting> {
    look_up(&SETTINGS, words)
}

/// Who an adult is to the child.
pub fn relationship(words: &str) -> Option<Relationship> {
    look_up(&RELATIONSHIPS, words)
}

/// Sex.
pub fn sex(words: &str) -> Option<Sex> {
    look_up(&SEXES, words)
}

/// "Yes", "Y", "no".
pub fn yes_or_no(words: &str) -> Option<bool> {
    match letters(words).as_str() {
        "y" | "yes" | "true" | "1" | "x" => Some(true),
        "n" | "no" | "none" | "false" | "0" | "na" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn understands_statuses_and_refuses_slips() {
        assert_eq!(status("Current"), Some(ImportedStatus::Open));
        assert_eq!(
            status("OVER-AGE"),
            Some(ImportedStatus::Closed(Some(
                ClosureReason::LeftCompulsoryAge
            )))
        );
        assert_eq!(
            status("sao"),
            Some(ImportedStatus::OpenUnderAttendanceOrder)
        );
        assert_eq!(status("enquiry"), Some(ImportedStatus::Notified));
        assert_eq!(status("acitve"), None);
        assert!(statuses_understood().contains("current, active"));
        assert_eq!(
            closure_reason("Returned to school"),
            Some(ClosureReason::ReturnedToSchool)
        );
    }

    #[test]
    fn understands_codes_labels_and_common_words() {
        assert_eq!(
            reason("dissatisfied_school"),
            Some(PrimaryReason::DissatisfactionGeneral)
        );
        assert_eq!(
            reason("sen_unmet"),
            Some(PrimaryReason::DissatisfactionSend)
        );
        assert_eq!(
            reason("School dissatisfaction - bullying"),
            Some(PrimaryReason::DissatisfactionBullying)
        );
        assert_eq!(
            reason("awaiting_place"),
            Some(PrimaryReason::NoSuitablePlace)
        );
        assert_eq!(
            reason("exclusion_risk"),
            Some(PrimaryReason::RiskOfExclusion)
        );
        assert_eq!(sen("K - SEN Support"), Some(SenProvision::Support));
        assert_eq!(sen("ehcp"), Some(SenProvision::Ehcp));
        assert_eq!(
            ethnicity("WBRI: White British"),
            Some(Ethnicity::WhiteBritish)
        );
        assert_eq!(ethnicity("White - Irish"), Some(Ethnicity::WhiteIrish));
        assert_eq!(sen_type("ASC"), Some(SenType::Autism));
        assert_eq!(sex("Girl"), Some(Sex::Female));
        assert_eq!(relationship("Mum"), Some(Relationship::Mother));
        assert_eq!(
            previous_setting("PRU"),
            Some(PreviousSetting::PupilReferralUnit)
        );
        assert_eq!(reason("because"), None);
    }

    #[test]
    fn gives_every_word_one_known_code() {
        fn check<Code: Copy + FromStr>(file: &'static str) {
            let mut seen: HashMap<String, &str> = HashMap::new();
            for (key, phrase) in phrases(file) {
                assert!(key.parse::<Code>().is_ok(), "{key}");
                let other = seen.insert(letters(phrase), key).unwrap_or(key);
                assert_eq!(other, key, "{phrase}");
            }
            assert!(!seen.is_empty());
        }
        check::<ImportedStatus>(STATUS_FILE);
        check::<PrimaryReason>(include_str!("words/reason.txt"));
        check::<SenProvision>(include_str!("words/sen.txt"));
        check::<SenType>(include_str!("words/sen_type.txt"));
        check::<Ethnicity>(include_str!("words/ethnicity.txt"));
        check::<PreviousSetting>(include_str!("words/previous_setting.txt"));
        check::<Relationship>(include_str!("words/relationship.txt"));
        check::<Sex>(include_str!("words/sex.txt"));
    }
}
