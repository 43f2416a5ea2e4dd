//! The SQL of checks, bookings, outcomes and lapses.

pub(super) mod booking;
pub(super) mod calendar_book;
pub(super) mod capacity;
pub(super) mod check;
pub(super) mod departed;
pub(super) mod diary;
pub(super) mod due_soon;
pub(super) mod facts;
pub(super) mod ladder;
pub(super) mod lapse;
pub(super) mod lapse_list;
pub(super) mod outcome;
pub(super) mod policy_book;
pub(super) mod rulebook;
pub(super) mod suspension;
pub(super) mod tiering;
pub(super) mod told;
pub(super) mod verify;
pub(super) mod verify_states;
pub(super) mod verify_told;

use crate::db::Condition;
use crate::rules::escalation::Step;
use crate::rules::identifiers::Reference;
use crate::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use crate::rules::policy::{PolicyKey, PolicySet, Unit};
use crate::rules::schedule::{CheckKind, Purpose};

use self::booking::BookingState;
use super::check::CheckState;

crate::text_column!(
    AttemptResult,
    BookingState,
    CheckKind,
    CheckState,
    Judgement,
    Mode,
    PolicyKey,
    PolicySet,
    Purpose,
    Reference,
    SpokenAlone,
    Step,
    Unit,
);

/// That a check is open, as a literal and not a parameter, so that SQLite sees that the index of open checks will do.
const IS_OPEN: Condition = Condition("welfare_check.state = 'open'");
