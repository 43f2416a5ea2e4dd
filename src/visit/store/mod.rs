//! The SQL of bookings, outcomes, what closed a check, and capacity.

pub mod booking;
pub mod capacity;
pub mod ending;
pub mod outcome;

use self::booking::BookingState;
use crate::rules::outcome::{Judgement, Mode, SpokenAlone};

crate::text_column!(BookingState, Judgement, Mode, SpokenAlone);
