//! Which authority each row of a list belongs to. No child of the register is looked at yet.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::account::{Became, Fate, Whom};
use super::grouping;
use super::listed::{Listed, ReadRow, given_names};
use super::note::{Kind, RowNote};
use super::report::Report;
use super::unplaced::{Asked, Question};
use super::{ImportError, PART, Progress, Whose};
use crate::access::Viewer;
use crate::access::authority::{self, Authority};
use crate::db::Db;
use crate::intake::csv::child::{ChildReader, ImportedChild};
use crate::intake::csv::column::Column;
use crate::intake::csv::heading::Use;
use crate::intake::csv::refused::LineWriter;
use crate::intake::csv::sheet::Sheet;
use crate::intake::limits::{MANY_REFUSED, ROWS_AT_A_TIME};
use crate::rules::dates::spoken;
use crate::rules::identifiers::Reference;
use crate::rules::names;

/// The rows of a list by authority, and what was said about those that belong to none.
pub(super) struct Routed {
    pub(super) lists: Vec<List>,
    nowhere: Report,
    /// Rows that no authority can look at: line, cells, why.
    pub(super) nowhere_rows: Vec<(usize, String, String)>,
}

/// One authority's rows.
pub(super) struct List {
    pub(super) authority: Authority,
    /// The eyes its children are written with.
    pub(super) viewer: Viewer,
    /// Its children, each by all their rows.
    pub(super) children: Vec<Listed>,
    /// What became of rows that are about no child with whom anybody could begin.
    pub(super) fates: Vec<Fate>,
    /// Rows that were in an earlier list and were mended, by line.
    pub(super) mends: Vec<(usize, Reference)>,
    pub(super) report: Report,
    rows: Vec<ReadRow>,
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
    db: &Db,
    sheet: &Sheet<'_>,
    whose: Whose<'_>,
    today: NaiveDate,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Routed, ImportError> {
    let has_codes = sheet
        .headings
        .iter()
        .any(|heading| matches!(heading.used, Use::Read(Column::LaCode | Column::LaName)));
    if matches!(whose, Whose::ByColumn) && !has_codes {
        return Err(ImportError::NoAuthorityColumn);
    }
    let mut router = Router::new(db, whose)?;
    let reader = ChildReader::new(sheet, today);
    let writer = LineWriter::new(sheet)?;
    let mends = sheet
        .headings
        .iter()
        .position(|heading| heading.used == Use::Read(Column::RowInHearth));
    let mut read = 0;
    let mut rows = sheet.rows();
    while let Some(row) = rows.next() {
        let mended = mends.and_then(|place| Reference::parse(row.cell(place)).ok());
        let cells = writer.cells(&row)?;
        match reader.read(&row) {
            Ok(child) => router.route(child, cells, mended)?,
            Err(problems) => {
                let told = problems
                    .iter()
                    .map(|problem| RowNote::of_cell(Kind::Refused, problem));
                router.refuse(row.line, told.collect(), cells);
            }
        }
        read += 1;
        if read % ROWS_AT_A_TIME == 0 {
            if !watch(Progress::Read(rows.bytes_read(), sheet.length())) {
                return Err(ImportError::Stopped);
            }
            router.refuse_the_whole(read)?;
        }
    }
    router.refuse_the_whole(read)?;
    for list in &mut router.routed.lists {
        let rows = std::mem::take(&mut list.rows);
        let (children, fates) = grouping::group(rows, today)
            .map_err(|(day, born)| ImportError::OneBirthday(spoken(day), born))?;
        list.children = children;
        list.fates.extend(fates);
    }
    Ok(router.routed)
}

struct Router<'a> {
    /// Asked for an authority now and then: no reading of the database stays open while a file is read.
    db: &'a Db,
    routed: Routed,
    /// The authority everything goes to; none when each row says.
    only: Option<String>,
    by_code: HashMap<String, Option<usize>>,
    /// Codes by folded name, for lists that write the authority out.
    codes: HashMap<String, String>,
    /// The codes that some authority has.
    known: HashSet<String>,
}

impl<'a> Router<'a> {
    fn new(db: &'a Db, whose: Whose<'_>) -> Result<Self, ImportError> {
        let names = db.read_now(authority::names)?;
        let mut router = Self {
            db,
            routed: Routed {
                lists: Vec::new(),
                nowhere: Report::default(),
                nowhere_rows: Vec::new(),
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
            let authority = db.read_now(|conn| authority::by_key(conn, viewer.authority()))?;
            router.only = Some(authority.code.clone());
            router.by_code.insert(authority.code.clone(), Some(0));
            router
                .routed
                .lists
                .push(List::new(authority, viewer.clone()));
        }
        Ok(router)
    }

    fn route(
        &mut self,
        child: ImportedChild,
        cells: String,
        mended: Option<Reference>,
    ) -> Result<(), ImportError> {
        let line = child.line;
        let said = child
            .la_code
            .clone()
            .or_else(|| self.code_named(child.la_name.as_deref()?));
        let code = match (&self.only, &said) {
            (_, Some(code)) if !self.known.contains(code) => {
                let reason =
                    format!("No local authority has the code {code}. Check the three digits");
                self.refuse(
                    line,
                    vec![RowNote::of_row(Kind::Refused, line, reason)],
                    cells,
                );
                return Ok(());
            }
            (Some(own), Some(code)) if own != code => {
                let reason = format!(
                    "This child belongs to the authority with the code {code}. Send the row to them"
                );
                self.refuse(
                    line,
                    vec![RowNote::of_row(Kind::Elsewhere, line, reason)],
                    cells,
                );
                return Ok(());
            }
            (Some(own), _) => own.clone(),
            (None, Some(code)) => code.clone(),
            (None, None) => {
                let reason = "No local authority code. Enter the three digits of the authority the child belongs to";
                self.refuse(
                    line,
                    vec![RowNote::of_row(Kind::Refused, line, reason)],
                    cells,
                );
                return Ok(());
            }
        };
        if let Some(list) = self.list(&code)? {
            list.mends.extend(mended.map(|mended| (line, mended)));
            list.add(child, cells);
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

    fn list(&mut self, code: &str) -> Result<Option<&mut List>, ImportError> {
        let index = match self.by_code.entry(code.to_owned()) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(unknown) => {
                let authority = self.db.read_now(|conn| authority::by_code(conn, code))?;
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

    /// Refuses a list of which most rows are refused, once they are many.
    fn refuse_the_whole(&self, read: usize) -> Result<(), ImportError> {
        let lists = self.routed.lists.iter();
        let refused = lists.clone().map(|list| list.fates.len()).sum::<usize>()
            + self.routed.nowhere_rows.len();
        if refused < MANY_REFUSED || refused * 2 < read {
            return Ok(());
        }
        let told = lists
            .flat_map(|list| &list.fates)
            .flat_map(|fate| &fate.notes);
        let first = told
            .chain(&self.routed.nowhere.told)
            .min_by_key(|note| note.line);
        Err(ImportError::MostlyRefused {
            refused,
            read,
            first: first.map_or(String::new(), |note| format!("{}, {note}", note.line)),
        })
    }

    /// A row that cannot be read or goes nowhere is told to the only authority there is, or to whoever sent the list.
    fn refuse(&mut self, line: usize, told: Vec<RowNote>, cells: String) {
        match self.routed.lists.first_mut() {
            Some(list) if self.only.is_some() => {
                let words: Vec<String> = told.iter().map(ToString::to_string).collect();
                let asked = Asked {
                    like: None,
                    question: Question::Refused,
                    words: words.join("; "),
                    candidates: Vec::new(),
                    cells,
                };
                let mut fate = Fate::new(line, Became::Refused, Whom::Asked(asked), "");
                fate.notes = told;
                list.fates.push(fate);
            }
            _ => {
                let words: Vec<String> = told.iter().map(ToString::to_string).collect();
                let row = (line, cells, words.join("; "));
                self.routed.nowhere_rows.push(row);
                self.routed.nowhere.counts.count(Became::Refused);
                self.routed.nowhere.told.extend(told);
            }
        }
    }
}

impl List {
    fn new(authority: Authority, viewer: Viewer) -> Self {
        Self {
            authority,
            viewer,
            children: Vec::new(),
            fates: Vec::new(),
            mends: Vec::new(),
            report: Report::default(),
            rows: Vec::new(),
        }
    }

    fn add(&mut self, mut child: ImportedChild, cells: String) {
        let warnings = std::mem::take(&mut child.warnings);
        let doubts = warnings
            .iter()
            .map(|warning| RowNote::of_cell(Kind::Doubt, warning));
        self.report.note_all(doubts);
        let given_names = given_names(&child);
        self.rows.push(ReadRow {
            child,
            given_names,
            cells,
        });
    }
}
