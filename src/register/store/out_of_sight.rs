//! The SQL of the lists of children who may be lost from sight. Each is one range of an index that holds all that decides
//! who is on it and who may see it; a test holds them to that.

use chrono::NaiveDate;
use diesel::dsl::{count_star, not};
use diesel::prelude::*;

use crate::access::store::scope;
use crate::access::{AccountKey, Viewer};
use crate::db::days::{Day, MaybeDay};
use crate::db::schema::{address, child, claimed_address, rest};
use crate::db::{Condition, Conn, Result};
use crate::on_each;
use crate::register::ChildKey;
use crate::register::out_of_sight::{SightFilter, Worry};
use crate::rules::codes::ChildStatus;
use crate::rules::tier::Tier;

/// A line of such a list.
#[derive(Clone, Debug, Queryable)]
pub struct Line {
    /// The key inside the program.
    pub key: ChildKey,
    pub reference: String,
    pub family_name: String,
    pub given_names: String,
    /// Where the record stands.
    pub status: ChildStatus,
    /// How closely the schedule follows the child.
    pub tier: Tier,
    pub officer: Option<AccountKey>,
    /// Whether the record is restricted.
    pub restricted: bool,
    /// Since when the child is on the register.
    #[diesel(deserialize_as = Day)]
    pub registered_on: NaiveDate,
    /// Earliest due day of an open check.
    #[diesel(deserialize_as = MaybeDay)]
    pub next_check_on: Option<NaiveDate>,
    /// When a professional last saw the child in person.
    #[diesel(deserialize_as = MaybeDay)]
    pub last_seen_on: Option<NaiveDate>,
    /// Who that was, where it is known.
    pub last_seen_by: Option<String>,
    /// Whether the register can know that nobody has.
    pub seen_recorded: bool,
}

/// As the partial indexes have it: SQLite takes one only for a condition that it can read.
const IS_OPEN: Condition = Condition("child.is_open");
const IS_LOST: Condition = Condition("child.status = 'whereabouts_unknown'");

/// Who is on the list: written once for both databases and for the lines and their number.
macro_rules! out_of_sight {
    ($viewer:expr, $asked:expr) => {{
        let asked: &SightFilter = $asked;
        let mut children = scope::children($viewer).into_boxed();
        children = match asked.worry {
            Worry::NeverSeen => children
                .filter(IS_OPEN)
                .filter(child::last_seen_on.is_null())
                .filter(child::seen_recorded.eq(true)),
            Worry::SeenNotRecorded => children
                .filter(IS_OPEN)
                .filter(child::last_seen_on.is_null())
                .filter(child::seen_recorded.eq(false)),
            Worry::NotSeenSince(day) => {
                children.filter(IS_OPEN).filter(child::last_seen_on.lt(day))
            }
            Worry::Unverified(since) => children
                .filter(child::is_open.eq(true))
                .filter(not(verified_in!(Tier::Green, since)))
                .filter(not(verified_in!(Tier::Amber, since)))
                .filter(not(verified_in!(Tier::Red, since))),
            Worry::TwoAddresses => children.filter(child::is_open.eq(true)).filter(
                child::id.eq_any(
                    claimed_address::table
                        .filter(claimed_address::settled_at.is_null())
                        .select(claimed_address::child_id),
                ),
            ),
            Worry::Lost => children.filter(IS_LOST),
            Worry::Resting(day) => children.filter(child::is_open.eq(true)).filter(
                child::id.eq_any(
                    rest::table
                        .filter(rest::ends_on.ge(day))
                        .filter(rest::starts_on.le(day))
                        .select(rest::child_id),
                ),
            ),
        };
        if let Some(officer) = asked.officer {
            children = children.filter(child::officer_id.eq(officer.number()));
        }
        children
    }};
}

/// That a child is in a tier and somebody made sure of the current address as lately as that tier asks for.
macro_rules! verified_in {
    ($tier:expr, $since:expr) => {
        child::tier.eq($tier.as_str()).and(
            child::id.eq_any(
                address::table
                    .filter(address::child_id.is_not_null())
                    .filter(address::lived_to.is_null())
                    .filter(address::verified_on.ge($since.of($tier)))
                    .select(address::child_id.assume_not_null()),
            ),
        )
    };
}

pub(in crate::register) fn count(
    conn: &mut Conn,
    viewer: &Viewer,
    asked: &SightFilter,
) -> Result<i64> {
    Ok(on_each!(conn, |conn| out_of_sight!(viewer, asked)
        .select(count_star())
        .first(conn))?)
}

/// Whoever has been out of sight longest comes first; where that is not the question, whoever is to be visited first.
pub(in crate::register) fn lines(
    conn: &mut Conn,
    viewer: &Viewer,
    asked: &SightFilter,
    skip: i64,
    wanted: i64,
) -> Result<Vec<Line>> {
    Ok(on_each!(conn, |conn| {
        let lines = out_of_sight!(viewer, asked)
            .select((
                child::id,
                child::reference,
                child::family_name,
                child::given_names,
                child::status,
                child::tier,
                child::officer_id,
                child::restricted,
                child::registered_on,
                child::next_check_on,
                child::last_seen_on,
                child::last_seen_by,
                child::seen_recorded,
            ))
            .offset(skip)
            .limit(wanted);
        match asked.worry {
            Worry::NeverSeen | Worry::SeenNotRecorded | Worry::NotSeenSince(_) => lines
                .order((child::last_seen_on, child::registered_on, child::id))
                .load(conn),
            Worry::Unverified(_) | Worry::TwoAddresses | Worry::Lost | Worry::Resting(_) => {
                lines.order((child::next_check_on, child::id)).load(conn)
            }
        }
    })?)
}
