//! The questions of the proof, each of which finds what would break a promise.

pub mod question;
pub mod verify;
pub mod verify_lists;
pub mod verify_states;
pub mod verify_told;
pub mod verify_watch;
