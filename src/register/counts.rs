//! How many children a list has, remembered until something changes: counting a list takes longer than showing a page of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::Result;

/// How many counted lists are kept at most: enough for every filter that people use, and a bound on what is held.
const KEPT: usize = 10_000;

/// Counted lists, by what was asked. A count stays right while the authority's revision stands still, so a list that nobody
/// changed is not counted again. Shared by all requests; holds numbers only.
#[derive(Debug)]
pub struct Counts<Asked> {
    kept: Mutex<HashMap<Question<Asked>, Counted>>,
}

/// Whose list it is (nobody's own, for those who see every record), and which.
type Question<Asked> = (AuthorityKey, Option<AccountKey>, Asked);

/// At which revision it was counted, and how many children each stretch of the list has.
type Counted = (i64, Vec<i64>);

impl<Asked> Default for Counts<Asked> {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
        }
    }
}

impl<Asked: Eq + Hash> Counts<Asked> {
    /// The count as remembered, or counted now and remembered.
    pub(super) fn of(
        &self,
        viewer: &Viewer,
        revision: i64,
        asked: Asked,
        count: impl FnOnce() -> Result<Vec<i64>>,
    ) -> Result<Vec<i64>> {
        let own = viewer.account().filter(|_| !viewer.sees_restricted());
        let question = (viewer.authority(), own, asked);
        if let Some(counts) = self.find(&question, revision) {
            return Ok(counts);
        }
        let counts = count()?;
        self.keep(question, revision, counts.clone());
        Ok(counts)
    }

    fn find(&self, question: &Question<Asked>, revision: i64) -> Option<Vec<i64>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(question)
            .filter(|(counted_at, _)| *counted_at == revision)
            .map(|(_, counts)| counts.clone())
    }

    fn keep(&self, question: Question<Asked>, revision: i64, counts: Vec<i64>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(question, (revision, counts));
    }
}
