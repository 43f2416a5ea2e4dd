//! The SQL of bookings, outcomes and capacity.

pub mod booking;
pub mod capacity;
pub mod outcome;

use self::booking::BookingState;
use crate::rules::outcome::{Judgement, Mode, SpokenAlone};

crate::text_column!(BookingState, Judgement, Mode, SpokenAlone);
