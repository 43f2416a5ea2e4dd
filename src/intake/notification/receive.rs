//! Taking a notification in: a row for everybody it tells of, what is owed to the children from now on, and a receipt.

use chrono::NaiveDate;

use super::promise::Promise;
use super::{Notification, NotifiedChild, NotifyingParent, Receipt, letters};
use crate::access::{Act, Action, Subject, authority};
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result};
use crate::duty::owed;
use crate::intake::store;
use crate::intake::store::notification::{NewNotification, Row};
use crate::policy::rulebook::{self, Rulebook};
use crate::register::address::{self, AddressRecord};
use crate::register::child::{self, NewChild, Particulars};
use crate::register::person::{self, NewRelation};
use crate::register::registration::{self, Registration};
use crate::register::{ChildKey, PersonKey};
use crate::rules::codes::{ChildStatus, RegisterBasis, Source};
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::{EmailAddress, Reference, ReferenceKind};
use crate::rules::names;
use crate::rules::schedule::{Entry, first_checks};
use crate::rules::tier::Tier;
use crate::standing::dispute;
use crate::tier::tiering;

/// What every part of taking in needs to know.
struct Intake<'a> {
    source: Source,
    rulebook: &'a Rulebook,
    received_on: NaiveDate,
}

/// A child taken in, or one whom this parent has told of before.
struct Taken {
    key: ChildKey,
    reference: String,
    event: Action,
    detail: &'static str,
    /// Whether all first checks are owed, or only the acknowledgement of this notification.
    is_new: bool,
}

/// Takes a notification in, all in the transaction it is given: rows of the children, the parent, their ties and homes, the tier, the
/// first checks, the audit events, and the receipt into the outbox. The same form key gives the same receipt and changes nothing.
/// A child who is on the register already (same account's earlier notification: same match key) is not taken twice.
pub fn receive(
    act: &mut Act<'_>,
    notification: &Notification,
    base_url: &str,
    received_on: NaiveDate,
) -> Result<Receipt> {
    let account = notification.parent.person.account;
    let rulebook = rulebook::as_of(act, received_on)?;
    if let Some(row) = store::notification::by_form_key(
        act.tx,
        act.viewer.authority(),
        account,
        &notification.form_key,
    )? {
        return receipt(act.tx, &row, &rulebook);
    }
    let intake = Intake {
        source: notification.source,
        rulebook: &rulebook,
        received_on,
    };
    let parent = intake.hold_parent(act, &notification.parent)?;
    let reference = fresh_reference(act.tx)?;
    let key = store::notification::insert(
        act.tx,
        &NewNotification {
            reference: &reference,
            authority: act.viewer.authority(),
            account,
            person: parent,
            form_key: &notification.form_key,
            source: notification.source,
            message: &notification.message,
        },
        act.at.now(),
    )?;
    for child in &notification.children {
        let taken = intake.take_child(act, child, parent, &notification.parent)?;
        store::notification::add_child(act.tx, key, taken.key)?;
        intake.owe(act, child, &taken, &reference)?;
    }
    store::draft::delete(act.tx, &notification.form_key)?;
    let row = store::notification::by_reference(act.tx, act.viewer.authority(), &reference)?
        .ok_or_else(|| DbError::Corrupt(format!("notification {reference} was not stored")))?;
    acknowledge_receipt(
        act,
        &intake,
        &row,
        notification.parent.person.particulars.email.as_ref(),
        base_url,
    )
}

impl Intake<'_> {
    /// The parent's row: a second notification says anew what the first one said, and leaves alone whom their details
    /// may be shown to. What an officer writes down of a parent who is held already, by email address and name, leaves
    /// the parent's own words alone.
    fn hold_parent(&self, act: &mut Act<'_>, parent: &NotifyingParent) -> Result<PersonKey> {
        let held = match parent.person.account {
            Some(account) => person::of_account(act.tx, act.viewer, account)?,
            None => None,
        };
        let mut said = parent.person.clone();
        if let Some(held) = &held {
            said.particulars.confidentiality = held.particulars.confidentiality;
        }
        let key = match held {
            Some(held) => {
                person::update(act, &held, &said)?;
                held.key
            }
            None if said.account.is_some() => person::add(act, &said)?,
            None => person::hold(act, &said)?,
        };
        address::move_person(act, key, &parent.home, self.source, self.received_on)?;
        Ok(key)
    }

    fn take_child(
        &self,
        act: &mut Act<'_>,
        child: &NotifiedChild,
        parent: PersonKey,
        of: &NotifyingParent,
    ) -> Result<Taken> {
        let match_key =
            names::match_key(&child.given_names, &child.family_name, child.date_of_birth);
        let taken = match store::notification::known_child(act.tx, parent, &match_key)? {
            Some((key, reference, ChildStatus::Closed)) => {
                child::register_again(act.tx, key, self.received_on, act.at.now())?;
                registration::begin(act.tx, key, &self.registration(child))?;
                Taken {
                    key,
                    reference,
                    event: Action::ChildRegisteredAgain,
                    detail: "A parent has notified again; the child is back on the register",
                    is_new: true,
                }
            }
            Some((key, reference, _)) => Taken {
                key,
                reference,
                event: Action::ChildNotifiedAgain,
                detail: "A parent has notified again of a child who is on the register",
                is_new: false,
            },
            None => self.add_child(act, child, parent)?,
        };
        let before = address::of_child(act.tx, taken.key)?;
        let home = child.other_home.as_ref().unwrap_or(&of.home);
        dispute::take(act, taken.key, (home, self.source), self.received_on)?;
        self.note_move(act, &taken, before.as_ref())?;
        Ok(taken)
    }

    /// A child who lived somewhere else until now has moved with this notification.
    fn note_move(
        &self,
        act: &mut Act<'_>,
        taken: &Taken,
        before: Option<&AddressRecord>,
    ) -> Result<()> {
        let (Some(before), Some(home)) = (before, address::of_child(act.tx, taken.key)?) else {
            return Ok(());
        };
        if before.reference == home.reference {
            return Ok(());
        }
        let detail = format!(
            "New address, told with a notification: {}",
            home.place.on_one_line()
        );
        act.note(
            Action::AddressChanged,
            Subject::of_child(taken.key, &taken.reference),
            &detail,
        )
    }

    fn add_child(
        &self,
        act: &mut Act<'_>,
        child: &NotifiedChild,
        parent: PersonKey,
    ) -> Result<Taken> {
        let new = NewChild {
            particulars: particulars(child),
            other_reference: None,
            status: ChildStatus::Notified,
            registered_on: self.received_on,
            tier: Tier::Green,
            last_seen_on: None,
            seen_recorded: true,
        };
        let (key, reference) = child::add(act, &new)?;
        registration::begin(act.tx, key, &self.registration(child))?;
        let relation = NewRelation {
            relationship: child.relationship,
            parental_responsibility: None,
            lives_with_child: Some(child.other_home.is_none()),
            held_from: self.received_on,
        };
        person::relate(act.tx, key, parent, &relation)?;
        Ok(Taken {
            key,
            reference: reference.to_string(),
            event: Action::ChildRegistered,
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
            started_on: self.received_on,
            ended: None,
            evidence: String::new(),
        }
    }

    /// A child who is new is owed all first checks; of one who was known the notification is acknowledged.
    fn owe(
        &self,
        act: &mut Act<'_>,
        child: &NotifiedChild,
        taken: &Taken,
        notification: &Reference,
    ) -> Result<()> {
        let mut detail = format!("{} (notification {notification})", taken.detail);
        if let Some(day) = child.educated_at_home_since {
            detail.push_str(&format!(". Educated at home since {}", spoken(day)));
        }
        act.note(
            taken.event,
            Subject::of_child(taken.key, &taken.reference),
            &detail,
        )?;
        let tier = tiering::reassess(act, taken.key)?;
        let entry = Entry::Notified {
            received_on: self.received_on,
        };
        let mut owed = first_checks(&entry, tier, &self.rulebook.policy, &self.rulebook.calendar);
        owed.retain(|owed| taken.is_new || owed.kind == DutyKind::Acknowledgement);
        owed::owe(act, taken.key, &owed, None)
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
    act: &mut Act<'_>,
    intake: &Intake<'_>,
    row: &Row,
    email: Option<&EmailAddress>,
    base_url: &str,
) -> Result<Receipt> {
    let receipt = receipt(act.tx, row, intake.rulebook)?;
    if let Some(email) = email {
        let authority = authority::by_key(act.tx, act.viewer.authority())?;
        let children = store::notification::child_keys(act.tx, row.key)?;
        let words = letters::Received {
            receipt: &receipt,
            received_on: intake.received_on,
            contact_by: Promise::Contact.kept_by(
                act.tx,
                &children,
                intake.received_on,
                intake.rulebook,
            )?,
            is_by_choice: !intake.rulebook.policy.has_commenced(),
        };
        letters::send_receipt(act.tx, &authority, email, &words, base_url, act.at.now())?;
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
