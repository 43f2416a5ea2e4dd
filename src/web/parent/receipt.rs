//! The receipt of a notification: its reference, what happens next and by when, and whom to ask.

use actix_web::HttpResponse;
use askama::Template;

use crate::access::authority::{self, Authority};
use crate::clock::london_day;
use crate::db::DbError;
use crate::intake::notification::{self, NotificationRecord};
use crate::rules::dates::spoken;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::named::Named;
use crate::web::page::Page;

#[derive(Template)]
#[template(path = "parent/receipt.html")]
struct ReceiptPage {
    page: Page,
    authority: Authority,
    notification: NotificationRecord,
    email: String,
}

impl ReceiptPage {
    fn received_on(&self) -> String {
        spoken(london_day(self.notification.received_at))
    }

    /// When it was read, and by whom.
    fn accepted(&self) -> Option<(String, &str)> {
        let (at, by) = self.notification.accepted.as_ref()?;
        Some((spoken(london_day(*at)), by))
    }

    fn answer_by(&self) -> Option<String> {
        let due = self.notification.acknowledge_by.as_ref();
        due.map(|due| spoken(due.on))
    }
}

/// The receipt, for the parent it was given to.
///
/// # Errors
/// When there is none, or it is somebody else's, or the database does not answer.
pub async fn show(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let (authority, receipts) = caller
        .read(|conn, viewer| {
            let authority = authority::by_key(conn, viewer.authority())?;
            Ok::<_, DbError>((authority, notification::receipts_of(conn, viewer)?))
        })
        .await?;
    let mut receipts = receipts.into_iter();
    let notification = receipts
        .find(|receipt| receipt.reference == reference)
        .ok_or(WebError::NotFound)?;
    answer::show(&ReceiptPage {
        page: caller.page("/family"),
        authority,
        notification,
        email: caller
            .signed_in()
            .map(|signed_in| signed_in.email.clone())
            .unwrap_or_default(),
    })
}
