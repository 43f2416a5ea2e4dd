//! Every door into the register: a parent's notification, the list an authority already has. Needs the rooms of the
//! register and of checks together.

pub mod closure;
pub mod csv;
pub mod list_import;
pub mod notification;
mod store;
