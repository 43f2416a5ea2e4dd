//! What came of a list: its account, the rows that have no place, and what there is to say.

use actix_web::HttpResponse;
use askama::Template;

use super::asked::{HeadingChoice, columns};
use crate::db::DbError;
use crate::intake::csv::mapping::IGNORE;
use crate::intake::limits::LARGEST_MEGABYTES;
use crate::intake::list_import;
use crate::intake::list_import::account::Became;
use crate::intake::list_import::report::{Counts, Report, RowNote};
use crate::intake::list_import::unplaced::{self, UnplacedRow};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, FormErrors};
use crate::web::named::Named;
use crate::web::page::Page;
use crate::web::pages::with_commas;

/// Rows named on a page; the refused ones are all in the file of rows to mend.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "officer/intake/import.html")]
pub(super) struct ImportPage {
    page: Page,
    errors: FormErrors,
    file_name: String,
    dry_run: bool,
    reference: Option<String>,
    counts: Vec<Figure>,
    refused: usize,
    look_at: usize,
    /// Rows that have no place, those without an answer first.
    unplaced: Vec<UnplacedLine>,
    told: Vec<RowNote>,
    told_more: usize,
    read_as: Vec<(String, String)>,
    /// Columns that were not read, each with the reason.
    not_read: Vec<(String, String)>,
    written_as: String,
    /// What there is to say about the file as a whole.
    notices: Vec<String>,
    headings: Vec<HeadingChoice>,
    columns: Vec<Choice>,
    /// The sheets of a workbook to choose from, when Hearth cannot tell which is the list.
    pub(super) sheets: Vec<Choice>,
    pub(super) sheet: String,
    largest: usize,
}

/// A figure of the account, and the rows behind it.
struct Figure {
    count: String,
    what: &'static str,
    /// The word of the account for them, to download them by.
    became: &'static str,
}

/// A row that has no place.
pub(super) struct UnplacedLine {
    reference: String,
    line: i64,
    question: &'static str,
    words: String,
    answer: Option<&'static str>,
}

impl UnplacedLine {
    fn of(row: &UnplacedRow) -> Self {
        Self {
            reference: row.reference.to_string(),
            line: row.line,
            question: row.question.label(),
            words: row.words.clone(),
            answer: row.answered.as_ref().map(|it| it.answer.label()),
        }
    }
}

/// An import that never came to its end.
#[derive(Template)]
#[template(path = "officer/intake/import_unfinished.html")]
struct UnfinishedPage {
    page: Page,
    errors: FormErrors,
    reference: String,
    file_name: String,
    unplaced: Vec<UnplacedLine>,
    headings: Vec<HeadingChoice>,
    columns: Vec<Choice>,
    /// The sheets of a workbook to choose from, when Hearth cannot tell which is the list.
    sheets: Vec<Choice>,
    sheet: String,
    largest: usize,
}

impl ImportPage {
    fn told_more_in_words(&self) -> String {
        with_commas(self.told_more)
    }
}

/// `GET /imports/{reference}`
pub async fn show(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let found = caller
        .read(move |conn, viewer| {
            let Some(held) = list_import::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let unplaced = unplaced::of_import(conn, viewer, &reference)?;
            Ok::<_, DbError>(Some((held, unplaced)))
        })
        .await?;
    let (held, unplaced) = found.ok_or(WebError::NotFound)?;
    let unplaced = unplaced.iter().map(UnplacedLine::of).collect();
    match held.report {
        Some(report) => answer::show(&import_page(&caller, held.file_name, report, unplaced)),
        None => answer::show(&UnfinishedPage {
            page: caller.page("/imports"),
            errors: FormErrors::default(),
            reference: held.reference,
            unplaced,
            file_name: held.file_name,
            headings: Vec::new(),
            columns: columns(),
            sheets: Vec::new(),
            sheet: String::new(),
            largest: LARGEST_MEGABYTES,
        }),
    }
}

pub(super) fn import_page(
    caller: &Caller,
    file_name: String,
    report: Report,
    unplaced: Vec<UnplacedLine>,
) -> ImportPage {
    // With what was said about them already, so that the form means the same when it is sent again.
    let asked = report.headings_to_map().map(|heading| HeadingChoice {
        text: heading.text.clone(),
        chosen: heading.said.clone(),
    });
    let headings = asked.collect();
    let ignored = report
        .headings
        .iter()
        .filter(|heading| heading.said == IGNORE);
    let ignored = ignored.map(|heading| (heading.text.clone(), "as you said".to_owned()));
    let passed_over = report.headings_passed_over();
    let passed_over = passed_over.map(|(text, why)| (text.to_owned(), why));
    let not_read = passed_over.chain(ignored).collect();
    let read = report.headings.iter();
    let read_as = read.filter_map(|heading| Some((heading.text.clone(), heading.read_as.clone()?)));
    let read_as = read_as.collect();
    let mut told = report.told;
    told.sort_by_key(|told| (told.kind, told.line));
    let told_more = told.len().saturating_sub(SHOWN);
    told.truncate(SHOWN);
    ImportPage {
        page: caller.page("/imports"),
        errors: FormErrors::default(),
        file_name,
        dry_run: report.reference.is_none(),
        reference: report.reference.map(|reference| reference.to_string()),
        counts: figures(&report.counts),
        refused: report.counts.refused,
        look_at: report.counts.look_at,
        unplaced,
        told,
        told_more,
        read_as,
        not_read,
        written_as: report.written_as,
        notices: report.notices,
        headings,
        columns: columns(),
        sheets: Vec::new(),
        sheet: String::new(),
        largest: LARGEST_MEGABYTES,
    }
}

/// The account: the first figure is the sum of the others.
fn figures(counts: &Counts) -> Vec<Figure> {
    let all = [
        (
            counts.rows,
            number(counts.rows, "Row read", "Rows read"),
            "",
        ),
        (counts.new_open(), Became::New.label(), Became::New.as_str()),
        (
            counts.changed,
            Became::Changed.label(),
            Became::Changed.as_str(),
        ),
        (
            counts.unchanged,
            Became::Known.label(),
            Became::Known.as_str(),
        ),
        (
            counts.taken_closed,
            Became::Closed.label(),
            Became::Closed.as_str(),
        ),
        (
            counts.look_at,
            Became::LookAt.label(),
            Became::LookAt.as_str(),
        ),
        (
            counts.refused,
            Became::Refused.label(),
            Became::Refused.as_str(),
        ),
        // Only of imports before rows were accounted for.
        (
            counts.repeats,
            number(counts.repeats, "Repeat", "Repeats"),
            "",
        ),
        (counts.elsewhere, "Other authorities’", ""),
    ];
    let shown = all
        .into_iter()
        .enumerate()
        .filter(|(place, (count, _, _))| *place < 7 || *count > 0);
    shown
        .map(|(_, (count, what, became))| Figure {
            count: with_commas(count),
            what,
            became,
        })
        .collect()
}

const fn number(count: usize, one: &'static str, several: &'static str) -> &'static str {
    if count == 1 { one } else { several }
}
