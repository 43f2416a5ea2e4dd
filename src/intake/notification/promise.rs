//! By when a family hears from the authority, as its letters say.

use chrono::NaiveDate;

use crate::db::{Conn, Result};
use crate::duty::owed;
use crate::policy::rulebook::Rulebook;
use crate::register::ChildKey;
use crate::rules::duty::DutyKind;
use crate::rules::policy::PolicyKey;
use crate::rules::tier::Tier;

/// What is promised.
#[derive(Clone, Copy)]
pub(super) enum Promise {
    /// An officer writes back.
    Answer,
    /// An officer gets in touch.
    Contact,
    /// The family is asked to meet.
    Meeting,
}

impl Promise {
    const fn check(self) -> DutyKind {
        match self {
            Self::Answer => DutyKind::Acknowledgement,
            Self::Contact => DutyKind::FirstContact,
            Self::Meeting => DutyKind::FirstMeeting,
        }
    }

    const fn period(self) -> PolicyKey {
        match self {
            Self::Answer => PolicyKey::Acknowledgement,
            Self::Contact => PolicyKey::FirstContact,
            Self::Meeting => PolicyKey::FirstMeeting,
        }
    }

    /// The day the earliest open check of this kind is due for these children; if none is open, the period of the
    /// policy after `from`.
    pub(super) fn kept_by(
        self,
        conn: &mut Conn,
        children: &[ChildKey],
        from: NaiveDate,
        rulebook: &Rulebook,
    ) -> Result<NaiveDate> {
        let days = owed::due_days(conn, self.check(), children)?;
        let earliest = days.into_iter().map(|(_, due)| due.on).min();
        Ok(earliest.unwrap_or_else(|| {
            let holds = rulebook.policy.always(self.period(), Tier::Green);
            holds.period().after(from, &rulebook.calendar)
        }))
    }
}
