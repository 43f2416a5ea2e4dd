//! The SQL of bookings, outcomes and capacity.

pub mod booking;
pub mod capacity;
pub mod outcome;

use crate::rules::outcome::{Judgement, Mode, SpokenAlone};

crate::text_column!(Judgement, Mode, SpokenAlone);
