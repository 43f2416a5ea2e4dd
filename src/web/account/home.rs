//! The address without a path: where a person's work begins.

use actix_web::HttpResponse;

use crate::access::Role;
use crate::web::answer;
use crate::web::caller::Caller;

/// Leads everybody to the page they came for.
pub async fn show(caller: Caller) -> HttpResponse {
    let role = caller.signed_in().map(|signed_in| signed_in.role);
    answer::see_other(match role {
        Some(Role::Officer | Role::Manager) => "/work",
        Some(Role::Administrator) => "/admin/mail",
        Some(Role::Parent) => "/family",
        None => "/start",
    })
}
