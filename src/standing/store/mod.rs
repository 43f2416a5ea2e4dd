//! The SQL of closed records.

pub mod departed;
