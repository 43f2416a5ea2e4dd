//! Notifying, in the GOV.UK way: one thing a page, kept after each answer, so that a phone that goes dark loses nothing.

mod answers;
pub mod check_answers;
pub mod child;
pub mod children;
mod forms;
mod order;
mod question;
mod step;
pub mod you;

pub use question::{answer, show};

use actix_web::HttpResponse;

use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;

/// Leads to the first question that is still open.
///
/// # Errors
/// When the database does not answer.
pub async fn resume(caller: Caller) -> Result<HttpResponse, WebError> {
    let answers = caller.read(answers::Answers::load).await?;
    Ok(answer::see_other(&answers.first_open().path()))
}
