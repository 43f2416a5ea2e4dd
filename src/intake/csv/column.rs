//! What a column of a list can be about: the fields the import understands.

use std::str::FromStr;

use thiserror::Error;

/// A key that is not the key of any column.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("‘{0}’ is not a column that Hearth reads. Use one of: {list}", list = Column::keys())]
pub struct UnknownColumn(pub String);

macro_rules! columns {
    ($($variant:ident $key:literal $label:literal;)+) => {
        /// A column the import understands, by its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Column {
            $(#[doc = concat!("The column of: ", $label, ".")] $variant,)+
        }

        impl Column {
            /// Every column, in the order in which a person would fill them in.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable key, as in `--map "Kid's name=full_name"`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// The words for a page or a report.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }
    };
}

columns! {
    LaCode "la_code" "local authority code";
    LaName "la_name" "local authority";
    Reference "reference" "the child's number in the old system";
    Upn "upn" "unique pupil number";
    NhsNumber "nhs_number" "NHS number";
    GivenNames "given_names" "given names";
    MiddleNames "middle_names" "middle names";
    FamilyName "family_name" "family name";
    FullName "full_name" "full name";
    FullNameFamilyFirst "full_name_family_first" "full name, family name first";
    KnownAs "known_as" "known as";
    DateOfBirth "date_of_birth" "date of birth";
    Sex "sex" "sex";
    Ethnicity "ethnicity" "ethnicity";
    Address "address" "address";
    House "house" "house number or name";
    AddressLine1 "address_line_1" "address line 1";
    AddressLine2 "address_line_2" "address line 2";
    AddressLine3 "address_line_3" "address line 3";
    AddressLine4 "address_line_4" "address line 4";
    Town "town" "town";
    County "county" "county";
    Postcode "postcode" "postcode";
    Uprn "uprn" "unique property reference number";
    Status "status" "status";
    Reason "reason" "reason for home education";
    Sen "sen" "special educational needs";
    Ehcp "ehcp" "has an education, health and care plan";
    SenType "sen_type" "type of special educational need";
    RegisteredOn "registered_on" "home educated since";
    ClosedOn "closed_on" "closed on";
    ClosureReason "closure_reason" "reason for closing";
    LastSeenOn "last_seen_on" "child last seen on";
    LastVisitOn "last_visit_on" "last visit on";
    PreviousSchool "previous_school" "previous school";
    PreviousSetting "previous_setting" "type of previous school";
    YearGroup "year_group" "year group";
    Parent1Name "parent1_name" "first parent's name";
    Parent1Given "parent1_given_names" "first parent's given names";
    Parent1Family "parent1_family_name" "first parent's family name";
    Parent1Relationship "parent1_relationship" "first parent's relationship";
    Parent1Phone "parent1_phone" "first parent's telephone number";
    Parent1Email "parent1_email" "first parent's email address";
    Parent1Address "parent1_address" "first parent's address";
    Parent2Name "parent2_name" "second parent's name";
    Parent2Given "parent2_given_names" "second parent's given names";
    Parent2Family "parent2_family_name" "second parent's family name";
    Parent2Relationship "parent2_relationship" "second parent's relationship";
    Parent2Phone "parent2_phone" "second parent's telephone number";
    Parent2Email "parent2_email" "second parent's email address";
    Parent2Address "parent2_address" "second parent's address";
    Parent3Name "parent3_name" "third parent's name";
    Parent3Given "parent3_given_names" "third parent's given names";
    Parent3Family "parent3_family_name" "third parent's family name";
    Parent3Relationship "parent3_relationship" "third parent's relationship";
    Parent3Phone "parent3_phone" "third parent's telephone number";
    Parent3Email "parent3_email" "third parent's email address";
    Parent3Address "parent3_address" "third parent's address";
    Parent4Name "parent4_name" "fourth parent's name";
    Parent4Given "parent4_given_names" "fourth parent's given names";
    Parent4Family "parent4_family_name" "fourth parent's family name";
    Parent4Relationship "parent4_relationship" "fourth parent's relationship";
    Parent4Phone "parent4_phone" "fourth parent's telephone number";
    Parent4Email "parent4_email" "fourth parent's email address";
    Parent4Address "parent4_address" "fourth parent's address";
    Officer "officer" "officer";
    SocialCare "social_care" "social care";
    Notes "notes" "notes";
    LineInTheFile "line_in_the_file" "line in the file (Hearth's own)";
    RowInHearth "row_in_hearth" "row in Hearth (Hearth's own)";
    WhatToMend "what_to_mend" "what to mend (Hearth's own)";
}

/// What a list may say of each parent, in the same order for each.
const OF_PARENTS: [[Column; 7]; 4] = {
    use Column::*;
    [
        [
            Parent1Name,
            Parent1Given,
            Parent1Family,
            Parent1Relationship,
            Parent1Phone,
            Parent1Email,
            Parent1Address,
        ],
        [
            Parent2Name,
            Parent2Given,
            Parent2Family,
            Parent2Relationship,
            Parent2Phone,
            Parent2Email,
            Parent2Address,
        ],
        [
            Parent3Name,
            Parent3Given,
            Parent3Family,
            Parent3Relationship,
            Parent3Phone,
            Parent3Email,
            Parent3Address,
        ],
        [
            Parent4Name,
            Parent4Given,
            Parent4Family,
            Parent4Relationship,
            Parent4Phone,
            Parent4Email,
            Parent4Address,
        ],
    ]
};

impl Column {
    /// The same of another parent, by their number from 1; of what is not a parent's, the column itself.
    pub(super) fn of_parent(self, number: usize) -> Self {
        let place = OF_PARENTS
            .iter()
            .find_map(|columns| columns.iter().position(|column| *column == self));
        let of_other = number
            .checked_sub(1)
            .and_then(|number| OF_PARENTS.get(number));
        let found = place.and_then(|place| of_other?.get(place));
        found.copied().unwrap_or(self)
    }

    /// Whether it is about a parent.
    pub(super) fn is_of_a_parent(self) -> bool {
        OF_PARENTS.iter().flatten().any(|column| *column == self)
    }

    /// Whether it says who somebody is, or where or how they are reached: whose it is must be certain.
    pub(super) fn says_who_or_where(self) -> bool {
        self.is_of_a_parent()
            || self.is_name()
            || self.is_address()
            || matches!(
                self,
                Self::DateOfBirth | Self::Sex | Self::Ethnicity | Self::NhsNumber | Self::Reference
            )
    }

    /// Whether a cell that cannot be read refuses the line: it tells the child from others, or what is owed.
    pub(super) const fn must_be_right(self) -> bool {
        matches!(
            self,
            Self::GivenNames
                | Self::FamilyName
                | Self::FullName
                | Self::FullNameFamilyFirst
                | Self::Upn
                | Self::NhsNumber
                | Self::Reference
                | Self::LaCode
                | Self::Postcode
                | Self::Status
        ) || self.is_date()
    }

    /// Whether its cells are names of a child.
    pub(super) const fn is_name(self) -> bool {
        matches!(
            self,
            Self::GivenNames
                | Self::MiddleNames
                | Self::FamilyName
                | Self::FullName
                | Self::FullNameFamilyFirst
                | Self::KnownAs
        )
    }

    /// Whether its cells are parts of the child's address.
    pub(super) const fn is_address(self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::House
                | Self::AddressLine1
                | Self::AddressLine2
                | Self::AddressLine3
                | Self::AddressLine4
                | Self::Town
                | Self::County
                | Self::Postcode
                | Self::Uprn
        )
    }

    /// Whether Hearth wrote the column itself, into a list of rows to mend; its content is not read again.
    pub const fn is_ours(self) -> bool {
        matches!(
            self,
            Self::LineInTheFile | Self::RowInHearth | Self::WhatToMend
        )
    }

    /// Whether several columns of a file may have this meaning and are read together.
    pub const fn may_repeat(self) -> bool {
        matches!(self, Self::Notes | Self::SocialCare)
    }

    /// Whether its cells are dates.
    pub const fn is_date(self) -> bool {
        matches!(
            self,
            Self::DateOfBirth
                | Self::RegisteredOn
                | Self::ClosedOn
                | Self::LastSeenOn
                | Self::LastVisitOn
        )
    }

    /// Every key, for the person who chooses one.
    pub fn keys() -> String {
        let keys: Vec<&str> = Self::ALL.iter().map(|column| column.as_str()).collect();
        keys.join(", ")
    }
}

impl FromStr for Column {
    type Err = UnknownColumn;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        let wanted = key.trim().to_lowercase().replace([' ', '-'], "_");
        let found = Self::ALL.iter().find(|column| column.as_str() == wanted);
        found
            .copied()
            .ok_or_else(|| UnknownColumn(key.trim().to_owned()))
    }
}
