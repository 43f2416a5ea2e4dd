//! What became of a list, for the person who sent it.

use serde::{Deserialize, Serialize};

pub use super::account::Counts;
use super::account::Fate;
pub use super::note::{Kind, RowNote};

use crate::intake::csv::heading::Use;
use crate::intake::csv::mapping::is_same_heading;
use crate::intake::csv::sheet::Sheet;
use crate::intake::limits::MOST_NOTES;
use crate::rules::identifiers::Reference;

/// How many remarks are kept with an import; the refused rows are all kept, as a file.
const KEPT: usize = 1_000;

/// What became of a list.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The reference under which it is kept, unless it was only a trial.
    pub reference: Option<Reference>,
    /// How many rows of each kind.
    pub counts: Counts,
    /// What there is to say about single rows, in the order of the file.
    pub told: Vec<RowNote>,
    /// The headings as they were understood.
    pub headings: Vec<HeadingRead>,
    /// How the file was written: "UTF-8, comma".
    pub written_as: String,
    /// What there is to say about the file as a whole, each a sentence.
    pub notices: Vec<String>,
    /// The refused rows, as a file to mend and send again.
    pub refused_csv: String,
}

/// A heading and what it was read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadingRead {
    /// As it stands in the file.
    pub text: String,
    /// What it was read as; none when the column was not read.
    pub read_as: Option<String>,
    /// What an earlier column was read as already, so that this one was not read.
    #[serde(default)]
    pub repeats: Option<String>,
    /// Whether Hearth does not know it.
    pub unknown: bool,
    /// The key of what a person said it means; empty when nobody did.
    #[serde(default)]
    pub said: String,
}

/// What is kept of a report in the database.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) counts: Counts,
    pub(super) told: Vec<RowNote>,
    pub(super) headings: Vec<HeadingRead>,
    pub(super) written_as: String,
    #[serde(default)]
    pub(super) notices: Vec<String>,
}

impl Report {
    pub(super) fn kept(&self) -> Kept {
        Kept {
            counts: self.counts,
            told: self.told.iter().take(KEPT).cloned().collect(),
            headings: self.headings.clone(),
            written_as: self.written_as.clone(),
            notices: self.notices.clone(),
        }
    }

    /// Counts a row and adds what there is to say about it, as whoever sent the list reads it.
    pub(super) fn tell(&mut self, fate: &Fate) {
        self.counts.count(fate.told_as());
        self.note_all(fate.told().iter().cloned());
    }

    /// Adds what there is to say about rows, as much as anybody reads.
    pub(super) fn note_all(&mut self, notes: impl IntoIterator<Item = RowNote>) {
        let room = MOST_NOTES.saturating_sub(self.told.len());
        self.told.extend(notes.into_iter().take(room));
    }

    /// Adds what became of one authority's rows.
    pub(super) fn add(&mut self, other: &Self) {
        self.counts.add(&other.counts);
        self.told.extend(other.told.iter().cloned());
    }

    /// Says how the file was understood.
    pub(super) fn describe(&mut self, sheet: &Sheet<'_>) {
        self.written_as = sheet.written_as.to_string();
        self.notices.clone_from(&sheet.notices);
        let named = sheet
            .headings
            .iter()
            .filter(|heading| !heading.text.is_empty());
        self.headings = named
            .map(|heading| HeadingRead {
                text: heading.text.clone(),
                read_as: match heading.used {
                    Use::Read(column) => Some(column.label().to_owned()),
                    Use::Repeats(_) | Use::Ignored | Use::Unknown => None,
                },
                repeats: match heading.used {
                    Use::Repeats(column) if !column.is_ours() => Some(column.label().to_owned()),
                    _ => None,
                },
                unknown: heading.used == Use::Unknown,
                said: heading
                    .said
                    .map(|said| said.key().to_owned())
                    .unwrap_or_default(),
            })
            .collect();
    }

    /// Headings whose meaning a person has said or may say, each once: a mapping is by the words of a heading.
    pub fn headings_to_map(&self) -> impl Iterator<Item = &HeadingRead> {
        self.headings
            .iter()
            .enumerate()
            .filter_map(|(place, heading)| {
                let is_asked = heading.unknown || !heading.said.is_empty();
                let earlier = self.headings.get(..place).unwrap_or_default();
                let is_first = !earlier
                    .iter()
                    .any(|other| is_same_heading(&other.text, &heading.text));
                (is_asked && is_first).then_some(heading)
            })
    }

    /// Headings of columns that were not read though nobody said so, each with the reason.
    pub fn headings_passed_over(&self) -> impl Iterator<Item = (&str, String)> {
        self.headings.iter().filter_map(|heading| {
            let why = match &heading.repeats {
                Some(column) => format!("an earlier column is read as {column}"),
                None if heading.unknown => "not known".to_owned(),
                None => return None,
            };
            Some((heading.text.as_str(), why))
        })
    }
}
