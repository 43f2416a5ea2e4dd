//! Tells every officer, manager and administrator, on every page, when nobody has looked for lapsed checks in time, nobody
//! could be told of one, or mail does not arrive by our own fault or for want of an address that works. A parent is not told:
//! there is nothing they could do.

use actix_web::web;
use chrono::NaiveDate;

use super::app::App;
use crate::access::session::SignedIn;
use crate::access::{Role, accounts, authority};
use crate::db::{Conn, DbError};
use crate::duty::posts::Posts;
use crate::jobs::watch::{Standing, Watched};
use crate::mail::{fault, outbox};
use crate::rules::escalation::Post;

/// The warning of this request; in the request's extensions, for the frame of its page.
#[derive(Clone, Debug)]
pub struct Warning(pub String);

/// Looks whether whoever is signed in has to be warned. Of the sweep nothing is asked while it is in time.
///
/// # Errors
/// When the database fails.
pub async fn look(
    app: &web::Data<App>,
    signed_in: Option<&SignedIn>,
) -> Result<Option<Warning>, DbError> {
    let Some(signed_in) = signed_in.filter(|it| it.role != Role::Parent) else {
        return Ok(None);
    };
    let (at, late_after) = (app.clock.at(), app.config.jobs_late_after);
    let in_time = app.watchman.knows_it_is_in_time(at.now(), late_after);
    let (watchman, signed_in) = (app.watchman.clone(), signed_in.clone());
    let is_administrator = signed_in.role == Role::Administrator;
    let others = of_the_watch(app.watch.troubles(at.now()), is_administrator);
    app.db
        .read(move |conn| {
            let mut warnings = Vec::new();
            if !in_time {
                warnings.extend(watchman.ask(conn, at.now(), late_after)?.warning());
            }
            warnings.extend(others);
            warnings.extend(of_our_fault(conn)?);
            warnings.extend(of_the_last_address(conn, &signed_in, at.today())?);
            if warnings.is_empty() {
                return Ok(None);
            }
            let ask = whom_to_ask(conn, &signed_in)?;
            Ok::<_, DbError>(Some(Warning(format!("{} {ask}.", warnings.join(" ")))))
        })
        .await
}

/// What else does not do its work; of the sweep and the tiers it is said above. What exactly is the matter is for administrators.
fn of_the_watch(troubles: Vec<Standing>, is_administrator: bool) -> Vec<String> {
    let others = troubles
        .into_iter()
        .filter(|it| !matches!(it.watched, Watched::Sweep | Watched::Tiers));
    let warnings = others.filter_map(|it| it.warning(is_administrator));
    warnings.collect()
}

fn of_our_fault(conn: &mut Conn) -> Result<Option<String>, DbError> {
    let fault = fault::of_all(conn)?;
    Ok(fault.is_general().then(|| {
        format!(
            "Mail is not arriving at {} addresses, by a fault of our own: mail servers refuse our domain or our relay.",
            fault.addresses
        )
    }))
}

fn of_the_last_address(
    conn: &mut Conn,
    signed_in: &SignedIn,
    today: NaiveDate,
) -> Result<Option<String>, DbError> {
    if outbox::failing_addresses(conn)?.is_empty() {
        return Ok(None);
    }
    let authority = authority::by_key(conn, signed_in.viewer.authority())?;
    let posts = Posts::of(conn, &authority, today)?;
    let silenced = posts.silenced();
    Ok((!silenced.is_empty()).then(|| {
        format!(
            "Mail has come back from everybody who is told what is for {}: nobody may read it. Hearth still writes to the address that worked last.",
            one_of(&silenced)
        )
    }))
}

fn one_of(posts: &[Post]) -> String {
    let names: Vec<String> = posts
        .iter()
        .map(|post| format!("the {}", post.label().to_lowercase()))
        .collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        names => names.concat(),
    }
}

/// An administrator sees to it; the others ask one.
fn whom_to_ask(conn: &mut Conn, signed_in: &SignedIn) -> Result<String, DbError> {
    if signed_in.role == Role::Administrator {
        return Ok("See what became of mail and jobs under Mail and jobs".to_owned());
    }
    let staff = accounts::staff(conn, signed_in.viewer.authority())?;
    let names: Vec<String> = staff
        .into_iter()
        .filter(|account| account.role == Role::Administrator && account.left_on.is_none())
        .map(|account| account.name)
        .collect();
    Ok(match names.as_slice() {
        [] => "Tell whoever runs Hearth for your authority".to_owned(),
        names => format!("Tell {}, who can see to mail and jobs", names.join(" or ")),
    })
}
