//! Gives each request its reference, tells the log what became of it, and puts the reference into the answer.

use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;

use crate::log::request::{self, Reference};

/// The header of an answer in which its reference stands.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A page takes a thousandth of this; only lists that are read may take longer.
const SLOW: Duration = Duration::from_secs(1);

/// The middleware; wrapped around everything else.
///
/// # Errors
/// Only what the app behind it gives.
pub async fn follow(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let reference = Reference::random();
    request::answering(reference, async {
        let began = Instant::now();
        let mut response = next.call(request).await?;
        if let Ok(value) = HeaderValue::from_str(&reference.to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
        log(&response, began.elapsed());
        Ok(response)
    })
    .await
}

/// An address may hold what was searched for, and a reference of a record: the log has the route's pattern. What went wrong or took
/// long is told by default, and what was refused or may have changed something; that a page was looked at only for debugging.
fn log<B>(response: &ServiceResponse<B>, took: Duration) {
    let (asked, status) = (response.request(), response.status());
    macro_rules! answered {
        ($level:ident) => {
            tracing::$level!(
                method = %asked.method(),
                route = asked.match_pattern().as_deref().unwrap_or("none"),
                status = status.as_u16(),
                milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                "answered"
            )
        };
    }
    if status.is_server_error() {
        answered!(error);
    } else if took >= SLOW {
        answered!(warn);
    } else if status.is_client_error() || !asked.method().is_safe() {
        answered!(info);
    } else {
        answered!(debug);
    }
}
