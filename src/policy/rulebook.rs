//! The policy and the calendar of an authority on a day, read from the database for the rules to work with.

use chrono::NaiveDate;

use super::store;
use crate::access::AuthorityKey;
use crate::db::{Conn, Result};
use crate::rules::calendar::Calendar;
use crate::rules::policy::{self, Policy, PolicyKey, PolicyRow};
use crate::rules::terms::{self, Term};
use crate::rules::tier::Tier;

/// What the rules need to know besides the facts of a case.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// The policy in force.
    pub policy: Policy,
    pub calendar: Calendar,
    pub today: NaiveDate,
}

/// The last day that a person may choose today, and why not a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDay {
    pub day: NaiveDate,
    /// The rule, its value and its source, in one sentence.
    pub why: String,
}

impl Rulebook {
    /// How many working days lie between today and a day, before or after it.
    #[must_use]
    pub fn working_days_from_today(&self, day: NaiveDate) -> i64 {
        (self.calendar).working_days_between(self.today, day).abs()
    }

    /// The last day of a period that begins today and is the same for every tier.
    #[must_use]
    pub fn last_day(&self, key: PolicyKey) -> LastDay {
        self.last_day_from(self.today, key)
    }

    /// The last day of an absence that begins on a day.
    #[must_use]
    pub fn longest_absence(&self, starts_on: NaiveDate) -> LastDay {
        self.last_day_from(starts_on, PolicyKey::LongestAbsence)
    }

    fn last_day_from(&self, from: NaiveDate, key: PolicyKey) -> LastDay {
        let holds = self.policy.always(key, Tier::Green);
        LastDay {
            day: holds.period().after(from, &self.calendar),
            why: format!("{}: {}.", key.label(), holds.in_words()),
        }
    }
}

/// Reads an authority's rulebook for a day.
pub fn load(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Rulebook> {
    let code = crate::access::authority::by_key(conn, authority)?.code;
    let rows = store::rulebook::policies_of(conn, &code)?;
    Ok(Rulebook {
        policy: Policy::at(&rows, &code, today),
        calendar: calendar(conn, authority)?
            .with_schools_closed(terms::days_between(&terms(conn, authority)?)),
        today,
    })
}

/// The working days alone, for pages that only count them.
pub fn calendar(conn: &mut Conn, authority: AuthorityKey) -> Result<Calendar> {
    let days = store::rulebook::calendar_days(conn, authority)?;
    let (working, holidays): (Vec<_>, Vec<_>) = days.into_iter().partition(|(_, works)| *works);
    let working: Vec<NaiveDate> = working.into_iter().map(|(day, _)| day).collect();
    let holidays = holidays.into_iter().map(|(day, _)| day);
    Ok(Calendar::england()
        .with_holidays(holidays)
        .without(&working))
}

/// The terms of an authority's schools, in order.
pub fn terms(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Term>> {
    store::rulebook::terms(conn, authority)
}

/// Puts the policies that ship with the program into the database, those of them that it does not hold yet.
pub fn seed(tx: &mut Conn) -> Result<()> {
    let held = store::rulebook::policies(tx)?;
    let missing: Vec<PolicyRow> = policy::defaults()
        .into_iter()
        .filter(|shipped| {
            !held
                .iter()
                .any(|row| row.authority.is_none() && row.key == shipped.key)
        })
        .collect();
    store::rulebook::insert_policies(tx, &missing)
}
