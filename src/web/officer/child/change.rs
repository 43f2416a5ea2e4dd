//! One change to one child's record: found for the viewer, changed, its tier looked at again, all in one transaction.

use crate::access::Act;
use crate::db::{Conflict, DbError};
use crate::register::child::{self, AmendError, ChildRecord};
use crate::rules::identifiers::Reference;
use crate::tier::tiering;
use crate::web::caller::Caller;
use crate::web::error::WebError;

/// The child a page is about.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn child_of(caller: &Caller, reference: Reference) -> Result<ChildRecord, WebError> {
    caller
        .read(move |conn, viewer| child::find(conn, viewer, &reference))
        .await?
        .ok_or(WebError::NotFound)
}

/// Changes something about a child. Every fact may move the schedule, so the tier is assessed again.
///
/// # Errors
/// What `f` gives, as it is, for the handler to answer; [`AmendError::NotFound`] when there is no such child for this
/// viewer.
pub async fn change<T, F>(
    caller: &Caller,
    reference: Reference,
    f: F,
) -> Result<Result<T, AmendError>, WebError>
where
    F: Fn(&mut Act<'_>, &ChildRecord) -> Result<T, AmendError> + Send + 'static,
    T: Send + 'static,
{
    change_or(caller, reference, f).await
}

/// As [`change`], for a change that the register may refuse for reasons of its own.
///
/// # Errors
/// What `f` gives, as it is, for the handler to answer.
pub async fn change_or<T, E, F>(
    caller: &Caller,
    reference: Reference,
    f: F,
) -> Result<Result<T, E>, WebError>
where
    F: Fn(&mut Act<'_>, &ChildRecord) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<AmendError> + From<DbError> + Conflict + Send + 'static,
{
    caller
        .act(move |act| {
            let child = child::find(act.tx, act.viewer, &reference)?.ok_or(AmendError::NotFound)?;
            let done = f(act, &child)?;
            tiering::reassess_family(act, child.key)?;

            Ok(done)
        })
        .await
}
