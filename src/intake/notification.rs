//! A notification: a parent (or somebody for them) tells the authority that children are educated at home. The clock of
//! the first checks starts with it, whether or not anybody has read it yet.

mod accept;
mod letters;
mod promise;
mod receive;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::store;
use super::store::notification::{NotificationKey, Row, SeenChild};
use crate::access::{Act, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::duty::owed::{self, DueDay};
use crate::register::ChildKey;
use crate::register::address::Place;
use crate::register::list::Line;
use crate::register::person::NewPerson;
use crate::rules::codes::{PreviousSetting, PrimaryReason, Relationship, Sex, Source};
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::{Postcode, Reference};
use crate::rules::same_child::Identity;

pub use self::accept::accept;
pub use self::receive::receive;

/// What a parent tells the authority; nothing in it can be nonsense.
#[derive(Clone, Debug)]
pub struct Notification {
    /// The form's own key: the same form sent twice is one notification.
    pub form_key: String,
    pub source: Source,
    pub parent: NotifyingParent,
    /// The children, one or more.
    pub children: Vec<NotifiedChild>,
    /// What else the parent wants to say.
    pub message: String,
}

/// The parent who notifies.
#[derive(Clone, Debug)]
pub struct NotifyingParent {
    /// With the account that proved the address, unless an officer writes it down for them.
    pub person: NewPerson,
    pub home: Place,
}

/// A child in a notification.
#[derive(Clone, Debug)]
pub struct NotifiedChild {
    pub given_names: String,
    pub family_name: String,
    /// What the child is called, if something else.
    pub known_as: Option<String>,
    pub date_of_birth: NaiveDate,
    pub sex: Sex,
    /// What the parent is to the child.
    pub relationship: Relationship,
    /// Where the child lives, if not with this parent.
    pub other_home: Option<Place>,
    /// Since when the child is educated at home, where given.
    pub educated_at_home_since: Option<NaiveDate>,
    /// The kind of setting before.
    pub previous_setting: PreviousSetting,
    pub previous_school: Option<String>,
    /// The reason, where given; asking is optional and so is answering.
    pub reason: PrimaryReason,
}

impl NotifiedChild {
    /// What tells the child from others; they live with the parent unless another home is named.
    #[must_use]
    pub fn identity<'a>(&'a self, parents_home: &'a Place) -> Identity<'a> {
        let home = self.other_home.as_ref().unwrap_or(parents_home);
        Identity {
            given_names: &self.given_names,
            family_name: &self.family_name,
            known_as: self.known_as.as_deref(),
            date_of_birth: self.date_of_birth,
            sex: self.sex,
            upn: None,
            nhs_number: None,
            other_reference: None,
            postcode: home.postcode.as_ref().map(Postcode::as_str),
        }
    }
}

/// What the parent gets back.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The reference of the notification.
    pub reference: Reference,
    /// When it was received.
    pub received_at: NaiveDateTime,
    /// How many children it tells of.
    pub children: usize,
    /// By when the authority will have written back.
    pub answer_by: NaiveDate,
}

/// A notification as officers read it.
#[derive(Clone, Debug)]
pub struct NotificationRecord {
    /// What the world calls it.
    pub reference: Reference,
    /// When it was received.
    pub received_at: NaiveDateTime,
    pub source: Source,
    pub parent_name: String,
    /// What else the parent said.
    pub message: String,
    /// The children it tells of, as the viewer may see them.
    pub children: Vec<Line>,
    /// By when the acknowledgement is due; none when it was accepted.
    pub acknowledge_by: Option<DueDay>,
    /// Who accepted it and when.
    pub accepted: Option<(NaiveDateTime, String)>,
}

/// Why a notification was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// Not there, or not for this viewer.
    #[error("There is no such notification, or you may not see it")]
    NotFound,
    /// Somebody else was faster.
    #[error("{by} has accepted this notification already")]
    Already { by: String },
    /// The officer chosen cannot be one.
    #[error("Choose the officer who will answer for the children")]
    NoOfficer,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(AcceptError);

/// The receipts of an account's notifications, the newest first, for the parent's own page.
pub fn receipts_of(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<NotificationRecord>> {
    let Some(own) = viewer.account() else {
        return Ok(Vec::new());
    };
    let rows = store::notification::of_account(conn, viewer.authority(), own)?;
    read(conn, viewer, rows)
}

/// The reference of the notification that this viewer's form has become, if it was sent already.
pub fn sent_before(conn: &mut Conn, viewer: &Viewer, form_key: &str) -> Result<Option<Reference>> {
    let row =
        store::notification::by_form_key(conn, viewer.authority(), viewer.account(), form_key)?;
    row.map(|row| row.reference()).transpose()
}

/// The reference of the notification that a form of staff has become, who write down what a family has said.
pub fn written_down_before(
    conn: &mut Conn,
    viewer: &Viewer,
    form_key: &str,
) -> Result<Option<Reference>> {
    let row = store::notification::by_form_key(conn, viewer.authority(), None, form_key)?;
    row.map(|row| row.reference()).transpose()
}

/// The oldest notification that tells of this child and that nobody has accepted yet.
pub fn waiting_for(conn: &mut Conn, viewer: &Viewer, child: ChildKey) -> Result<Option<Reference>> {
    let row = store::notification::waiting_for(conn, viewer.authority(), child)?;
    row.map(|row| row.reference()).transpose()
}

/// Notifications nobody has accepted yet, the oldest first.
pub fn waiting(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<NotificationRecord>> {
    let rows = store::notification::waiting(conn, viewer.authority())?;
    read(conn, viewer, rows)
}

/// The notification with this reference, if this viewer may see all its children.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<NotificationRecord>> {
    let row = store::notification::by_reference(conn, viewer.authority(), reference)?;
    Ok(read(conn, viewer, row.into_iter().collect())?.pop())
}

/// The records behind these rows, without those that tell of a child whom this viewer may not see.
fn read(conn: &mut Conn, viewer: &Viewer, rows: Vec<Row>) -> Result<Vec<NotificationRecord>> {
    let keys: Vec<NotificationKey> = rows.iter().map(|row| row.key).collect();
    let sizes: HashMap<_, _> = store::notification::sizes(conn, &keys)?
        .into_iter()
        .collect();
    let seen = store::notification::children(conn, viewer, &keys)?;
    let children: Vec<ChildKey> = seen.iter().map(|seen| seen.child).collect();
    let due: HashMap<_, _> = owed::due_days(conn, DutyKind::Acknowledgement, &children)?
        .into_iter()
        .collect();
    let mut of_row: HashMap<NotificationKey, Vec<SeenChild>> = HashMap::new();
    for child in seen {
        of_row.entry(child.notification).or_default().push(child);
    }
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        let children = of_row.remove(&row.key).unwrap_or_default();
        if sizes.get(&row.key).copied() == i64::try_from(children.len()).ok() {
            records.push(record(row, children, &due)?);
        }
    }
    Ok(records)
}

fn record(
    row: Row,
    children: Vec<SeenChild>,
    due: &HashMap<ChildKey, DueDay>,
) -> Result<NotificationRecord> {
    let earliest = children
        .iter()
        .filter_map(|seen| due.get(&seen.child))
        .min_by_key(|due| due.on);
    Ok(NotificationRecord {
        reference: row.reference()?,
        received_at: row.received_at,
        source: row.source,
        parent_name: row.parent_name,
        message: row.message,
        acknowledge_by: earliest.cloned().filter(|_| row.accepted_at.is_none()),
        children: children.into_iter().map(|seen| seen.line).collect(),
        accepted: row.accepted_at.map(|at| {
            (
                at,
                row.accepted_by
                    .unwrap_or_else(|| "the home education team".to_owned()),
            )
        }),
    })
}

/// What a parent has typed so far, as the form keeps it (JSON), with the form's key: (key, answers).
pub fn draft(conn: &mut Conn, viewer: &Viewer) -> Result<Option<(String, String)>> {
    match viewer.account() {
        Some(account) => store::draft::find(conn, account),
        None => Ok(None),
    }
}

/// Keeps what a parent has typed so far; gives the form's key.
pub fn keep_draft(act: &mut Act<'_>, answers: &str) -> Result<String> {
    let account = act.viewer.person()?;

    if let Some((form_key, _)) = store::draft::find(act.tx, account)? {
        store::draft::update(act.tx, account, answers, act.at.now())?;
        return Ok(form_key);
    }
    let form_key = format!("{:032x}", rand::random::<u128>());
    store::draft::insert(act.tx, account, &form_key, answers, act.at.now())?;
    Ok(form_key)
}
