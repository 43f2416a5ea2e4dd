//! Hearth: a register of home-educated children for English local authorities that does not let a welfare
//! check lapse unseen.
//!
//! The rooms stand in this order, and a room uses only the rooms before it (held by `tests/it/architecture.rs`):
//!
//! - [`config`]: every setting, its default and what it is for; refuses unknown or contradictory ones at start.
//! - [`clock`]: what time it is; the only place that reads a clock.
//! - [`rules`]: what law and policy say, as pure functions over plain values.
//! - [`db`]: how to reach a database; no domain word in it but the names of tables.
//! - [`mail`]: the outbox, the messages and their delivery; nothing leaves the program but through here.
//! - [`access`]: who is asking and what they may see; accounts, sessions, the audit trail.
//! - [`register`]: whom the register holds: children, people, addresses, episodes; search and duplicates.
//! - [`policy`]: the rulebook of an authority on a day, and who must be assessed again when it changes.
//! - [`duty`]: what is owed by a day, and that it does not lapse in silence: notices, lapses, the ladder, rests.
//! - [`tier`]: the facts of a child, what the rules say of them, and what a manager decided instead.
//! - [`visit`]: checks of a child and what came of them: bookings, outcomes, capacity.
//! - [`standing`]: where a record stands: whereabouts, settled addresses, joined records, closed ones.
//! - [`intake`]: every way in: a parent's notification, the list an authority already has.
//! - [`returns`]: what the authority sends to others: the census return.
//! - [`desk`]: what somebody sees first: my work, the team's, the week's digest, who may be lost from sight.
//! - [`proof`]: every promise, proved on the live data.
//! - [`shipped`]: what every database has before anybody writes into it.
//! - [`backup`]: copies of the register, checked when they are made and again when they are restored.
//! - [`jobs`]: what runs on a schedule, and the record that it ran.
//! - [`web`]: HTTP in, HTML out.

pub mod access;
pub mod backup;
pub mod clock;
pub mod config;
pub mod db;
pub mod desk;
pub mod duty;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod fresh;
pub mod intake;
pub mod jobs;
pub mod mail;
pub mod policy;
pub mod proof;
pub mod register;
pub mod returns;
pub mod rules;
pub mod shipped;
pub mod standing;
pub mod tier;
pub mod visit;
pub mod web;

/// What `tests/shared` and the tests of the running program call this library, its own tests call it too.
#[cfg(test)]
extern crate self as hearth;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "../tests/shared/mod.rs"]
mod shared;
