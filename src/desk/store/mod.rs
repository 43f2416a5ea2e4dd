//! The SQL of desks.

pub mod diary;
