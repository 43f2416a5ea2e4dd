//! The policy on one page: `/policy` to read for officers, `/admin/policy` to change for administrators.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::answer;
use super::caller::Caller;
use super::error::WebError;
use super::page::Page;
use crate::access::authority;
use crate::db::DbError;
use crate::policy::policy_book::{self, Held};
use crate::rules::dates::spoken;
use crate::rules::policy::{Policy, PolicyKey, PolicyRow, PolicySet, change};
use crate::rules::tier::Tier;

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    page: Page,
    may_change: bool,
    today: String,
    lines: Vec<Line>,
    act: Act,
}

/// A key with its values.
pub struct Line {
    /// Its key, as it stands in an address.
    pub key: &'static str,
    /// What it is for.
    pub what: &'static str,
    /// Whether Hearth counts anything with it yet.
    pub is_read: bool,
    /// What holds today, a value a tier where tiers differ.
    pub values: Vec<Value>,
    /// What was entered today and holds already: an error can be put right still.
    pub of_today: Vec<Value>,
    /// What is to come, the next first.
    pub to_come: Vec<Value>,
    pub past: Vec<Value>,
}

/// A value with everything that is known of it.
pub struct Value {
    /// "Green", or "Every tier".
    pub tier: &'static str,
    /// The key of the tier; empty for every tier.
    pub tier_key: &'static str,
    /// "10 working days".
    pub words: String,
    /// Where it comes from.
    pub source: String,
    /// Whether that was read.
    pub confirmed: bool,
    /// Since when, or from when to when.
    pub holds: String,
    /// Its first day as a form sends it back.
    pub from: String,
    /// Who set it, and when.
    pub by: String,
    pub reason: String,
}

/// How the 2026 Act stands.
pub struct Act {
    /// One sentence.
    pub stands: String,
    /// Its periods, in force or not.
    pub lines: Vec<Line>,
}

impl Line {
    fn of(key: PolicyKey, held: &[Held], code: &str, today: NaiveDate) -> Self {
        let rows = policy_book::rows(held);
        let policy = Policy::at(&rows, code, today);
        let in_force: Vec<(Option<Tier>, &PolicyRow)> = if change::by_tier(&rows, key) {
            Tier::ALL
                .iter()
                .filter_map(|tier| Some((Some(*tier), policy.find(key, *tier)?)))
                .collect()
        } else {
            policy
                .find_for_all(key)
                .map(|row| (None, row))
                .into_iter()
                .collect()
        };
        let own = || {
            held.iter()
                .filter(|held| held.row.key == key && held.row.authority.is_some())
        };
        let standing = || own().filter(|held| held.corrected_at.is_none());
        let of_today = standing()
            .filter(|held| held.is_of_today(today) && held.row.effective_from == Some(today));
        let mut to_come: Vec<&Held> = standing()
            .filter(|held| held.row.effective_from.is_some_and(|from| from > today))
            .collect();
        to_come.sort_by_key(|held| held.row.effective_from);
        let past = own().filter(|held| {
            let has_ended = held.row.effective_to.is_some_and(|to| to < today);
            held.corrected_at.is_some() || has_ended
        });
        Self {
            key: key.as_str(),
            what: key.label(),
            is_read: key.is_read(),
            values: in_force
                .into_iter()
                .filter_map(|(tier, row)| {
                    let mut standing = held.iter().filter(|held| held.corrected_at.is_none());
                    let held = standing.find(|held| held.row == *row)?;
                    Some(Value::of(held, tier))
                })
                .collect(),
            of_today: of_today
                .map(|held| Value::of(held, held.row.tier))
                .collect(),
            to_come: to_come
                .into_iter()
                .map(|held| Value::of(held, held.row.tier))
                .collect(),
            past: past.map(|held| Value::of(held, held.row.tier)).collect(),
        }
    }
}

impl Value {
    fn of(held: &Held, tier: Option<Tier>) -> Self {
        let row = &held.row;
        let by = match (&held.by, held.at) {
            (Some(name), Some(at)) => format!("{name}, {}", spoken(crate::clock::london_day(at))),
            (None, Some(at)) => format!("Command line, {}", spoken(crate::clock::london_day(at))),
            _ => "Shipped with Hearth".to_owned(),
        };
        Self {
            tier: tier.map_or("Every tier", Tier::label),
            tier_key: tier.map_or("", Tier::as_str),
            words: row.period.words(),
            source: row.source.clone(),
            confirmed: row.confirmed,
            holds: match (row.effective_from, row.effective_to) {
                _ if held.corrected_at.is_some() => {
                    "An error, put right on the same day".to_owned()
                }
                (Some(from), Some(to)) => format!("{} to {}", spoken(from), spoken(to)),
                (Some(from), None) => format!("From {}", spoken(from)),
                (None, _) => "Not in force".to_owned(),
            },
            from: row
                .effective_from
                .map(|day| day.to_string())
                .unwrap_or_default(),
            by,
            reason: held.reason.clone(),
        }
    }
}

impl Act {
    fn of(held: &[Held], code: &str, today: NaiveDate) -> Self {
        let keys = PolicyKey::ALL
            .iter()
            .filter(|key| set(held, **key) == PolicySet::Cnis2026);
        let mut lines: Vec<Line> = keys.map(|key| Line::of(*key, held, code, today)).collect();
        for line in &mut lines {
            if line.values.is_empty() {
                let shipped = held.iter().filter(|held| held.row.authority.is_none());
                let shipped = shipped.filter(|held| held.row.key.as_str() == line.key);
                line.values = shipped.map(|held| Value::of(held, None)).collect();
            }
        }
        let stands = stands(held, code, today);
        Self { stands, lines }
    }
}

/// How the 2026 Act stands in an authority, in one sentence.
pub fn stands(held: &[Held], code: &str, today: NaiveDate) -> String {
    match change::commencement(&policy_book::rows(held), code) {
        Some((from, _)) if from > today => {
            format!("The register of the 2026 Act is not in force here. It is entered to commence on {}.", spoken(from))
        }
        Some((from, None)) => {
            format!("The register of the 2026 Act is in force here since {}.", spoken(from))
        }
        Some((from, Some(to))) if to >= today => {
            format!("The register of the 2026 Act is in force here from {} to {}.", spoken(from), spoken(to))
        }
        Some((from, Some(to))) => {
            format!("The register of the 2026 Act is not in force here. It was entered from {} to {}.", spoken(from), spoken(to))
        }
        None => "The register of the 2026 Act is not in force here, and nothing tells a parent that they must.".to_owned(),
    }
}

fn set(held: &[Held], key: PolicyKey) -> PolicySet {
    change::set_of(&policy_book::rows(held), key)
}

/// What a page about a policy needs: the values, the authority's code.
pub async fn held(caller: &Caller) -> Result<(Vec<Held>, String), WebError> {
    caller
        .read(|conn, viewer| {
            let held = policy_book::all(conn, viewer)?;
            let code = authority::by_key(conn, viewer.authority())?.code;
            Ok::<_, DbError>((held, code))
        })
        .await
}

/// The line of one key.
pub fn line(key: PolicyKey, held: &[Held], code: &str, today: NaiveDate) -> Line {
    Line::of(key, held, code, today)
}

/// GET `/policy`: for everybody who works for the authority.
///
/// # Errors
/// When the database does not answer.
pub async fn read(caller: Caller) -> Result<HttpResponse, WebError> {
    answer::show(&page(&caller, "/policy", false).await?)
}

/// GET `/admin/policy`.
///
/// # Errors
/// When the database does not answer.
pub async fn change(caller: Caller) -> Result<HttpResponse, WebError> {
    answer::show(&page(&caller, "/admin/policy", true).await?)
}

async fn page(caller: &Caller, here: &str, may_change: bool) -> Result<PolicyPage, WebError> {
    let (held, code) = held(caller).await?;
    let today = caller.today();
    let keys = PolicyKey::ALL
        .iter()
        .filter(|key| set(&held, **key) == PolicySet::Default);
    Ok(PolicyPage {
        page: caller.page(here),
        may_change,
        today: spoken(today),
        lines: keys
            .map(|key| Line::of(*key, &held, &code, today))
            .collect(),
        act: Act::of(&held, &code, today),
    })
}
