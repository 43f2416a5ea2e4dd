//! The lists of children who may be lost from sight: never seen, not seen for long, not verified, in conflict, lost. Each
//! can be taken away as a file.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::access::{AccountKey, Action, Subject, Viewer};
use crate::db::{Conn, DbError};
use crate::desk::out_of_sight as sight;
use crate::desk::out_of_sight::SightList;
use crate::duty::rest::{self, Rest};
use crate::intake::csv::refused::safe;
use crate::policy::rulebook;
use crate::register::counts::Counts;
use crate::register::list::PAGE;
use crate::register::out_of_sight::SightFilter;
use crate::register::out_of_sight::{self, Line};
use crate::register::{ChildKey, address};
use crate::rules::codes::ChildStatus;
use crate::rules::dates::short;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::Query;
use crate::web::officer::row::{Officers, tier_colour};
use crate::web::officer::seen::LastSeen;
use crate::web::page::Page;
use crate::web::pages::{Pages, with_commas};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    which: String,
    whose: String,
    page: String,
}

impl Filter {
    /// Which list of those who were not seen; what makes no sense is the first one.
    fn unseen(&self) -> SightList {
        match self.which.parse() {
            Ok(list @ (SightList::Long | SightList::NotRecorded)) => list,
            _ => SightList::Never,
        }
    }

    fn is_mine(&self) -> bool {
        self.whose == "mine"
    }

    fn officer(&self, viewer: &Viewer) -> Option<AccountKey> {
        viewer.account().filter(|_| self.is_mine())
    }
}

/// The address of a list, as a page or as a file, of everybody's children or of the viewer's own.
pub(super) fn address(list: SightList, is_file: bool, is_mine: bool) -> String {
    let (path, which) = match list {
        SightList::Never | SightList::Long | SightList::NotRecorded => ("unseen", list.as_str()),
        SightList::Unverified | SightList::Conflicts | SightList::Lost | SightList::Resting => {
            (list.as_str(), "")
        }
    };
    let mut address = format!("/children/{path}{}", if is_file { ".csv" } else { "" });
    let mut asked = Vec::new();
    if !which.is_empty() {
        asked.push(format!("which={which}"));
    }
    if is_mine {
        asked.push("whose=mine".to_owned());
    }
    if !asked.is_empty() {
        address.push('?');
        address.push_str(&asked.join("&"));
    }
    address
}

/// How many are on each list, for the front page.
pub(super) struct Figure {
    pub(super) label: &'static str,
    pub(super) href: String,
    pub(super) count: i64,
}

/// The figures of the front page, in its order.
pub(super) fn figures(
    conn: &mut Conn,
    viewer: &Viewer,
    rulebook: &rulebook::Rulebook,
    counted: (&Counts<SightFilter>, i64),
    officer: Option<AccountKey>,
) -> Result<Vec<Figure>, DbError> {
    let (counts, revision) = counted;
    let figure = |list: &SightList| {
        let asked = list.asked(rulebook, officer);
        Ok(Figure {
            label: list.label(),
            href: address(*list, false, officer.is_some()),
            count: out_of_sight::remembered_count(conn, viewer, counts, revision, &asked)?,
        })
    };
    SightList::ALL.iter().map(figure).collect()
}

#[derive(Template)]
#[template(path = "officer/desk/out_of_sight.html")]
struct SightPage {
    page: Page,
    list: SightList,
    in_words: String,
    is_mine: bool,
    total: i64,
    /// On the list of those never seen: how many more there may be.
    not_recorded: i64,
    rows: Vec<Row>,
    pages: Pages,
}

impl SightPage {
    fn link(&self, list: SightList) -> String {
        address(list, false, self.is_mine)
    }

    fn of_the_others(&self) -> String {
        address(self.list, false, !self.is_mine)
    }

    fn file(&self) -> String {
        address(self.list, true, self.is_mine)
    }

    fn shows_addresses(&self) -> bool {
        self.list == SightList::Unverified
    }

    fn shows_rests(&self) -> bool {
        self.list == SightList::Resting
    }

    fn in_figures(number: i64) -> String {
        with_commas(usize::try_from(number).unwrap_or_default())
    }
}

/// A child on a list, in words.
struct Row {
    reference: String,
    name: String,
    restricted: bool,
    unusual_status: Option<&'static str>,
    tier: &'static str,
    tier_colour: &'static str,
    registered: String,
    seen: String,
    verified: String,
    officer: String,
    next_check: String,
    lapsed: bool,
    /// Until when the child's checks rest, who leads and how often that was renewed; empty if they do not.
    rests: String,
}

/// `GET /children/unseen`
pub async fn unseen(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    show(caller, filter.unseen(), filter).await
}

/// `GET /children/unverified`
pub async fn unverified(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    show(caller, SightList::Unverified, filter).await
}

/// `GET /children/conflicts`
pub async fn conflicts(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    show(caller, SightList::Conflicts, filter).await
}

/// `GET /children/lost`
pub async fn lost(caller: Caller, Query(filter): Query<Filter>) -> Result<HttpResponse, WebError> {
    show(caller, SightList::Lost, filter).await
}

/// `GET /children/unseen.csv`
pub async fn unseen_file(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    file(caller, filter.unseen(), filter).await
}

/// `GET /children/unverified.csv`
pub async fn unverified_file(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    file(caller, SightList::Unverified, filter).await
}

/// `GET /children/conflicts.csv`
pub async fn conflicts_file(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    file(caller, SightList::Conflicts, filter).await
}

/// `GET /children/lost.csv`
pub async fn lost_file(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    file(caller, SightList::Lost, filter).await
}

/// `GET /children/resting`
pub async fn resting(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    show(caller, SightList::Resting, filter).await
}

/// `GET /children/resting.csv`
pub async fn resting_file(
    caller: Caller,
    Query(filter): Query<Filter>,
) -> Result<HttpResponse, WebError> {
    file(caller, SightList::Resting, filter).await
}

async fn show(caller: Caller, list: SightList, filter: Filter) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let counts = caller.app().sight_counts.clone();
    let revision = caller.signed_in().map_or(0, |signed_in| signed_in.revision);
    let officer = filter.officer(caller.viewer()?);
    let wanted: i64 = filter.page.trim().parse().unwrap_or(1);
    let (found, rows, not_recorded, in_words) = caller
        .read(move |conn, viewer| {
            let rulebook = rulebook::load(conn, viewer.authority(), today)?;
            let asked = list.asked(&rulebook, officer);
            let found = out_of_sight::page(conn, viewer, &counts, revision, &asked, wanted)?;
            let rows = rows(conn, viewer, &found.lines, today)?;
            let not_recorded = match list {
                SightList::Never => {
                    let asked = SightList::NotRecorded.asked(&rulebook, officer);
                    out_of_sight::remembered_count(conn, viewer, &counts, revision, &asked)?
                }
                _ => 0,
            };
            let in_words = list.in_words(&rulebook.policy);
            Ok::<_, DbError>((found, rows, not_recorded, in_words))
        })
        .await?;
    let is_mine = filter.is_mine();
    let total = usize::try_from(found.total).unwrap_or_default();
    let size = usize::try_from(PAGE).unwrap_or(50);
    answer::show(&SightPage {
        page: caller.page("/work"),
        pages: Pages::new(&filter.page, size, total, &address(list, false, is_mine)),
        total: found.total,
        list,
        in_words,
        is_mine,
        not_recorded,
        rows,
    })
}

fn rows(
    conn: &mut Conn,
    viewer: &Viewer,
    lines: &[Line],
    today: NaiveDate,
) -> Result<Vec<Row>, DbError> {
    let keys: Vec<ChildKey> = lines.iter().map(|line| line.key).collect();
    let officers = Officers::read(conn, viewer)?;
    let places = sight::places(conn, &keys)?;
    let verified = address::verified_days(conn, &keys)?;
    let rests = rest::of(conn, &keys, today)?;
    let row = |line: &Line| Row {
        reference: line.reference.clone(),
        name: format!("{}, {}", line.family_name, line.given_names),
        restricted: line.restricted,
        unusual_status: (line.status != ChildStatus::Active).then(|| line.status.label()),
        tier: line.tier.label(),
        tier_colour: tier_colour(line.tier),
        registered: short(line.registered_on),
        seen: seen_words(line, &places),
        verified: match verified.get(&line.key) {
            None => "No address".to_owned(),
            Some(None) => "Not verified".to_owned(),
            Some(Some(on)) => short(*on),
        },
        officer: officers.name(line.officer).to_owned(),
        next_check: line.next_check_on.map(short).unwrap_or_default(),
        lapsed: line.next_check_on.is_some_and(|due| due < today),
        rests: rests.get(&line.key).map(Rest::in_words).unwrap_or_default(),
    };
    Ok(lines.iter().map(row).collect())
}

fn seen_words(line: &Line, places: &HashMap<ChildKey, (NaiveDate, String)>) -> String {
    LastSeen {
        on: line.last_seen_on,
        by: line.last_seen_by.as_deref(),
        place: places
            .get(&line.key)
            .map(|(on, place)| (*on, place.as_str())),
        is_recorded: line.seen_recorded,
    }
    .in_words(short)
}

/// Taking a list away is written down: it leaves the register's protection.
async fn file(caller: Caller, list: SightList, filter: Filter) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let officer = filter.officer(caller.viewer()?);
    let rows = caller
        .act(move |act| {
            let rulebook = rulebook::of(act)?;
            let lines = out_of_sight::all(act.tx, act.viewer, &list.asked(&rulebook, officer))?;
            act.note(
                Action::ListTakenAway,
                Subject::thing(list.as_str()),
                &format!("{} children", lines.len()),
            )?;
            rows(act.tx, act.viewer, &lines, act.at.today())
        })
        .await??;
    let written = as_csv(&rows).map_err(|cause| WebError::internal(&cause))?;
    let name = format!("attachment; filename=\"{}-{today}.csv\"", list.as_str());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, name))
        .body(written))
}

/// Without it Excel reads UTF-8 as Windows-1252.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

fn as_csv(rows: &[Row]) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record([
        "Reference",
        "Name",
        "Schedule",
        "Registered on",
        "Last seen in person",
        "Address verified",
        "Officer",
        "Next check",
        "Rest",
    ])?;
    for row in rows {
        let cells = [
            &row.reference,
            &row.name,
            row.tier,
            &row.registered,
            &row.seen,
            &row.verified,
            &row.officer,
            &row.next_check,
            &row.rests,
        ];
        writer.write_record(cells.map(|cell| safe(cell).into_owned()))?;
    }
    writer.into_inner().map_err(|problem| problem.into_error())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn each_list_has_an_address_of_its_own() {
        let all = SightList::ALL
            .iter()
            .map(|list| address(*list, false, true));
        assert_eq!(
            all.collect::<Vec<_>>(),
            [
                "/children/unseen?which=never&whose=mine",
                "/children/unseen?which=long&whose=mine",
                "/children/unseen?which=not-recorded&whose=mine",
                "/children/unverified?whose=mine",
                "/children/conflicts?whose=mine",
                "/children/lost?whose=mine",
                "/children/resting?whose=mine",
            ]
        );
        assert_eq!(
            address(SightList::Unverified, true, false),
            "/children/unverified.csv"
        );
    }

    #[test]
    fn no_name_is_taken_for_a_formula() {
        let row = Row {
            reference: "C-7K4M-2QXD".into(),
            name: "=HYPERLINK(\"http://elsewhere\"), \t@Ada".into(),
            restricted: false,
            unusual_status: None,
            tier: "Green",
            tier_colour: "green",
            registered: "1 Sep 2026".into(),
            seen: "Not yet".into(),
            verified: "Not verified".into(),
            officer: "-Sam".into(),
            next_check: String::new(),
            lapsed: false,
            rests: String::new(),
        };
        let file = String::from_utf8(as_csv(&[row]).unwrap()).unwrap();
        let line = file.lines().nth(1).unwrap();
        assert!(
            line.starts_with("C-7K4M-2QXD,\"'=HYPERLINK(") && line.contains(",'-Sam,"),
            "{line}"
        );
    }
}
