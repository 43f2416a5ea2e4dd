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
    Officer "officer" "officer";
    SocialCare "social_care" "social care";
    Notes "notes" "notes";
    LineInTheFile "line_in_the_file" "line in the file (Hearth's own)";
    RowInHearth "row_in_hearth" "row in Hearth (Hearth's own)";
    WhatToMend "what_to_mend" "what to mend (Hearth's own)";
}

impl Column {
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
