//! Every way into the register: a parent's notification, the list an authority already has. Needs the rooms of the
//! register and of checks together.

pub mod csv;
pub mod episode_list;
pub mod limits;
pub mod list_import;
pub mod notification;
pub mod plain_list;
mod store;
pub mod term_list;
pub mod workbook;
