//! What became of a list, as files to take away: the rows to mend, those to look at, and the account of all of them.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::intake::list_import;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::named::Named;

/// `GET /imports/{reference}/refused.csv`
pub async fn refused(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let name = format!("refused-{reference}");
    let found = caller
        .read(move |conn, viewer| list_import::rows_to_mend(conn, viewer, &reference, true))
        .await?;
    csv(&name, found)
}

/// `GET /imports/{reference}/to-look-at.csv`
pub async fn to_look_at(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let name = format!("to-look-at-{reference}");
    let found = caller
        .read(move |conn, viewer| list_import::rows_to_mend(conn, viewer, &reference, false))
        .await?;
    csv(&name, found)
}

/// Which rows of the account are asked for.
#[derive(Deserialize)]
pub struct AccountAsked {
    /// The word for what became of them; all of them without one.
    became: Option<String>,
}

/// `GET /imports/{reference}/rows.csv`
pub async fn account(
    caller: Caller,
    Named(reference): Named,
    asked: web::Query<AccountAsked>,
) -> Result<HttpResponse, WebError> {
    let became = asked.into_inner().became;
    let name = format!("{}-{reference}", became.as_deref().unwrap_or("rows"));
    let found = caller
        .read(move |conn, viewer| {
            list_import::account_csv(conn, viewer, &reference, became.as_deref())
        })
        .await?;
    csv(&name, found)
}

fn csv(name: &str, rows: Option<String>) -> Result<HttpResponse, WebError> {
    let rows = rows
        .filter(|rows| !rows.is_empty())
        .ok_or(WebError::NotFound)?;
    let name: String = name
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
        .collect();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ))
        .body(rows))
}
