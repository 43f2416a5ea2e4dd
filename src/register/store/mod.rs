//! The SQL of the register.

pub(super) mod address;
pub(super) mod bulk;
pub(super) mod child;
pub(super) mod episode;
pub(super) mod list;
pub(super) mod name_token;
pub(super) mod out_of_sight;
pub(super) mod person;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod plans;
pub(super) mod registration;
pub(super) mod search;
pub(super) mod tier;
pub(super) mod told_address;

use std::fmt::Display;
use std::str::FromStr;

use crate::db::{DbError, Result};
use crate::rules::codes::{
    AbuseCategory, ChildStatus, ClosureReason, Confidentiality, EpisodeKind, Ethnicity,
    PreviousSetting, PrimaryReason, RegisterBasis, Relationship, SenProvision, SenType, Sex,
    Source,
};
use crate::rules::tier::Tier;

crate::text_column!(
    AbuseCategory,
    ChildStatus,
    ClosureReason,
    Confidentiality,
    EpisodeKind,
    Ethnicity,
    PreviousSetting,
    PrimaryReason,
    RegisterBasis,
    Relationship,
    SenProvision,
    SenType,
    Sex,
    Source,
    Tier,
);

/// A stored identifier. It was parsed before it was stored, so a refusal means that the row was changed by another hand.
fn parsed<T>(stored: &str) -> Result<T>
where
    T: FromStr<Err: Display>,
{
    stored
        .parse()
        .map_err(|problem: T::Err| DbError::Corrupt(problem.to_string()))
}
