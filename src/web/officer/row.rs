//! A child as a line of a table: in the register, in what a search found, among children who may be the same.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::access::accounts::{self, AccountRow};
use crate::access::{AccountKey, Viewer};
use crate::db::{Conn, Result};
use crate::register::list::Line;
use crate::rules::codes::ChildStatus;
use crate::rules::dates::short;
use crate::rules::escalation::Post;
use crate::rules::names::family_first;
use crate::rules::tier::Tier;

/// The names of those who can be a child's officer.
#[derive(Debug, Default)]
pub struct Officers {
    names: HashMap<AccountKey, String>,
}

impl Officers {
    /// Those of the viewer's authority.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        Ok(Self::of(&accounts::officers(conn, viewer.authority())?))
    }

    /// These.
    pub fn of(accounts: &[AccountRow]) -> Self {
        let names = accounts
            .iter()
            .map(|account| (account.key, account.name.clone()));
        Self {
            names: names.collect(),
        }
    }

    /// Whose a duty is: the officer's if it is about a child, else the post's.
    pub fn of_duty(&self, post: Post, officer: Option<AccountKey>) -> &str {
        match post {
            Post::Officer => self.name(officer),
            post => post.label(),
        }
    }

    /// The name to show; somebody who has left has to be replaced, so that is said.
    pub fn name(&self, officer: Option<AccountKey>) -> &str {
        match officer {
            None => "Nobody yet",
            Some(key) => self
                .names
                .get(&key)
                .map_or("Somebody who has left", String::as_str),
        }
    }
}

/// A line, with its days written out.
#[derive(Debug)]
pub struct Row {
    /// As the register gave it.
    pub line: Line,
    /// Who answers for the child.
    pub officer: String,
    /// The date of birth.
    pub born: String,
    /// The day of the next check; empty when none is open.
    pub next_check: String,
    /// Whether that day has passed.
    pub lapsed: bool,
}

impl Row {
    /// The rows of these lines as they stand today.
    pub fn all(lines: Vec<Line>, officers: &Officers, today: NaiveDate) -> Vec<Self> {
        lines
            .into_iter()
            .map(|line| Self::new(line, officers, today))
            .collect()
    }

    fn new(line: Line, officers: &Officers, today: NaiveDate) -> Self {
        Self {
            officer: officers.name(line.officer).to_owned(),
            born: short(line.date_of_birth),
            next_check: line.next_check_on.map(short).unwrap_or_default(),
            lapsed: line.next_check_on.is_some_and(|due| due < today),
            line,
        }
    }

    /// The tag of the tier.
    pub fn tier_colour(&self) -> &'static str {
        tier_colour(self.line.tier)
    }
    /// "Family name, Given names", or the only name.
    pub fn name(&self) -> String {
        family_first(&self.line.given_names, &self.line.family_name)
    }

    /// The status, where it is not the usual one.
    pub fn unusual_status(&self) -> Option<&'static str> {
        (self.line.status != ChildStatus::Active).then(|| self.line.status.label())
    }
}

/// The colour of a tier's tag; its word says the same.
pub fn tier_colour(tier: Tier) -> &'static str {
    match tier {
        Tier::Green => "green",
        Tier::Amber => "orange",
        Tier::Red => "red",
    }
}
