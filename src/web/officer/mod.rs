//! The pages officers and managers work with: a folder a subject, a file a resource. `desk` leads into the others; what they
//! share stands beside them.

pub mod check;
pub mod child;
pub mod days;
pub mod desk;
pub mod intake;
pub mod row;
mod seen;
pub mod team;
