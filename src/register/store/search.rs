//! The SQL of finding children. Each question is a range of one index; words of names are read in the order of the
//! index, so that a search stops at the first page however many children there are.

use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::list::{COLUMNS, Line};
use crate::access::store::scope;
use crate::access::{AuthorityKey, Viewer};
use crate::db::schema::{child, name_token};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::rules::identifiers::{NhsNumber, Upn};

/// Sorts after every word that begins with the word before it.
const LAST: char = char::MAX;

/// A word of a name to look for.
#[derive(Clone, Debug)]
pub(in crate::register) enum Sought {
    /// Words that begin so.
    Beginning(String),
    /// Just this word, or this sound.
    Exactly(String),
}

impl Sought {
    /// Bytes of what is looked for.
    pub(in crate::register) fn length(&self) -> usize {
        match self {
            Self::Beginning(word) | Self::Exactly(word) => word.len(),
        }
    }

    /// The range of stored words: from the first to before the second. No stored word holds a control character, so
    /// nothing stands between a word and itself with the least of them; NUL would be less, but PostgreSQL holds none.
    fn range(&self) -> (String, String) {
        match self {
            Self::Beginning(word) => (word.clone(), format!("{word}{LAST}")),
            Self::Exactly(word) => (word.clone(), format!("{word}\u{1}")),
        }
    }
}

/// Whether fewer than `few` words of the authority's children are of this kind.
pub(in crate::register) fn is_rare(
    conn: &mut Conn,
    authority: AuthorityKey,
    word: &Sought,
    few: i64,
) -> Result<bool> {
    let (from, to) = word.range();
    let one_too_many: Option<i64> = name_token::table
        .filter(name_token::authority_id.eq(authority.number()))
        .filter(name_token::token.ge(from))
        .filter(name_token::token.lt(to))
        .order((name_token::token, name_token::child_id))
        .select(name_token::child_id)
        .offset(few)
        .first(conn)
        .optional()?;
    Ok(one_too_many.is_none())
}

/// In the order of names, for questions with few answers. Without statistics SQLite believes that an authority has a
/// handful of children, and would read all of them from an index that has this order, or that holds every column of a
/// line, rather than look a few up; `match_key` (family name, given names, date of birth) as an expression is neither.
macro_rules! in_order {
    ($conn:expr, $children:expr, $limit:expr) => {
        Ok(on_each!($conn, |conn| $children
            .order((child::match_key.concat(""), child::id))
            .select(COLUMNS)
            .limit($limit)
            .load(conn))?)
    };
}

/// Children with all these words in their names: those with just the first word before those with a longer one. The first
/// word drives the search, so it should be the rarest.
pub(in crate::register) fn by_name(
    conn: &mut Conn,
    viewer: &Viewer,
    words: &[Sought],
    limit: i64,
) -> Result<Vec<Line>> {
    let Some((first, others)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let (from, to) = first.range();
    let earlier = diesel::alias!(name_token as earlier);
    let matched_already = earlier
        .filter(earlier.field(name_token::child_id).eq(name_token::child_id))
        .filter(earlier.field(name_token::token).ge(from.clone()))
        .filter(earlier.field(name_token::token).lt(name_token::token));
    Ok(on_each!(conn, |conn| {
        let mut found = scope::children(viewer)
            .inner_join(name_token::table)
            .filter(name_token::authority_id.eq(viewer.authority().number()))
            .filter(name_token::token.ge(from))
            .filter(name_token::token.lt(to))
            .filter(not(exists(matched_already)))
            .into_boxed();
        for (from, to) in others.iter().map(Sought::range) {
            let other = diesel::alias!(name_token as other);
            found = found.filter(exists(
                other
                    .filter(other.field(name_token::child_id).eq(name_token::child_id))
                    .filter(other.field(name_token::token).ge(from))
                    .filter(other.field(name_token::token).lt(to)),
            ));
        }
        found
            .order((name_token::token, name_token::child_id))
            .select(COLUMNS)
            .limit(limit)
            .load(conn)
    })?)
}

pub(in crate::register) fn by_reference(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &str,
) -> Result<Vec<Line>> {
    let children = scope::children(viewer).filter(child::reference.eq(reference.to_owned()));
    in_order!(conn, children, 1)
}

/// Children with this reference in the system a list came from.
pub(in crate::register) fn by_other_reference(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &str,
    limit: i64,
) -> Result<Vec<Line>> {
    let children = scope::children(viewer).filter(child::other_reference.eq(reference.to_owned()));
    in_order!(conn, children, limit)
}

pub(in crate::register) fn by_upn(
    conn: &mut Conn,
    viewer: &Viewer,
    upn: &Upn,
) -> Result<Vec<Line>> {
    let children = scope::children(viewer).filter(child::upn.eq(upn.as_str().to_owned()));
    in_order!(conn, children, 1)
}

pub(in crate::register) fn by_nhs_number(
    conn: &mut Conn,
    viewer: &Viewer,
    number: &NhsNumber,
) -> Result<Vec<Line>> {
    let children = scope::children(viewer).filter(child::nhs_number.eq(number.as_str().to_owned()));
    in_order!(conn, children, 1)
}

pub(in crate::register) fn by_postcode(
    conn: &mut Conn,
    viewer: &Viewer,
    postcode: &str,
    limit: i64,
) -> Result<Vec<Line>> {
    let children = scope::children(viewer).filter(child::postcode.eq(postcode.to_owned()));
    in_order!(conn, children, limit)
}

/// Children whose postcode has this outward part, in the order of postcodes: there may be very many.
pub(in crate::register) fn by_outward_postcode(
    conn: &mut Conn,
    viewer: &Viewer,
    outward: &str,
    limit: i64,
) -> Result<Vec<Line>> {
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .filter(child::postcode.ge(format!("{outward} ")))
        .filter(child::postcode.lt(format!("{outward} {LAST}")))
        .order((child::postcode, child::match_key, child::id))
        .select(COLUMNS)
        .limit(limit)
        .load(conn))?)
}

pub(in crate::register) fn by_date_of_birth(
    conn: &mut Conn,
    viewer: &Viewer,
    date_of_birth: NaiveDate,
    limit: i64,
) -> Result<Vec<Line>> {
    let children = scope::children(viewer).filter(child::date_of_birth.eq(date_of_birth));
    in_order!(conn, children, limit)
}
