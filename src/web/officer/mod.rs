//! The pages officers and managers work with; a file a resource.

pub mod check;
pub mod child;
pub mod days;
pub mod desk;
pub mod intake;
pub mod row;
mod seen;
pub mod team;
