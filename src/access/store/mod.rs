//! The SQL of authorities, accounts, sessions, links and the audit trail, and the one query every read of children
//! starts from.

pub(crate) mod absence;
pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod authority;
pub(crate) mod scope;
pub(crate) mod session;

crate::text_column!(super::Role);
