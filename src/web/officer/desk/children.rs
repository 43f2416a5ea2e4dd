//! The register as a list: `/children`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::access::accounts::{self, AccountRow};
use crate::db::DbError;
use crate::register::list::{self, Listing, OfficerFilter, Sort, StatusFilter};
use crate::rules::codes::ChildStatus;
use crate::rules::tier::Tier;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, FormErrors, Query, choices, choices_with_blank};
use crate::web::officer::row::{Officers, Row};
use crate::web::page::Page;
use crate::web::pages::{Pages, with_commas};

/// What the address asks for, as written there. What makes no sense is left out, not refused: an old link still opens.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filters {
    status: String,
    officer: String,
    tier: String,
    due: String,
    sort: String,
    page: String,
}

impl Filters {
    fn listing(&self, officers: &[AccountRow], today: NaiveDate) -> Listing {
        Listing {
            status: match self.status.as_str() {
                "any" => StatusFilter::Any,
                status => status
                    .parse::<ChildStatus>()
                    .map_or(StatusFilter::Open, StatusFilter::Only),
            },
            officer: match self.officer.as_str() {
                "nobody" => OfficerFilter::Nobody,
                reference => officers
                    .iter()
                    .find(|officer| officer.reference == reference)
                    .map_or(OfficerFilter::Anybody, |officer| {
                        OfficerFilter::One(officer.key)
                    }),
            },
            tier: self.tier.parse().ok(),
            due_before: (self.due == "lapsed").then_some(today),
            sort: if self.sort == "name" {
                Sort::Name
            } else {
                Sort::NextCheck
            },
            page: self.page.trim().parse().unwrap_or(1).max(1),
        }
    }

    /// The address of this list without its page; only filters that are understood, so nothing needs escaping.
    fn address(&self, listing: &Listing) -> String {
        let mut address = String::from("/children");
        let mut add = |name: &str, value: &str| {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            address.push_str(value);
        };
        if listing.status != StatusFilter::Open {
            add("status", &self.status);
        }
        if listing.officer != OfficerFilter::Anybody {
            add("officer", &self.officer);
        }
        if let Some(tier) = listing.tier {
            add("tier", tier.as_str());
        }
        if listing.due_before.is_some() {
            add("due", "lapsed");
        }
        if listing.sort == Sort::Name {
            add("sort", "name");
        }
        address
    }
}

#[derive(Template)]
#[template(path = "officer/desk/children.html")]
struct ChildrenPage {
    page: Page,
    filters: Filters,
    statuses: Vec<Choice>,
    officers: Vec<Choice>,
    tiers: Vec<Choice>,
    dues: Vec<Choice>,
    sorts: Vec<Choice>,
    errors: FormErrors,
    caption: &'static str,
    total: String,
    rows: Vec<Row>,
    pages: Pages,
}

/// GET `/children`.
///
/// # Errors
/// When the database fails.
pub async fn show(
    caller: Caller,
    Query(filters): Query<Filters>,
) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let counts = caller.app().counts.clone();
    let revision = caller.signed_in().map_or(0, |signed_in| signed_in.revision);
    let (filters, listing, officers, found) = caller
        .read(move |conn, viewer| {
            let officers = accounts::officers(conn, viewer.authority())?;
            let listing = filters.listing(&officers, today);
            let found = list::page(conn, viewer, &counts, revision, &listing)?;
            Ok::<_, DbError>((filters, listing, officers, found))
        })
        .await?;
    let total = usize::try_from(found.total).unwrap_or_default();
    let size = usize::try_from(list::PAGE).unwrap_or(50);
    let pages = Pages::new(&filters.page, size, total, &filters.address(&listing));
    answer::show(&ChildrenPage {
        page: caller.page("/children"),
        rows: Row::all(found.lines, &Officers::of(&officers), today),
        statuses: status_choices(),
        officers: officer_choices(officers),
        tiers: choices_with_blank("Any", Tier::ALL, Tier::as_str, Tier::label),
        dues: vec![Choice::new("", "Any day"), Choice::new("lapsed", "Lapsed")],
        sorts: vec![Choice::new("", "Next check"), Choice::new("name", "Name")],
        errors: FormErrors::default(),
        caption: "Children on the register",
        total: with_commas(total),
        pages,
        filters,
    })
}

fn status_choices() -> Vec<Choice> {
    let ends = [
        Choice::new("", "All that are open"),
        Choice::new("any", "All, closed too"),
    ];
    let mut all = Vec::from(ends);
    all.extend(choices(
        ChildStatus::ALL,
        ChildStatus::as_str,
        ChildStatus::label,
    ));
    all
}

fn officer_choices(officers: Vec<AccountRow>) -> Vec<Choice> {
    [
        Choice::new("", "Anybody"),
        Choice::new("nobody", "Nobody yet"),
    ]
    .into_iter()
    .chain(
        officers
            .into_iter()
            .map(|officer| Choice::new(officer.reference, officer.name)),
    )
    .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::access::{AccountKey, AuthorityKey, Role};

    fn officers() -> Vec<AccountRow> {
        vec![AccountRow {
            key: AccountKey::new(7),
            reference: "A-7K4M-2QXD".into(),
            authority: AuthorityKey::new(1),
            role: Role::Officer,
            email: "officer@authority.example".into(),
            name: "Sam Field".into(),
            left_on: None,
        }]
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn filters_that_are_understood_stay_in_the_links() {
        let filters = Filters {
            status: "closed".into(),
            officer: "A-7K4M-2QXD".into(),
            tier: "red".into(),
            due: "lapsed".into(),
            sort: "name".into(),
            page: "3".into(),
        };
        let listing = filters.listing(&officers(), today());
        assert_eq!(listing.status, StatusFilter::Only(ChildStatus::Closed));
        assert_eq!(listing.officer, OfficerFilter::One(AccountKey::new(7)));
        assert_eq!(listing.due_before, Some(today()));
        assert_eq!(listing.page, 3);
        assert_eq!(
            filters.address(&listing),
            "/children?status=closed&officer=A-7K4M-2QXD&tier=red&due=lapsed&sort=name"
        );
    }

    #[test]
    fn nonsense_in_an_address_lists_the_whole_register() {
        let filters = Filters {
            status: "asleep\"><script>".into(),
            officer: "A-0000-0000".into(),
            tier: "purple".into(),
            due: "yes".into(),
            sort: "height".into(),
            page: "-4".into(),
        };
        let listing = filters.listing(&officers(), today());
        assert_eq!(
            listing,
            Listing {
                page: 1,
                ..Listing::default()
            }
        );
        assert_eq!(filters.address(&listing), "/children");
    }
}
