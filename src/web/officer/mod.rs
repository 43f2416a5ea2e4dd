//! The pages officers and managers work with; a file a resource.

pub mod absences;
pub mod check;
pub mod child;
pub mod days;
pub mod desk;
pub mod imports;
pub mod new_child;
pub mod notification;
pub mod notifications;
pub mod row;
mod seen;
