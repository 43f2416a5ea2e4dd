//! Taking over the list an authority already has: the page to send it on, what became of it, and the rows to mend.

mod upload;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::upload::Upload;
use crate::access::Viewer;
use crate::db::DbError;
use crate::intake::csv::column::Column;
use crate::intake::csv::mapping::{IGNORE, Mapping, is_same_heading};
use crate::intake::csv::sheet::SheetProblem;
use crate::intake::limits::LARGEST_MEGABYTES;
use crate::intake::list_import::account::Became;
use crate::intake::list_import::report::{Counts, Report, RowNote};
use crate::intake::list_import::under_way::Reading;
use crate::intake::list_import::unplaced::{self, UnplacedRow};
use crate::intake::list_import::{self, ImportError, ImportLine, Order, Whose};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::form::{Choice, FormErrors};
use crate::web::gate::csrf;
use crate::web::named::Named;
use crate::web::page::{Flash, Page};
use crate::web::pages::with_commas;

/// Rows named on a page; the refused ones are all in the file of rows to mend.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "officer/intake/imports.html")]
struct ImportsPage {
    page: Page,
    errors: FormErrors,
    /// Headings to be mapped by hand, with what was chosen for each.
    headings: Vec<HeadingChoice>,
    columns: Vec<Choice>,
    /// The sheets of a workbook to choose from, when Hearth cannot tell which is the list.
    sheets: Vec<Choice>,
    sheet: String,
    largest: usize,
    earlier: Vec<ImportLine>,
    /// The list of the authority that is being read.
    under_way: Option<String>,
}

/// What a person is asked about a file, with what they said before.
#[derive(Default)]
pub(super) struct Asked {
    headings: Vec<HeadingChoice>,
    sheets: Vec<Choice>,
    sheet: String,
}

/// A heading that a person may say the meaning of.
struct HeadingChoice {
    text: String,
    chosen: String,
}

#[derive(Template)]
#[template(path = "officer/intake/import.html")]
struct ImportPage {
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
    sheets: Vec<Choice>,
    sheet: String,
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
struct UnplacedLine {
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

/// `GET /imports`
pub async fn list(caller: Caller) -> Result<HttpResponse, WebError> {
    let earlier = caller.read(list_import::earlier).await?;
    answer::show(&sending_page(
        &caller,
        FormErrors::default(),
        Asked::default(),
        earlier,
    ))
}

/// `POST /imports`
pub async fn create(
    caller: Caller,
    request: HttpRequest,
    form: Multipart,
) -> Result<HttpResponse, WebError> {
    let mut upload = Upload::read(form).await?;
    csrf::verify(&request, &upload.csrf)?;
    if upload.is_too_large {
        let words = format!(
            "The file must be smaller than {LARGEST_MEGABYTES} MB. Divide the list in two parts"
        );
        return refuse(
            &caller,
            StatusCode::PAYLOAD_TOO_LARGE,
            words,
            upload.asked(),
        )
        .await;
    }
    if upload.file_name.is_empty() && upload.bytes.is_empty() {
        return refuse(
            &caller,
            StatusCode::UNPROCESSABLE_ENTITY,
            "Choose the file to read",
            upload.asked(),
        )
        .await;
    }
    let mapping = match upload.mapping() {
        Ok(mapping) => mapping,
        Err(problem) => {
            return refuse(
                &caller,
                StatusCode::UNPROCESSABLE_ENTITY,
                problem.to_string(),
                upload.asked(),
            )
            .await;
        }
    };
    let sender = caller.viewer()?.clone();
    let reading = match caller.app().lists.begin(&sender, &upload.file_name) {
        Ok(reading) => reading,
        Err(other) => {
            let words = format!(
                "A list of your authority is being read ({}). Send this one when it has ended",
                other.file_name
            );
            return refuse(&caller, StatusCode::CONFLICT, words, upload.asked()).await;
        }
    };
    let work = work(&caller, &mut upload, mapping, Arc::clone(&reading))?;
    if upload.length > AT_ONCE {
        actix_web::rt::spawn(web::block(work));
        return Ok(answer::see_other("/imports/under-way"));
    }
    let ended = web::block(work).await;
    caller.app().lists.forget(sender.authority());
    ended.map_err(|error| WebError::internal(&error))?;
    let came_of_it = reading.came_of_it().ok_or(WebError::NotFound)?;
    answer_to(&caller, &upload.file_name, came_of_it, upload.asked()).await
}

/// Bytes of a list that is read while its sender waits: some thousand rows, a second or two. A larger one is read while they go
/// on with other work.
const AT_ONCE: usize = 512 * 1024;

/// Reads the list, on a thread where waiting is allowed, and keeps what came of it. Whatever goes wrong, the next list can be sent.
fn work(
    caller: &Caller,
    upload: &mut Upload,
    mapping: Mapping,
    reading: Arc<Reading>,
) -> Result<impl FnOnce() + Send + 'static, WebError> {
    let (db, clock) = (caller.db().clone(), caller.app().clock.clone());
    let viewer: Viewer = caller.viewer()?.clone();
    upload.length = upload.bytes.len();
    let (file_name, bytes, dry_run) = (
        upload.file_name.clone(),
        std::mem::take(&mut upload.bytes),
        upload.dry_run,
    );
    Ok(move || {
        let order = Order {
            file_name: &file_name,
            bytes: &bytes,
            mapping: &mapping,
            whose: Whose::One(&viewer),
            dry_run,
        };
        let read = catch_unwind(AssertUnwindSafe(|| {
            list_import::take_while(&db, &order, &clock, &mut |done| reading.goes_on(done))
        }));
        reading.end(read.unwrap_or(Err(ImportError::Broken)));
    })
}

/// Shows what came of a list.
pub(super) async fn answer_to(
    caller: &Caller,
    file_name: &str,
    came_of_it: Result<Report, ImportError>,
    asked: Asked,
) -> Result<HttpResponse, WebError> {
    let report = match came_of_it {
        Ok(report) => report,
        Err(ImportError::NotAllowed) => return Err(WebError::Forbidden),
        Err(ImportError::Db(error)) => return Err(error.into()),
        Err(ImportError::Refused(error)) => return Err(WebError::internal(&error)),
        Err(problem) => {
            let asked = asked_about(&problem, asked);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return refuse(caller, status, problem.to_string(), asked).await;
        }
    };
    let Some(reference) = &report.reference else {
        let mut page = import_page(caller, file_name.to_owned(), report, Vec::new());
        page.sheets = sheet_choices(std::slice::from_ref(&asked.sheet));
        page.sheet = asked.sheet;
        return answer::show(&page);
    };
    let told = match report.counts.taken {
        0 => "No child is new on the register".to_owned(),
        1 => "1 child is new on the register".to_owned(),
        several => format!("{} children are new on the register", with_commas(several)),
    };
    Ok(caller.see_other_with(&format!("/imports/{reference}"), &Flash::success(told)))
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

async fn refuse(
    caller: &Caller,
    status: StatusCode,
    message: impl Into<String>,
    asked: Asked,
) -> Result<HttpResponse, WebError> {
    let errors = FormErrors::at("file", message);
    let earlier = caller.read(list_import::earlier).await?;
    answer::with_status(status, &sending_page(caller, errors, asked, earlier))
}

fn sending_page(
    caller: &Caller,
    errors: FormErrors,
    asked: Asked,
    earlier: Vec<ImportLine>,
) -> ImportsPage {
    ImportsPage {
        page: caller.page("/imports"),
        errors,
        headings: asked.headings,
        columns: columns(),
        sheets: asked.sheets,
        sheet: asked.sheet,
        largest: LARGEST_MEGABYTES,
        earlier,
        under_way: caller
            .viewer()
            .ok()
            .and_then(|viewer| caller.app().lists.of(viewer.authority()))
            .map(|reading| reading.file_name.clone()),
    }
}

fn import_page(
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

/// What a heading may mean.
fn columns() -> Vec<Choice> {
    let read = Column::ALL.iter().filter(|column| !column.is_ours());
    let ends = [
        Choice::new("", "Hearth decides"),
        Choice::new(IGNORE, "Nothing: do not read it"),
    ];
    ends.into_iter()
        .chain(read.map(|column| Choice::new(column.as_str(), column.label())))
        .collect()
}

/// The sheets to choose from; nothing is chosen until somebody does.
fn sheet_choices(names: &[String]) -> Vec<Choice> {
    let named = names.iter().filter(|name| !name.is_empty());
    let named: Vec<Choice> = named
        .map(|name| Choice::new(name.clone(), name.clone()))
        .collect();
    if named.is_empty() {
        return named;
    }
    let none = Choice::new("", "Hearth decides");
    std::iter::once(none).chain(named).collect()
}

/// What to ask about a file that could not be read as it is.
fn asked_about(problem: &ImportError, before: Asked) -> Asked {
    let sheets = match problem {
        ImportError::Sheet(SheetProblem::WhichSheet { names }) => names.as_slice(),
        ImportError::Sheet(SheetProblem::NoSuchSheet { names, .. }) => names.as_slice(),
        _ => std::slice::from_ref(&before.sheet),
    };
    Asked {
        sheets: sheet_choices(sheets),
        headings: headings_of(problem, before.headings),
        sheet: before.sheet,
    }
}

/// The headings of a file that lacks one which is needed, so that a person can say which it is: each once, because a
/// mapping is by the words of a heading.
fn headings_of(problem: &ImportError, chosen: Vec<HeadingChoice>) -> Vec<HeadingChoice> {
    match problem {
        ImportError::Sheet(SheetProblem::HeadingsMissing { found, .. }) => {
            let mut headings: Vec<HeadingChoice> = Vec::with_capacity(found.len());
            for text in found {
                if headings
                    .iter()
                    .any(|heading| is_same_heading(&heading.text, text))
                {
                    continue;
                }
                let before = chosen
                    .iter()
                    .find(|heading| is_same_heading(&heading.text, text));
                headings.push(HeadingChoice {
                    text: text.clone(),
                    chosen: before
                        .map(|heading| heading.chosen.clone())
                        .unwrap_or_default(),
                });
            }
            headings
        }
        _ => chosen,
    }
}
