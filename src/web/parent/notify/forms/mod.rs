//! What is typed on the pages of a notification; kept as it is when it makes sense.

pub mod address;
pub mod child;
pub mod you;
