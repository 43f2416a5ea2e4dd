//! A child's record: the page, and each part of it that is changed.

pub mod address;
pub mod allocation;
mod change;
pub mod closure;
pub mod episode_end;
pub mod episodes;
mod file;
pub mod page;
pub mod parents;
pub mod particulars;
pub mod rest;
pub mod restriction;
pub mod tier;
pub mod timeline;
pub mod whereabouts;
