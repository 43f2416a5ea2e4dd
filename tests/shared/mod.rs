//! What the tests of the rooms and those of the running program share.

pub mod archives;
pub mod proving;
pub mod reading;
