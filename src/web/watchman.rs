//! Tells every officer, manager and administrator, on every page, when nobody has looked for lapsed checks in time or nobody
//! could be told of one. A
//! parent is not told: there is nothing they could do.

use actix_web::web;

use super::app::App;
use crate::access::session::SignedIn;
use crate::access::{Role, accounts};
use crate::db::{Conn, DbError};

/// The warning of this request; in the request's extensions, for the frame of its page.
#[derive(Clone, Debug)]
pub struct LateSweep(pub String);

/// Looks whether whoever is signed in has to be warned. While the sweep is in time this asks nothing of the database.
///
/// # Errors
/// When the database fails.
pub async fn look(
    app: &web::Data<App>,
    signed_in: Option<&SignedIn>,
) -> Result<Option<LateSweep>, DbError> {
    let Some(signed_in) = signed_in.filter(|it| it.role != Role::Parent) else {
        return Ok(None);
    };
    let (now, late_after) = (app.clock.now(), app.config.jobs_late_after);
    if app.watchman.knows_it_is_in_time(now, late_after) {
        return Ok(None);
    }
    let (watchman, signed_in) = (app.watchman.clone(), signed_in.clone());
    app.db
        .read(move |conn| {
            let Some(warning) = watchman.ask(conn, now, late_after)?.warning() else {
                return Ok(None);
            };
            let ask = whom_to_ask(conn, &signed_in)?;
            Ok::<_, DbError>(Some(LateSweep(format!("{warning} {ask}."))))
        })
        .await
}

/// An administrator sees to it; the others ask one.
fn whom_to_ask(conn: &mut Conn, signed_in: &SignedIn) -> Result<String, DbError> {
    if signed_in.role == Role::Administrator {
        return Ok("See what became of the jobs under Mail and jobs".to_owned());
    }
    let staff = accounts::staff(conn, signed_in.viewer.authority())?;
    let names: Vec<String> = staff
        .into_iter()
        .filter(|account| account.role == Role::Administrator && account.left_on.is_none())
        .map(|account| account.name)
        .collect();
    Ok(match names.as_slice() {
        [] => "Tell whoever runs Hearth for your authority".to_owned(),
        names => format!("Tell {}, who can see to the jobs", names.join(" or ")),
    })
}
