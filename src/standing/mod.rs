//! Where a record stands: a child whom nobody can find, a claimed address that is settled, two records that become one, and
//! the doors out of the register.

pub mod closure;
pub mod closure_news;
pub mod dispute;
pub mod merging;
pub(crate) mod store;
pub mod whereabouts;
