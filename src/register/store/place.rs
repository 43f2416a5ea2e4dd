//! Where in the table of addresses a place stands.

use diesel::prelude::*;

use crate::db::schema::address;
use crate::rules::identifiers::{Postcode, Uprn};

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = address)]
pub struct Place {
    /// House and street, one line of the address a line.
    pub lines: String,
    pub town: String,
    pub postcode: Option<Postcode>,
    /// Unique property reference, where known.
    pub uprn: Option<Uprn>,
}
