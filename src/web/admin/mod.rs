//! The pages of administrators, who look after accounts and deliveries and see no child.

pub mod calendar;
pub mod commencement;
pub mod mail;
pub mod message;
pub mod policy_value;
pub mod rehearsal;
pub mod samples;
pub mod watch;
