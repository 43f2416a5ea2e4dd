//! What the town remembers of the lists that its officers sent.

use std::collections::{BTreeMap, BTreeSet};

use hearth::access::Viewer;
use hearth::rules::identifiers::Reference;

/// What the town remembers of its lists.
#[derive(Default)]
pub struct Lists {
    pub sent: BTreeMap<u32, SentList>,
    /// The imports whose account was looked at.
    pub seen: BTreeSet<String>,
    /// Families with a record that a list closed, and that no list has named as current since.
    pub closed: Vec<usize>,
    /// The child whose record was restricted.
    pub hidden: Option<usize>,
}

impl Lists {
    /// Whether one was sent.
    pub fn are_sent(&self) -> bool {
        !self.sent.is_empty()
    }
}

/// A list, with every import that came of it.
pub struct SentList {
    pub text: String,
    pub sender: Viewer,
    pub imports: Vec<Reference>,
}
