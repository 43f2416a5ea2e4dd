//! Headings mapped by hand: what a person says a column means comes before what Hearth would read it as.

use thiserror::Error;

use super::column::{Column, UnknownColumn};

/// Why an entry such as `--map "Kid's name=full_name"` cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MappingProblem {
    /// No equals sign, or nothing before it.
    #[error(
        "‘{0}’ is not a mapping. Write the heading, an equals sign and a column, for example \"Kid's name=full_name\""
    )]
    NotAPair(String),
    /// The part after the equals sign names no column.
    #[error(transparent)]
    UnknownColumn(#[from] UnknownColumn),
    /// The same heading twice.
    #[error("The heading ‘{0}’ is mapped twice")]
    Twice(String),
    /// A mapping for a heading that the file does not have.
    #[error("The file has no heading ‘{heading}’. It has: {found}")]
    NotInTheFile {
        /// The heading as the person wrote it.
        heading: String,
        /// The headings of the file.
        found: String,
    },
}

/// What a heading is taken to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Column(Column),
    /// Nothing: the column is not to be read.
    Ignored,
}

impl Meaning {
    /// The key by which a person says it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Column(column) => column.as_str(),
            Self::Ignored => IGNORE,
        }
    }
}

/// The key that says a column is not to be read.
pub const IGNORE: &str = "ignore";

/// Headings mapped by hand, and on which sheet of a workbook they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    entries: Vec<(String, Meaning)>,
    sheet: Option<String>,
}

impl Mapping {
    /// Reads entries such as `Kid's name=full_name`, or `Other notes=ignore`. The last equals sign divides, so that a
    /// heading may hold one.
    ///
    /// # Errors
    /// The first entry that is not a pair, names no column, or repeats a heading.
    pub fn parse<S: AsRef<str>>(
        entries: impl IntoIterator<Item = S>,
    ) -> Result<Self, MappingProblem> {
        let mut mapping = Self::default();
        for entry in entries {
            let entry = entry.as_ref();
            let pair = entry
                .rsplit_once('=')
                .filter(|(heading, _)| !heading.trim().is_empty());
            let (heading, key) = pair.ok_or_else(|| MappingProblem::NotAPair(entry.to_owned()))?;
            mapping.add(heading, key)?;
        }
        Ok(mapping)
    }

    /// The entries as [`Mapping::parse`] reads them.
    pub fn entries(&self) -> impl Iterator<Item = String> {
        let entries = self.entries.iter();
        entries.map(|(heading, meaning)| format!("{heading}={}", meaning.key()))
    }

    /// Adds one heading and the key of its column, or `ignore`.
    ///
    /// # Errors
    /// The key names no column, or the heading is there already.
    pub fn add(&mut self, heading: &str, key: &str) -> Result<(), MappingProblem> {
        let meaning = if key.trim().eq_ignore_ascii_case(IGNORE) {
            Meaning::Ignored
        } else {
            Meaning::Column(key.parse()?)
        };
        if self.find(heading).is_some() {
            return Err(MappingProblem::Twice(heading.trim().to_owned()));
        }
        self.entries.push((folded(heading), meaning));
        Ok(())
    }

    /// Says which sheet of a workbook to read; nothing leaves it to Hearth.
    #[must_use]
    pub fn on_sheet(mut self, name: &str) -> Self {
        self.sheet = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        self
    }

    /// The sheet that a person named.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// What a person said about this heading; case and spacing do not count.
    pub fn find(&self, heading: &str) -> Option<Meaning> {
        if self.entries.is_empty() {
            return None;
        }
        let wanted = folded(heading);
        self.entries
            .iter()
            .find(|(heading, _)| *heading == wanted)
            .map(|(_, meaning)| *meaning)
    }

    /// Refuses a mapping of a heading that is not among these: a slip of the pen must not go unseen.
    ///
    /// # Errors
    /// [`MappingProblem::NotInTheFile`] for the first such heading.
    pub fn check_against<'h>(
        &self,
        headings: impl Iterator<Item = &'h str>,
    ) -> Result<(), MappingProblem> {
        let headings: Vec<&str> = headings.collect();
        let present: Vec<String> = headings.iter().map(|heading| folded(heading)).collect();
        let missing = self
            .entries
            .iter()
            .find(|(heading, _)| !present.contains(heading));
        match missing {
            None => Ok(()),
            Some((heading, _)) => Err(MappingProblem::NotInTheFile {
                heading: heading.clone(),
                found: headings.join(", "),
            }),
        }
    }
}

/// Whether two headings are one to a mapping: case and spacing do not count.
pub fn is_same_heading(one: &str, other: &str) -> bool {
    folded(one) == folded(other)
}

fn folded(heading: &str) -> String {
    let words: Vec<String> = heading.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn reads_pairs() {
        let mapping =
            Mapping::parse(["Kid's  name=full_name", "a=b=Date of birth", "Junk=ignore"]).unwrap();
        assert_eq!(
            mapping.find("kid's name"),
            Some(Meaning::Column(Column::FullName))
        );
        assert_eq!(
            mapping.find("A=B"),
            Some(Meaning::Column(Column::DateOfBirth))
        );
        assert_eq!(mapping.find("Junk"), Some(Meaning::Ignored));
        assert_eq!(mapping.find("Name"), None);
    }

    #[test]
    fn says_what_is_wrong_with_a_pair() {
        assert!(matches!(
            Mapping::parse(["Name"]),
            Err(MappingProblem::NotAPair(_))
        ));
        assert!(matches!(
            Mapping::parse(["=upn"]),
            Err(MappingProblem::NotAPair(_))
        ));
        assert!(matches!(
            Mapping::parse(["N=upn", "n =sex"]),
            Err(MappingProblem::Twice(_))
        ));
        let unknown = Mapping::parse(["Name=fulname"]).unwrap_err().to_string();
        assert!(
            unknown.contains("‘fulname’") && unknown.contains("full_name, "),
            "{unknown}"
        );
        let absent = Mapping::parse(["Kid=upn"])
            .unwrap()
            .check_against(["Name", "DOB"].into_iter());
        assert_eq!(
            absent.unwrap_err().to_string(),
            "The file has no heading ‘kid’. It has: Name, DOB"
        );
    }
}
