//! The SQL of authorities, accounts, sessions, links and the audit trail, and the one query every read of children
//! starts from.

pub(crate) mod absence;
pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod authority;
pub(crate) mod scope;
pub(crate) mod session;

use self::session::LinkPurpose;
use super::Role;
use crate::rules::escalation::Post;

crate::text_column!(LinkPurpose, Post, Role);
