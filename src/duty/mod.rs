//! What is owed by a day, and that it does not lapse in silence: the duty, notice before its day, the lapse, the ladder and
//! who hears of it.

pub mod ending;
pub mod figures;
pub mod ladder;
pub mod lapse;
pub mod lapse_list;
pub mod news;
pub mod notice;
mod opening;
pub mod owed;
pub mod posts;
pub mod rest;
pub(crate) mod store;
mod telling;
pub mod told;
pub mod undelivered;
pub mod unplaced;
pub mod whose;

use crate::db::columns::Key;

/// Marks keys of lapses.
#[derive(Debug)]
pub struct Lapse;

/// Marks keys of duties.
#[derive(Debug)]
pub struct Owed;

/// The key of a duty.
pub type DutyKey = Key<Owed>;
/// The key of a lapse.
pub type LapseKey = Key<Lapse>;
