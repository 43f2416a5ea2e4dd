//! The SQL of the register.

pub(super) mod address;
pub(super) mod bulk;
pub(super) mod child;
pub(super) mod claimed_address;
pub(super) mod episode;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod index_use;
pub(super) mod known;
pub(super) mod list;
pub(super) mod name_token;
pub(super) mod out_of_sight;
pub(super) mod person;
pub(super) mod place;
pub(super) mod registration;
pub(super) mod search;
pub(super) mod tier;

use crate::rules::codes::{
    AbuseCategory, ChildStatus, ClosureReason, Confidentiality, EpisodeKind, Ethnicity,
    PreviousSetting, PrimaryReason, RegisterBasis, Relationship, SenProvision, SenType, Sex,
    Source,
};
use crate::rules::identifiers::{EmailAddress, NhsNumber, PhoneNumber, Postcode, Upn, Uprn};
use crate::rules::tier::Tier;

crate::text_column!(
    AbuseCategory,
    ChildStatus,
    ClosureReason,
    Confidentiality,
    EmailAddress,
    EpisodeKind,
    Ethnicity,
    NhsNumber,
    PhoneNumber,
    Postcode,
    PreviousSetting,
    PrimaryReason,
    RegisterBasis,
    Relationship,
    SenProvision,
    SenType,
    Sex,
    Source,
    Tier,
    Upn,
    Uprn,
);
