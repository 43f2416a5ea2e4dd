//! The SQL of the register's list. What it selects, filters and sorts by are the columns of the indexes
//! `child_list_due` and `child_list_name`, so that a page touches nothing else; a test holds it to that.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::access::store::scope;
use crate::access::{AccountKey, Viewer};
use crate::db::days::{Day, MaybeDay};
use crate::db::schema::child;
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::list::{Listing, OfficerFilter, Sort, StatusFilter, Stretch};
use crate::rules::codes::ChildStatus;
use crate::rules::tier::Tier;

/// A line of the list.
#[derive(Clone, Debug, Queryable)]
pub struct Line {
    pub reference: String,
    pub family_name: String,
    pub given_names: String,
    #[diesel(deserialize_as = Day)]
    pub date_of_birth: NaiveDate,
    /// Postcode of the current home.
    pub postcode: Option<String>,
    /// Where the record stands.
    pub status: ChildStatus,
    /// How closely the schedule follows the child.
    pub tier: Tier,
    pub officer: Option<AccountKey>,
    /// Earliest due day of an open check.
    #[diesel(deserialize_as = MaybeDay)]
    pub next_check_on: Option<NaiveDate>,
    /// Whether the record is restricted.
    pub restricted: bool,
}

/// The columns of a [`Line`], in its order.
pub(in crate::register) type Columns = (
    child::reference,
    child::family_name,
    child::given_names,
    child::date_of_birth,
    child::postcode,
    child::status,
    child::tier,
    child::officer_id,
    child::next_check_on,
    child::restricted,
);
pub(in crate::register) const COLUMNS: Columns = (
    child::reference,
    child::family_name,
    child::given_names,
    child::date_of_birth,
    child::postcode,
    child::status,
    child::tier,
    child::officer_id,
    child::next_check_on,
    child::restricted,
);

/// The children of a stretch of the list, written once for both databases and for the lines and their number.
macro_rules! narrowed {
    ($viewer:expr, $listing:expr, $stretch:expr) => {{
        let (listing, stretch): (&Listing, Stretch) = ($listing, $stretch);
        let mut children = scope::children($viewer)
            .filter(child::is_open.eq(stretch.open))
            .into_boxed();
        children = match stretch.dated {
            Some(true) => children.filter(child::next_check_on.is_not_null()),
            Some(false) => children.filter(child::next_check_on.is_null()),
            None => children,
        };
        if let StatusFilter::Only(status) = listing.status {
            children = children.filter(child::status.eq(status.as_str()));
        }
        children = match listing.officer {
            OfficerFilter::Anybody => children,
            OfficerFilter::Nobody => children.filter(child::officer_id.is_null()),
            OfficerFilter::One(account) => children.filter(child::officer_id.eq(account.number())),
        };
        if let Some(tier) = listing.tier {
            children = children.filter(child::tier.eq(tier.as_str()));
        }
        if let Some(day) = listing.due_before {
            children = children.filter(child::next_check_on.lt(day));
        }
        children
    }};
}

pub(in crate::register) fn count(
    conn: &mut Conn,
    viewer: &Viewer,
    listing: &Listing,
    stretch: Stretch,
) -> Result<i64> {
    Ok(on_each!(conn, |conn| narrowed!(viewer, listing, stretch)
        .select(count_star())
        .first(conn))?)
}

pub(in crate::register) fn lines(
    conn: &mut Conn,
    viewer: &Viewer,
    listing: &Listing,
    stretch: Stretch,
    skip: i64,
    wanted: i64,
) -> Result<Vec<Line>> {
    Ok(on_each!(conn, |conn| {
        let lines = narrowed!(viewer, listing, stretch)
            .select(COLUMNS)
            .offset(skip)
            .limit(wanted);
        match listing.sort {
            Sort::NextCheck => lines.order((child::next_check_on, child::id)).load(conn),
            Sort::Name => lines.order((child::sort_name, child::id)).load(conn),
        }
    })?)
}
