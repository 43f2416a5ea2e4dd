//! The SQL of closed records.

pub mod closure_news;
