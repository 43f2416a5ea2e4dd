//! One change to one child's record: found for the viewer, changed, its tier looked at again, all in one transaction.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::Viewer;
use crate::db::{Conflict, Conn, DbError};
use crate::policy::rulebook;
use crate::register::child::{self, AmendError, ChildRecord};
use crate::rules::identifiers::Reference;
use crate::tier::tiering;
use crate::web::error::WebError;
use crate::web::visit::Visit;

/// When a change is made.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The day in England.
    pub today: NaiveDate,
    /// The moment in UTC.
    pub now: NaiveDateTime,
}

/// The child a page is about.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn child_of(visit: &Visit, reference: Reference) -> Result<ChildRecord, WebError> {
    visit
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
    visit: &Visit,
    reference: Reference,
    f: F,
) -> Result<Result<T, AmendError>, WebError>
where
    F: Fn(&mut Conn, &Viewer, &ChildRecord, Moment) -> Result<T, AmendError> + Send + 'static,
    T: Send + 'static,
{
    change_or(visit, reference, f).await
}

/// As [`change`], for a change that the register may refuse for reasons of its own.
///
/// # Errors
/// What `f` gives, as it is, for the handler to answer.
pub async fn change_or<T, E, F>(
    visit: &Visit,
    reference: Reference,
    f: F,
) -> Result<Result<T, E>, WebError>
where
    F: Fn(&mut Conn, &Viewer, &ChildRecord, Moment) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<AmendError> + From<DbError> + Conflict + Send + 'static,
{
    let moment = Moment {
        today: visit.today(),
        now: visit.now(),
    };
    visit
        .write(move |tx, viewer| {
            let child = child::find(tx, viewer, &reference)?.ok_or(AmendError::NotFound)?;
            let done = f(tx, viewer, &child, moment)?;
            assess_again(tx, viewer, &child, moment)?;
            Ok(done)
        })
        .await
}

fn assess_again(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    moment: Moment,
) -> Result<(), DbError> {
    let rulebook = rulebook::load(tx, viewer.authority(), moment.today)?;
    tiering::reassess_family(tx, viewer, child.key, &rulebook, moment.now)?;
    Ok(())
}
