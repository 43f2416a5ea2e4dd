//! Every promise, proved on the live data.

mod store;
pub mod verify;
