//! Which authority each row of a list belongs to, and which rows repeat an earlier one. No child of the register is
//! looked at yet.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::report::{Kind, Report, RowNote};
use super::same_person::is_same_person;
use super::{ImportError, PART, Progress, Whose};
use crate::access::Viewer;
use crate::access::authority::{self, Authority};
use crate::db::Conn;
use crate::intake::csv::child::{ChildReader, ImportedChild};
use crate::intake::csv::column::Column;
use crate::intake::csv::heading::Use;
use crate::intake::csv::sheet::Sheet;
use crate::rules::identifiers::Postcode;
use crate::rules::names;

/// The rows of a list by authority, and what was said about those that belong to none.
pub(super) struct Routed {
    pub(super) lists: Vec<List>,
    nowhere: Report,
}

/// One authority's rows.
pub(super) struct List {
    pub(super) authority: Authority,
    /// The eyes its children are written with.
    pub(super) viewer: Viewer,
    pub(super) children: Vec<RoutedChild>,
    pub(super) report: Report,
    seen: Seen,
}

/// A child of a list who was not in it before.
pub(super) struct RoutedChild {
    pub(super) child: ImportedChild,
    /// [`names::match_key`] of the child.
    pub(super) match_key: String,
}

impl Routed {
    /// What became of the whole list.
    pub(super) fn overall(&self, sheet: &Sheet<'_>) -> Report {
        let mut overall = self.nowhere.clone();
        for list in &self.lists {
            overall.add(&list.report);
        }
        overall.told.sort_by_key(|told| (told.line, told.kind));
        overall.describe(sheet);
        overall
    }
}

/// Reads every row of a sheet.
pub(super) fn read(
    conn: &mut Conn,
    sheet: &Sheet<'_>,
    whose: Whose<'_>,
    today: NaiveDate,
    progress: &mut dyn FnMut(Progress),
) -> Result<Routed, ImportError> {
    let has_codes = sheet
        .headings
        .iter()
        .any(|heading| matches!(heading.used, Use::Read(Column::LaCode | Column::LaName)));
    if matches!(whose, Whose::ByColumn) && !has_codes {
        return Err(ImportError::NoAuthorityColumn);
    }
    let mut router = Router::new(conn, whose)?;
    let reader = ChildReader::new(sheet, today);
    let mut rows = sheet.rows();
    while let Some(row) = rows.next() {
        match reader.read(&row) {
            Ok(child) => router.route(conn, child)?,
            Err(problems) => {
                let told = problems
                    .iter()
                    .map(|problem| RowNote::of_cell(Kind::Refused, problem));
                router.refuse(told.collect());
            }
        }
        if row.line % 1_000 == 0 {
            progress(Progress::Read(rows.bytes_read(), sheet.length()));
        }
    }
    Ok(router.routed)
}

struct Router {
    routed: Routed,
    /// The authority everything goes to; none when each row says.
    only: Option<String>,
    by_code: HashMap<String, Option<usize>>,
    /// Codes by folded name, for lists that write the authority out.
    codes: HashMap<String, String>,
    /// The codes that some authority has.
    known: HashSet<String>,
}

impl Router {
    fn new(conn: &mut Conn, whose: Whose<'_>) -> Result<Self, ImportError> {
        let names = authority::names(conn)?;
        let mut router = Self {
            routed: Routed {
                lists: Vec::new(),
                nowhere: Report::default(),
            },
            only: None,
            by_code: HashMap::new(),
            known: names.iter().map(|(code, _)| code.clone()).collect(),
            codes: names
                .into_iter()
                .map(|(code, name)| (names::fold(&name), code))
                .collect(),
        };
        if let Whose::One(viewer) = whose {
            let authority = authority::by_key(conn, viewer.authority())?;
            router.only = Some(authority.code.clone());
            router.by_code.insert(authority.code.clone(), Some(0));
            router
                .routed
                .lists
                .push(List::new(authority, viewer.clone()));
        }
        Ok(router)
    }

    fn route(&mut self, conn: &mut Conn, child: ImportedChild) -> Result<(), ImportError> {
        let line = child.line;
        let said = child
            .la_code
            .clone()
            .or_else(|| self.code_named(child.la_name.as_deref()?));
        let code = match (&self.only, &said) {
            (_, Some(code)) if !self.known.contains(code) => {
                let reason =
                    format!("No local authority has the code {code}. Check the three digits");
                self.refuse(vec![RowNote::of_row(Kind::Refused, line, reason)]);
                return Ok(());
            }
            (Some(own), Some(code)) if own != code => {
                let reason = format!(
                    "This child belongs to the authority with the code {code}. Send the row to them"
                );
                self.refuse(vec![RowNote::of_row(Kind::Elsewhere, line, reason)]);
                return Ok(());
            }
            (Some(own), _) => own.clone(),
            (None, Some(code)) => code.clone(),
            (None, None) => {
                let reason = "No local authority code. Enter the three digits of the authority the child belongs to";
                self.refuse(vec![RowNote::of_row(Kind::Refused, line, reason)]);
                return Ok(());
            }
        };
        if let Some(list) = self.list(conn, &code)? {
            list.add(child);
        }
        Ok(())
    }

    /// The code behind what a column headed "LA" says: three digits, or an authority's name with or without "Council".
    /// Other words, such as a team's name, say nothing about the authority.
    fn code_named(&self, said: &str) -> Option<String> {
        let said = said.trim();
        if said.len() == 3 && said.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(said.to_owned());
        }
        let folded = names::fold(said);
        let short = [
            "county council",
            "borough council",
            "city council",
            "council",
        ]
        .iter()
        .find_map(|ending| folded.strip_suffix(ending))
        .map(str::trim);
        let found = self.codes.get(&folded).or_else(|| self.codes.get(short?));
        found.cloned()
    }

    fn list(&mut self, conn: &mut Conn, code: &str) -> Result<Option<&mut List>, ImportError> {
        let index = match self.by_code.entry(code.to_owned()) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(unknown) => {
                let authority = authority::by_code(conn, code)?;
                let index = authority.map(|authority| {
                    let viewer = Viewer::program(authority.key, PART);
                    self.routed.lists.push(List::new(authority, viewer));
                    self.routed.lists.len() - 1
                });
                *unknown.insert(index)
            }
        };
        Ok(index.and_then(|index| self.routed.lists.get_mut(index)))
    }

    /// A row that cannot be read or goes nowhere is told to the only authority there is, or to whoever sent the list.
    fn refuse(&mut self, told: Vec<RowNote>) {
        let report = match self.routed.lists.first_mut() {
            Some(list) if self.only.is_some() => &mut list.report,
            _ => &mut self.routed.nowhere,
        };
        report.counts.rows += 1;
        report.tell_all(told);
    }
}

impl List {
    fn new(authority: Authority, viewer: Viewer) -> Self {
        Self {
            authority,
            viewer,
            children: Vec::new(),
            report: Report::default(),
            seen: Seen::default(),
        }
    }

    fn add(&mut self, mut child: ImportedChild) {
        self.report.counts.rows += 1;
        let given = given_names(&child);
        let match_key = names::match_key(&given, &child.family_name, child.date_of_birth);
        if let Some(told) = self.seen.again(&child, &match_key, &self.children) {
            self.report.tell_all(vec![told]);
            return;
        }
        let warnings = std::mem::take(&mut child.warnings);
        let doubts = warnings
            .iter()
            .map(|warning| RowNote::of_cell(Kind::Doubt, warning));
        self.report.tell_all(doubts.collect());
        self.seen.note(&child, &match_key, self.children.len());
        self.children.push(RoutedChild { child, match_key });
    }
}

/// Given names with the middle names, which some lists have in a column of their own.
pub(super) fn given_names(child: &ImportedChild) -> String {
    match &child.middle_names {
        Some(middle) => format!("{} {middle}", child.given_names),
        None => child.given_names.clone(),
    }
}

/// The children of a file so far, by all that tells that a row is one of them.
#[derive(Default)]
struct Seen {
    by_upn: HashMap<String, usize>,
    by_nhs_number: HashMap<String, usize>,
    by_reference: HashMap<String, usize>,
    by_match_key: HashMap<String, usize>,
}

impl Seen {
    /// What to say when this child, or another with the same number, is in the file already.
    fn again(
        &self,
        child: &ImportedChild,
        match_key: &str,
        earlier: &[RoutedChild],
    ) -> Option<RowNote> {
        let number = |index: &HashMap<String, usize>, number: Option<&str>| {
            number
                .and_then(|number| index.get(number))
                .and_then(|place| earlier.get(*place))
        };
        let by_number = [
            (
                "UPN",
                number(&self.by_upn, child.upn.as_ref().map(|upn| upn.as_str())),
            ),
            (
                "NHS number",
                number(
                    &self.by_nhs_number,
                    child.nhs_number.as_ref().map(|number| number.as_str()),
                ),
            ),
            (
                "number in the old system",
                number(&self.by_reference, child.reference.as_deref()),
            ),
        ];
        for (what, other) in by_number {
            let Some(other) = other else { continue };
            if !is_same_person(match_key, &other.match_key) {
                let reason = format!(
                    "Line {} has the same {what} for a child with another name and date of birth. Check both",
                    other.child.line
                );
                return Some(RowNote::of_row(Kind::Refused, child.line, reason));
            }
            return Some(repeat(child, other));
        }
        number(&self.by_match_key, Some(match_key)).map(|other| repeat(child, other))
    }

    fn note(&mut self, child: &ImportedChild, match_key: &str, place: usize) {
        if let Some(upn) = &child.upn {
            self.by_upn.insert(upn.as_str().to_owned(), place);
        }
        if let Some(number) = &child.nhs_number {
            self.by_nhs_number.insert(number.as_str().to_owned(), place);
        }
        if let Some(reference) = &child.reference {
            self.by_reference.insert(reference.clone(), place);
        }
        self.by_match_key.insert(match_key.to_owned(), place);
    }
}

fn repeat(child: &ImportedChild, earlier: &RoutedChild) -> RowNote {
    let earlier = &earlier.child;
    let mut reason = format!("The same child as on line {}", earlier.line);
    if child.address.postcode != earlier.address.postcode {
        let of = |postcode: &Option<Postcode>| {
            postcode
                .as_ref()
                .map_or("none".to_owned(), ToString::to_string)
        };
        let (here, there) = (of(&child.address.postcode), of(&earlier.address.postcode));
        reason.push_str(&format!(
            ", with another postcode ({here}, there {there}). Check where the child lives"
        ));
    }
    RowNote::of_row(Kind::Repeat, child.line, reason)
}
