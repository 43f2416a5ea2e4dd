//! Whom the register holds: children, their parents and carers, where they live, what is known with dates; how a
//! child is found, and how the same child is not taken twice.

pub mod address;
pub mod allocation;
pub mod bulk;
pub mod child;
pub mod claimed_address;
pub mod counts;
pub mod duplicates;
pub mod episode;
pub mod list;
pub mod out_of_sight;
pub mod person;
pub mod place;
pub mod registration;
pub mod resemblance;
pub mod search;
pub mod settlement;
mod store;
#[cfg(test)]
#[allow(missing_docs, clippy::unwrap_used)]
pub(crate) mod testing;
pub mod tier;

use rand::RngExt;

use crate::db::Result;
use crate::db::columns::Key;
use crate::rules::identifiers::{Reference, ReferenceKind};

/// Marks keys of children.
#[derive(Debug)]
pub struct Child;
/// Marks keys of people.
#[derive(Debug)]
pub struct Person;
/// Marks keys of addresses.
#[derive(Debug)]
pub struct Address;

/// The key of a child. A key comes from a read that had a viewer, so what takes a key needs no viewer to read.
pub type ChildKey = Key<Child>;
/// The key of a parent, carer or other adult.
pub type PersonKey = Key<Person>;
/// The key of an address.
pub type AddressKey = Key<Address>;

/// A reference that nothing has yet. They are random and short enough to be read aloud, so two could meet.
fn fresh_reference(
    kind: ReferenceKind,
    mut taken: impl FnMut(&Reference) -> Result<bool>,
) -> Result<Reference> {
    loop {
        let reference = random_reference(kind);
        if !taken(&reference)? {
            return Ok(reference);
        }
    }
}

/// A new reference, at random.
pub fn random_reference(kind: ReferenceKind) -> Reference {
    Reference::from_random(kind, rand::rng().random())
}
