//! Two records of one child become one. What the record that goes was owed does not go with it: the clock that runs out
//! first runs on in the record that stays, and a lapse goes on there with everybody who was told of it and every plan.

use chrono::{NaiveDate, NaiveDateTime};

use crate::access::Viewer;
use crate::access::audit::{self, Event};
use crate::db::{Conn, Result};
use crate::duty::lapse::{self, LapseRecord};
use crate::duty::owed::{self, copy_next};
use crate::register::child::ChildRecord;
use crate::rules::dates::spoken;
use crate::rules::duty::Purpose;
use crate::rules::schedule::DutyOwed;
use crate::visit::check::{self, Check};

/// Hands over what is open on the record that goes: meetings and all that has lapsed. The caller closes that record then.
/// Writes the audit events.
pub fn carry_over(
    tx: &mut Conn,
    viewer: &Viewer,
    goes: &ChildRecord,
    stays: &ChildRecord,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    let merge = Merge {
        viewer,
        goes,
        stays,
        today,
        now,
    };
    for owed in check::open_of_child(tx, goes.key)? {
        let lapse = lapse::of_duty(tx, owed.key)?;
        let open = check::open_of_child(tx, stays.key)?;
        let same = open.iter().find(|check| check.kind == owed.kind);
        let is_carried = lapse.is_some() || owed.purpose == Purpose::SeeChild;
        let heir = match same.or_else(|| open.iter().find(|_| is_carried)) {
            Some(heir) => heir.clone(),
            None if is_carried => merge.owe_instead(tx, &owed)?,
            None => continue,
        };
        if owed.due_on < heir.due_on {
            merge.bring_forward(tx, &owed, &heir)?;
        }
        if let Some(lapse) = lapse {
            merge.hand_over(tx, &lapse, &heir)?;
        }
    }
    copy_next(tx, stays.key)
}

struct Merge<'a> {
    viewer: &'a Viewer,
    goes: &'a ChildRecord,
    stays: &'a ChildRecord,
    today: NaiveDate,
    now: NaiveDateTime,
}

impl Merge<'_> {
    /// The record that stays is owed nothing that could take this over: it is owed the same.
    fn owe_instead(&self, tx: &mut Conn, owed: &Check) -> Result<Check> {
        let same = DutyOwed {
            kind: owed.kind,
            purpose: owed.purpose,
            due_on: owed.due_on,
            counted_from: owed.counted_from,
            why: format!("{} {}", owed.why, self.because()),
        };
        owed::owe(tx, self.viewer, self.stays.key, &[same], None, self.now)?;
        let open = check::open_of_child(tx, self.stays.key)?;
        let written = open.into_iter().find(|check| check.kind == owed.kind);
        written.ok_or_else(|| {
            crate::db::DbError::Corrupt(format!("{} was not owed again", owed.reference))
        })
    }

    fn bring_forward(&self, tx: &mut Conn, owed: &Check, heir: &Check) -> Result<()> {
        let why = format!(
            "{} Brought forward on {} from {} to {}. {}",
            heir.why,
            spoken(self.today),
            spoken(heir.due_on),
            spoken(owed.due_on),
            self.because()
        );
        owed::bring_forward(tx, heir.key, owed.due_on, &why)?;
        self.note(tx, "check_brought_forward", heir.reference.as_str(), &why)
    }

    /// Where the heir has lapsed too, the older of the two clocks runs on.
    fn hand_over(&self, tx: &mut Conn, lapse: &LapseRecord, heir: &Check) -> Result<()> {
        let detail = match lapse::of_duty(tx, heir.key)? {
            None => {
                lapse::hand_over(tx, lapse.key, heir.key, self.stays.key)?;
                format!("Lapse {} goes on here. {}", lapse.reference, self.because())
            }
            Some(own) if lapse.due_on < own.due_on => {
                lapse::count_from(tx, own.key, lapse.due_on)?;
                format!(
                    "Lapse {} counts from {} on, as {} did. {}",
                    own.reference,
                    spoken(lapse.due_on),
                    lapse.reference,
                    self.because()
                )
            }
            Some(_) => return Ok(()),
        };
        self.note(tx, "lapse_handed_over", lapse.reference.as_str(), &detail)
    }

    fn because(&self) -> String {
        format!(
            "It was owed by then in {}, a duplicate of this record.",
            self.goes.reference
        )
    }

    fn note(&self, tx: &mut Conn, action: &'static str, subject: &str, detail: &str) -> Result<()> {
        let event = Event {
            action,
            child: Some(self.stays.key.number()),
            subject,
            detail,
        };
        audit::record(tx, self.viewer, &event, self.now)
    }
}
