//! The pages officers and managers work with; a file a resource.

pub mod absences;
pub mod address;
pub mod allocation;
pub mod bookings;
pub mod change;
pub mod check;
pub mod child;
pub mod closure;
pub mod days;
pub mod desk;
pub mod episode_end;
pub mod episodes;
pub mod imports;
pub mod letter;
pub mod new_child;
pub mod notification;
pub mod notifications;
pub mod outcomes;
pub mod parents;
pub mod particulars;
pub mod restriction;
pub mod row;
mod seen;
pub mod suspension;
pub mod tier;
pub mod whereabouts;
