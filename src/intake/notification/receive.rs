//! Taking a notification in: a row for everybody it tells of, what is owed to the children from now on, and a receipt.

use chrono::{NaiveDate, NaiveDateTime};

use super::promise::Promise;
use super::{Notification, NotifiedChild, NotifyingParent, Receipt, letters};
use crate::access::audit::{self, Event};
use crate::access::{Viewer, authority};
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result};
use crate::duty::owed;
use crate::intake::store;
use crate::intake::store::notification::{NewNotification, Row};
use crate::policy::rulebook::{self, Rulebook};
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, NewChild, Particulars};
use crate::register::person::{self, NewPerson, NewRelation};
use crate::register::registration::{self, Registration};
use crate::register::{ChildKey, PersonKey, names};
use crate::rules::codes::{ChildStatus, Confidentiality, RegisterBasis, Source};
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::{EmailAddress, Reference, ReferenceKind};
use crate::rules::schedule::{Entry, first_checks};
use crate::rules::tier::Tier;
use crate::standing::dispute;
use crate::tier::tiering;

/// What every part of taking in needs to know.
struct Intake<'a> {
    viewer: &'a Viewer,
    source: Source,
    rulebook: &'a Rulebook,
    today: NaiveDate,
    now: NaiveDateTime,
}

/// A child taken in, or one whom this parent has told of before.
struct Taken {
    key: ChildKey,
    reference: String,
    event: &'static str,
    detail: &'static str,
    /// Whether all first checks are owed, or only the acknowledgement of this notification.
    is_new: bool,
}

/// Takes a notification in, all in the caller's transaction: rows of the children, the parent, their ties and homes, the tier, the
/// first checks, the audit events, and the receipt into the outbox. The same form key gives the same receipt and changes nothing.
/// A child who is on the register already (same account's earlier notification: same match key) is not taken twice.
pub fn receive(
    tx: &mut Conn,
    viewer: &Viewer,
    notification: &Notification,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<Receipt> {
    let account = notification.parent.account;
    let rulebook = rulebook::load(tx, viewer.authority(), today)?;
    if let Some(row) =
        store::notification::by_form_key(tx, viewer.authority(), account, &notification.form_key)?
    {
        return receipt(tx, &row, &rulebook);
    }
    let intake = Intake {
        viewer,
        source: notification.source,
        rulebook: &rulebook,
        today,
        now,
    };
    let parent = intake.hold_parent(tx, &notification.parent)?;
    let reference = fresh_reference(tx)?;
    let key = store::notification::insert(
        tx,
        &NewNotification {
            reference: &reference,
            authority: viewer.authority(),
            account,
            person: parent,
            form_key: &notification.form_key,
            source: notification.source,
            message: &notification.message,
        },
        now,
    )?;
    for child in &notification.children {
        let taken = intake.take_child(tx, child, parent, &notification.parent)?;
        store::notification::add_child(tx, key, taken.key)?;
        intake.owe(tx, child, &taken, &reference)?;
    }
    store::draft::delete(tx, &notification.form_key)?;
    let row = store::notification::by_reference(tx, viewer.authority(), &reference)?
        .ok_or_else(|| DbError::Corrupt(format!("notification {reference} was not stored")))?;
    acknowledge_receipt(
        tx,
        &intake,
        &row,
        notification.parent.email.as_ref(),
        base_url,
    )
}

impl Intake<'_> {
    /// The parent's row: a second notification says anew what the first one said, and leaves alone whom their details
    /// may be shown to. What an officer writes down of a parent who is held already, by email address and name, leaves
    /// the parent's own words alone.
    fn hold_parent(&self, tx: &mut Conn, parent: &NotifyingParent) -> Result<PersonKey> {
        let held = match parent.account {
            Some(account) => person::of_account(tx, self.viewer, account)?,
            None => None,
        };
        let said = NewPerson {
            account: parent.account,
            name: parent.name.clone(),
            email: parent.email.clone(),
            telephone: parent.telephone.clone(),
            contact_preference: parent.contact_preference.clone(),
            confidentiality: held
                .as_ref()
                .map_or(Confidentiality::Normal, |held| held.confidentiality),
        };
        let key = match held {
            Some(held) => {
                person::update(tx, self.viewer, &held, &said, self.now)?;
                held.key
            }
            None if parent.account.is_some() => person::add(tx, self.viewer, &said, self.now)?,
            None => person::hold(tx, self.viewer, &said, self.now)?,
        };
        let (viewer, home) = (self.viewer, &parent.home);
        address::move_person(tx, viewer, key, home, self.source, self.today, self.now)?;
        Ok(key)
    }

    fn take_child(
        &self,
        tx: &mut Conn,
        child: &NotifiedChild,
        parent: PersonKey,
        of: &NotifyingParent,
    ) -> Result<Taken> {
        let match_key =
            names::match_key(&child.given_names, &child.family_name, child.date_of_birth);
        let taken = match store::notification::known_child(tx, parent, &match_key)? {
            Some((key, reference, ChildStatus::Closed)) => {
                child::register_again(tx, key, self.today, self.now)?;
                registration::begin(tx, key, &self.registration(child))?;
                Taken {
                    key,
                    reference,
                    event: "child_registered_again",
                    detail: "A parent has notified again; the child is back on the register",
                    is_new: true,
                }
            }
            Some((key, reference, _)) => Taken {
                key,
                reference,
                event: "child_notified_again",
                detail: "A parent has notified again of a child who is on the register",
                is_new: false,
            },
            None => self.add_child(tx, child, parent)?,
        };
        let before = address::of_child(tx, taken.key)?;
        let home = child.other_home.as_ref().unwrap_or(&of.home);
        let (viewer, key, today) = (self.viewer, taken.key, self.today);
        dispute::take(tx, viewer, key, (home, self.source), (today, self.now))?;
        self.note_move(tx, &taken, before.as_ref())?;
        Ok(taken)
    }

    /// A child who lived somewhere else until now has moved with this notification.
    fn note_move(
        &self,
        tx: &mut Conn,
        taken: &Taken,
        before: Option<&AddressRecord>,
    ) -> Result<()> {
        let (Some(before), Some(home)) = (before, address::of_child(tx, taken.key)?) else {
            return Ok(());
        };
        if before.reference == home.reference {
            return Ok(());
        }
        let detail = format!(
            "New address, told with a notification: {}",
            home.place.on_one_line()
        );
        let event = Event {
            action: "address_changed",
            child: Some(taken.key.number()),
            subject: &taken.reference,
            detail: &detail,
        };
        audit::record(tx, self.viewer, &event, self.now)
    }

    fn add_child(&self, tx: &mut Conn, child: &NotifiedChild, parent: PersonKey) -> Result<Taken> {
        let new = NewChild {
            particulars: particulars(child),
            other_reference: None,
            status: ChildStatus::Notified,
            registered_on: self.today,
            tier: Tier::Green,
            last_seen_on: None,
            seen_recorded: true,
        };
        let (key, reference) = child::add(tx, self.viewer, &new, self.now)?;
        registration::begin(tx, key, &self.registration(child))?;
        let relation = NewRelation {
            relationship: child.relationship,
            parental_responsibility: None,
            lives_with_child: Some(child.other_home.is_none()),
            held_from: self.today,
        };
        person::relate(tx, key, parent, &relation)?;
        Ok(Taken {
            key,
            reference: reference.to_string(),
            event: "child_registered",
            detail: "Put on the register with a notification",
            is_new: true,
        })
    }

    fn registration(&self, child: &NotifiedChild) -> Registration {
        Registration {
            basis: RegisterBasis::Ehe,
            primary_reason: child.reason,
            secondary_reasons: Vec::new(),
            previous_setting: child.previous_setting,
            previous_school: child.previous_school.clone(),
            source: self.source,
            started_on: self.today,
            ended: None,
            evidence: String::new(),
        }
    }

    /// A child who is new is owed all first checks; of one who was known the notification is acknowledged.
    fn owe(
        &self,
        tx: &mut Conn,
        child: &NotifiedChild,
        taken: &Taken,
        notification: &Reference,
    ) -> Result<()> {
        let mut detail = format!("{} (notification {notification})", taken.detail);
        if let Some(day) = child.educated_at_home_since {
            detail.push_str(&format!(". Educated at home since {}", spoken(day)));
        }
        let event = Event {
            action: taken.event,
            child: Some(taken.key.number()),
            subject: &taken.reference,
            detail: &detail,
        };
        audit::record(tx, self.viewer, &event, self.now)?;
        let tier = tiering::reassess(tx, self.viewer, taken.key, self.rulebook, self.now)?;
        let entry = Entry::Notified {
            received_on: self.today,
        };
        let mut owed = first_checks(&entry, tier, &self.rulebook.policy, &self.rulebook.calendar);
        owed.retain(|owed| taken.is_new || owed.kind == DutyKind::Acknowledgement);
        owed::owe(tx, self.viewer, taken.key, &owed, None, self.now)
    }
}

fn particulars(child: &NotifiedChild) -> Particulars {
    Particulars {
        given_names: child.given_names.clone(),
        family_name: child.family_name.clone(),
        known_as: child.known_as.clone(),
        date_of_birth: child.date_of_birth,
        sex: child.sex,
        upn: None,
        nhs_number: None,
        ethnicity: None,
        language: None,
        sen_provision: None,
        sen_type: None,
        second_sen_type: None,
    }
}

/// A reference that no notification has yet.
fn fresh_reference(tx: &mut Conn) -> Result<Reference> {
    loop {
        let reference = Reference::from_random(ReferenceKind::Notification, rand::random());
        if !store::notification::has_reference(tx, &reference)? {
            return Ok(reference);
        }
    }
}

/// Puts the receipt into the outbox, where there is an address to send it to.
fn acknowledge_receipt(
    tx: &mut Conn,
    intake: &Intake<'_>,
    row: &Row,
    email: Option<&EmailAddress>,
    base_url: &str,
) -> Result<Receipt> {
    let receipt = receipt(tx, row, intake.rulebook)?;
    if let Some(email) = email {
        let authority = authority::by_key(tx, intake.viewer.authority())?;
        let children = store::notification::child_keys(tx, row.key)?;
        let words = letters::Received {
            receipt: &receipt,
            received_on: intake.today,
            contact_by: Promise::Contact.kept_by(tx, &children, intake.today, intake.rulebook)?,
            is_by_choice: !intake.rulebook.policy.has_commenced(),
        };
        letters::send_receipt(tx, &authority, email, &words, base_url, intake.now)?;
    }
    Ok(receipt)
}

fn receipt(tx: &mut Conn, row: &Row, rulebook: &Rulebook) -> Result<Receipt> {
    let children = store::notification::child_keys(tx, row.key)?;
    let received_on = london_day(row.received_at);
    Ok(Receipt {
        reference: row.reference()?,
        received_at: row.received_at,
        children: children.len(),
        answer_by: Promise::Answer.kept_by(tx, &children, received_on, rulebook)?,
    })
}
