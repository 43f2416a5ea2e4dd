//! How a child stands on the register, who the people around the child are, and where a fact came from.

use super::code_list;

code_list! {
    /// Why the child is on the register. Wider than home education, because the register of s.436B (not in force)
    /// will be.
    pub enum RegisterBasis {
        Ehe = "ehe", "Elective home education";
        Flexi = "flexi", "Flexi-schooling";
        Eotas = "eotas", "Education otherwise than at school, arranged by the authority";
        /// Education Act 1996 s.19.
        Section19 = "section19", "Section 19 provision";
        PartTime = "part_time", "Part-time timetable";
        UnregisteredSetting = "unregistered_setting", "Unregistered setting";
        Cme = "cme", "Child missing education";
        Other = "other", "Other";
    }
}

code_list! {
    /// Where a child stands on the register.
    pub enum ChildStatus {
        Notified = "notified", "Notified";
        Active = "active", "Active";
        WhereaboutsUnknown = "whereabouts_unknown", "Whereabouts unknown";
        Closed = "closed", "Closed";
    }
}

impl ChildStatus {
    /// Whether the register still owes this child something. A child whose whereabouts are unknown is open.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

code_list! {
    /// Why a record was closed.
    pub enum ClosureReason {
        /// On the first day of attendance, not on the offer of a place.
        ReturnedToSchool = "returned_to_school", "Attends a school";
        LeftCompulsoryAge = "left_compulsory_age", "No longer of compulsory school age";
        Moved = "moved", "Moved to another authority, which has acknowledged it";
        Emigrated = "emigrated", "Moved abroad";
        Adopted = "adopted", "Adopted";
        Died = "died", "Died";
        EotasOrSection19 = "eotas_or_s19", "Education arranged by the authority";
        Ineligible = "ineligible", "Should not have been on the register";
        Duplicate = "duplicate", "Duplicate of another record";
    }
}

code_list! {
    /// What a person is to a child.
    pub enum Relationship {
        Mother = "mother", "Mother";
        Father = "father", "Father";
        StepParent = "step_parent", "Step-parent";
        Grandparent = "grandparent", "Grandparent";
        Guardian = "guardian", "Guardian";
        FosterCarer = "foster_carer", "Foster carer";
        Carer = "carer", "Carer";
        Sibling = "sibling", "Brother or sister";
        Other = "other", "Other";
    }
}

code_list! {
    /// Who told the authority.
    pub enum Source {
        /// SI 2024/208 reg. 13.
        SchoolReturn = "school_return", "School's return";
        Parent = "parent", "Parent";
        SocialCare = "social_care", "Children's social care";
        Authority = "authority", "This authority";
        OtherAuthority = "other_authority", "Another authority";
        Import = "import", "Imported list";
        Other = "other", "Other";
    }
}

code_list! {
    /// Who may be shown a person's details.
    pub enum Confidentiality {
        Normal = "normal", "Normal";
        WithholdFromOtherParents = "withhold_from_other_parents", "Withhold from other parents";
        Restricted = "restricted", "Restricted to named staff";
    }
}

code_list! {
    /// How soon and how often checks are due.
    #[derive(PartialOrd, Ord)]
    pub enum Tier {
        Green = "green", "Green";
        Amber = "amber", "Amber";
        Red = "red", "Red";
    }
}
