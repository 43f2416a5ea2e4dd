//! The SQL of lists: the imports, what became of each row, and the rows that somebody has to look at.

pub(super) mod import;
pub(super) mod rows;
pub(super) mod unplaced;

use crate::db::columns::Key;

/// Marks keys of imports.
#[derive(Debug)]
pub(super) struct Import;
/// Marks keys of rows that have no place.
#[derive(Debug)]
pub(super) struct Unplaced;

pub(super) type ImportKey = Key<Import>;
pub(super) type UnplacedKey = Key<Unplaced>;
