//! What being found ends: the search for a child of whom nobody knew where they are.

use chrono::{NaiveDate, NaiveDateTime};

use super::ending;
use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::db::{Conn, Result};
use crate::register::child::{self, ChildRecord};
use crate::register::registration;
use crate::rules::codes::ChildStatus;
use crate::rules::duty::DutyKind;

/// As [`find`], for a child who was seen: nobody asks how it is known. The record stands where it stood before.
pub fn known_again(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    how: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    let kept = registration::kept_status(tx, child.key)?;
    child::set_status(tx, child.key, kept.unwrap_or(ChildStatus::Active), now)?;
    let because = format!("It is known where the child is. {how}");
    ending::complete(tx, child.key, DutyKind::FindChild, &because, today, now)?;
    note(tx, viewer, child, "whereabouts_known", &because, now)
}

fn note(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    action: &'static str,
    detail: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let event = Event {
        action,
        child: Some(child.key.number()),
        subject: child.reference.as_str(),
        detail,
    };
    audit::record(tx, viewer, &event, now)
}
