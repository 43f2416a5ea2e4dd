//! The SQL of notifications and of what parents have typed so far.

pub(super) mod draft;
pub(super) mod notification;
