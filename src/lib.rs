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
//! - [`checks`]: what is owed to a child and whether it was done: checks, bookings, outcomes, lapses, verify.
//! - [`intake`]: every door in: a parent's notification, the list an authority already has.
//! - [`jobs`]: what runs on a schedule, and the record that it ran.
//! - [`web`]: HTTP in, HTML out.

pub mod access;
pub mod checks;
pub mod clock;
pub mod config;
pub mod db;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod fresh;
pub mod intake;
pub mod jobs;
pub mod mail;
pub mod register;
pub mod rules;
pub mod web;

/// What `tests/shared` and the tests of the running program call this library, its own tests call it too.
#[cfg(test)]
extern crate self as hearth;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "../tests/shared/mod.rs"]
mod shared;
