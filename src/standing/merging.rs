//! Two records of one child become one. What the record that goes was owed does not go with it: the clock that runs out
//! first runs on in the record that stays, and a lapse goes on there with everybody who was told of it and every plan.

use crate::access::{Act, Action, Subject};
use crate::db::Result;
use crate::duty::lapse::{self, LapseRecord};
use crate::duty::owed::{self, copy_next};
use crate::register::child::ChildRecord;
use crate::rules::dates::spoken;
use crate::rules::duty::Purpose;
use crate::rules::schedule::DutyOwed;
use crate::visit::check::{self, Check};

/// Hands over what is open on the record that goes: meetings and all that has lapsed. Whoever calls this closes that record then.
/// Writes the audit events.
pub fn carry_over(act: &mut Act<'_>, goes: &ChildRecord, stays: &ChildRecord) -> Result<()> {
    let merge = Merge { goes, stays };
    for owed in check::open_of_child(act.tx, goes.key)? {
        let lapse = lapse::of_duty(act.tx, owed.key)?;
        let open = check::open_of_child(act.tx, stays.key)?;
        let same = open.iter().find(|check| check.kind == owed.kind);
        let is_carried = lapse.is_some() || owed.purpose == Purpose::SeeChild;
        let heir = match same.or_else(|| open.iter().find(|_| is_carried)) {
            Some(heir) => heir.clone(),
            None if is_carried => merge.owe_instead(act, &owed)?,
            None => continue,
        };
        if owed.due_on < heir.due_on {
            merge.bring_forward(act, &owed, &heir)?;
        }
        if let Some(lapse) = lapse {
            merge.hand_over(act, &lapse, &heir)?;
        }
    }
    copy_next(act.tx, stays.key)
}

struct Merge<'a> {
    goes: &'a ChildRecord,
    stays: &'a ChildRecord,
}

impl Merge<'_> {
    /// The record that stays is owed nothing that could take this over: it is owed the same.
    fn owe_instead(&self, act: &mut Act<'_>, owed: &Check) -> Result<Check> {
        let same = DutyOwed {
            kind: owed.kind,
            purpose: owed.purpose,
            due_on: owed.due_on,
            counted_from: owed.counted_from,
            why: format!("{} {}", owed.why, self.because()),
        };
        owed::owe(act, self.stays.key, &[same], None)?;
        let open = check::open_of_child(act.tx, self.stays.key)?;
        let written = open.into_iter().find(|check| check.kind == owed.kind);
        written.ok_or_else(|| {
            crate::db::DbError::Corrupt(format!("{} was not owed again", owed.reference))
        })
    }

    fn bring_forward(&self, act: &mut Act<'_>, owed: &Check, heir: &Check) -> Result<()> {
        let why = format!(
            "{} Brought forward on {} from {} to {}. {}",
            heir.why,
            spoken(act.at.today()),
            spoken(heir.due_on),
            spoken(owed.due_on),
            self.because()
        );
        owed::move_to(act.tx, heir.key, owed.due_on, &why)?;
        act.note(
            Action::CheckBroughtForward,
            Subject::of_child(self.stays.key, heir.reference.as_str()),
            &why,
        )
    }

    /// Where the heir has lapsed too, the older of the two clocks runs on.
    fn hand_over(&self, act: &mut Act<'_>, lapse: &LapseRecord, heir: &Check) -> Result<()> {
        let detail = match lapse::of_duty(act.tx, heir.key)? {
            None => {
                lapse::hand_over(act.tx, lapse.key, heir.key, self.stays.key)?;
                format!("Lapse {} goes on here. {}", lapse.reference, self.because())
            }
            Some(own) if lapse.due_on < own.due_on => {
                lapse::count_from(act.tx, own.key, lapse.due_on)?;
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
        act.note(
            Action::LapseHandedOver,
            Subject::of_child(self.stays.key, lapse.reference.as_str()),
            &detail,
        )
    }

    fn because(&self) -> String {
        format!(
            "It was owed by then in {}, a duplicate of this record.",
            self.goes.reference
        )
    }
}
