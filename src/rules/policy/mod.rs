//! The authority's policy at a date: every period with its value, unit and source, as data.
//!
//! The shipped policy is `default.csv`, beside this file. What is not in force is off; the rules of the 2026 Act
//! are there and off, until an administrator enters the date on which they commence.

pub mod bounds;
pub mod change;
mod key;
mod period;

use super::codes::{UnknownCode, code_list};
use super::tier::Tier;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::sync::LazyLock;

pub use key::{Bounds, PolicyKey};
pub use period::{Period, Unit};

code_list! {
    /// Which set a row belongs to.
    pub enum PolicySet {
        Default = "default", "Policy in force";
        /// The children-not-in-school register of the Children's Wellbeing and Schools Act 2026: law, not commenced.
        Cnis2026 = "cnis_2026", "2026 Act: not in force";
    }
}

/// One period of a policy, from one date to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PolicyRow {
    /// The code of the authority that set it; none for the default that every authority starts with.
    pub authority: Option<String>,
    /// What the period is for.
    pub key: PolicyKey,
    /// For which tier; none if for every tier.
    pub tier: Option<Tier>,
    pub period: Period,
    /// Where the value comes from, in words that finish a sentence in brackets.
    pub source: String,
    /// Which set it belongs to.
    pub set: PolicySet,
    /// Whether the value has a basis that was read: a statute, guidance or an authority's published procedure. If
    /// not, it is Hearth's own or rests on commentary, and an administrator should confirm it.
    pub confirmed: bool,
    /// The first day in force; none if switched off. For the shipped policy, a day early enough for every register
    /// (the month of the guidance), not the day of a decision.
    pub effective_from: Option<NaiveDate>,
    /// The last day in force; none if there is no end.
    pub effective_to: Option<NaiveDate>,
}

impl PolicyRow {
    fn is_in_force(&self, on: NaiveDate) -> bool {
        self.effective_from.is_some_and(|from| from <= on)
            && self.effective_to.is_none_or(|to| on <= to)
    }

    fn is_for(&self, authority: &str) -> bool {
        self.authority.as_deref().is_none_or(|own| own == authority)
    }
}

/// The rows in force for one authority on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The row to use comes first.
    in_force: Vec<PolicyRow>,
    /// The first later day on which another row begins or one of these has ended.
    changes_on: Option<NaiveDate>,
}

impl Policy {
    /// What is in force: the authority's own row beats the default, a row for one tier beats a row for all, and of
    /// two alike the later one wins. A row without a first day is passed over, so an authority can change a shipped
    /// period but not do away with it.
    #[must_use]
    pub fn at(rows: &[PolicyRow], authority: &str, today: NaiveDate) -> Self {
        let own = rows.iter().filter(|row| row.is_for(authority));
        let mut in_force: Vec<_> = own
            .clone()
            .filter(|row| row.is_in_force(today))
            .cloned()
            .collect();
        let ends = own.clone().filter_map(|row| row.effective_to?.succ_opt());
        let changes = own.filter_map(|row| row.effective_from).chain(ends);
        in_force.sort_by_key(|row| {
            (
                row.authority.is_none(),
                row.tier.is_none(),
                Reverse(row.effective_from),
            )
        });
        Self {
            in_force,
            changes_on: changes.filter(|day| *day > today).min(),
        }
    }

    /// The rows in force.
    #[must_use]
    pub fn in_force(&self) -> &[PolicyRow] {
        &self.in_force
    }

    /// The first later day on which the policy may be another.
    #[must_use]
    pub const fn changes_on(&self) -> Option<NaiveDate> {
        self.changes_on
    }

    /// Whether the register of the 2026 Act is in force: the one place to ask before a page, letter or mail may tell a
    /// parent that they must.
    #[must_use]
    pub fn has_commenced(&self) -> bool {
        self.in_force
            .iter()
            .any(|row| row.set == PolicySet::Cnis2026)
    }

    /// The number that holds for every tier, of what is counted and not a time; never 0.
    #[must_use]
    pub fn count(&self, key: PolicyKey) -> u32 {
        self.always(key, Tier::Green).period().value.max(1)
    }

    /// The row in force for a child of this tier. None means off.
    #[must_use]
    pub fn find(&self, key: PolicyKey, tier: Tier) -> Option<&PolicyRow> {
        self.in_force
            .iter()
            .find(|row| row.key == key && row.tier.is_none_or(|own| own == tier))
    }

    /// The row in force for children of every tier, for periods that do not depend on one. None means off.
    #[must_use]
    pub fn find_for_all(&self, key: PolicyKey) -> Option<&PolicyRow> {
        self.in_force
            .iter()
            .find(|row| row.key == key && row.tier.is_none())
    }

    /// The period that holds for what must never be without one: as in force, or else as shipped.
    ///
    /// A welfare check without a date, or a ladder without steps, would be a lapse that nobody sees.
    #[must_use]
    pub fn always(&self, key: PolicyKey, tier: Tier) -> Holds<'_> {
        match self.find(key, tier) {
            Some(row) => Holds::InForce(row),
            None => SHIPPED
                .iter()
                .find(|row| row.key == key && row.tier.is_none_or(|own| own == tier))
                .map_or(Holds::Nowhere, Holds::Shipped),
        }
    }
}

/// A period that holds, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds<'policy> {
    /// The policy in force says so.
    InForce(&'policy PolicyRow),
    /// The policy in force says nothing; the shipped default steps in.
    Shipped(&'static PolicyRow),
    /// Not even the shipped default says anything: due at once, so that somebody looks.
    Nowhere,
}

impl Holds<'_> {
    /// How long.
    #[must_use]
    pub fn period(self) -> Period {
        match self {
            Self::InForce(row) | Self::Shipped(row) => row.period,
            Self::Nowhere => Period {
                value: 0,
                unit: Unit::CalendarDay,
            },
        }
    }

    /// The value and where it comes from: "3 months (default policy)".
    #[must_use]
    pub fn in_words(self) -> String {
        format!("{} ({})", self.period().words(), self.source())
    }

    /// Where the value comes from, in words that finish a sentence in brackets.
    #[must_use]
    pub fn source(self) -> String {
        match self {
            Self::InForce(row) => row.source.clone(),
            Self::Shipped(row) => format!("no value is in force here, so the {}", row.source),
            Self::Nowhere => "no policy gives a value, so at once".to_owned(),
        }
    }
}

static SHIPPED: LazyLock<Vec<PolicyRow>> =
    LazyLock::new(|| read(include_str!("default.csv")).unwrap_or_default());

/// The policy that Hearth ships, for a new register to start with.
#[must_use]
pub fn defaults() -> Vec<PolicyRow> {
    SHIPPED.clone()
}

/// Why a policy file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileProblem {
    /// The file is not a CSV file with the columns of a policy, or a number or date in it is none.
    #[error("the policy file cannot be read: {0}")]
    Csv(#[from] csv::Error),
    /// A key, tier, unit or set is unknown.
    #[error("the policy file cannot be read: {0}")]
    Code(#[from] UnknownCode),
}

/// A line of a policy file.
#[derive(serde::Deserialize)]
struct Line {
    key: String,
    tier: String,
    value: u32,
    unit: String,
    source: String,
    set: String,
    confirmed: String,
    effective_from: Option<NaiveDate>,
}

/// Reads a policy file in the form of the shipped one.
///
/// # Errors
/// If the file is not such a file; the message names the line.
fn read(file: &str) -> Result<Vec<PolicyRow>, PolicyFileProblem> {
    csv::Reader::from_reader(file.as_bytes())
        .deserialize::<Line>()
        .map(|line| row(line?))
        .collect()
}

fn row(line: Line) -> Result<PolicyRow, PolicyFileProblem> {
    let tier = match line.tier.as_str() {
        "" => None,
        tier => Some(tier.parse()?),
    };
    Ok(PolicyRow {
        authority: None,
        key: line.key.parse()?,
        tier,
        period: Period {
            value: line.value,
            unit: line.unit.parse()?,
        },
        source: line.source,
        set: line.set.parse()?,
        confirmed: line.confirmed == "yes",
        effective_from: line.effective_from,
        effective_to: None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
