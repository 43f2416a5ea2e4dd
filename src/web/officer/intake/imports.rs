//! Taking over the list an authority already has: the page to send it on. `asked` is what it may ask about the file, `shown` what came
//! of it.

mod asked;
mod shown;
mod upload;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

pub(super) use self::asked::Asked;
use self::asked::{HeadingChoice, asked_about, columns, sheet_choices};
use self::shown::import_page;
pub use self::shown::show;
use self::upload::Upload;
use crate::access::Viewer;
use crate::intake::csv::mapping::Mapping;
use crate::intake::limits::LARGEST_MEGABYTES;
use crate::intake::list_import::report::Report;
use crate::intake::list_import::under_way::Reading;
use crate::intake::list_import::{self, ImportError, ImportLine, Order, Whose};
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::filters;
use crate::web::form::{Choice, FormErrors};
use crate::web::gate::csrf;
use crate::web::page::{Flash, Page};
use crate::web::pages::with_commas;

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
                other.name_for(&sender)
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
        under_way: caller.viewer().ok().and_then(|viewer| {
            let reading = caller.app().lists.of(viewer.authority())?;
            Some(reading.name_for(viewer).to_owned())
        }),
    }
}
