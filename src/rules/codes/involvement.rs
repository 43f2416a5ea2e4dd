//! Involvement of other services with the child, recorded as dated episodes.

use super::code_list;

code_list! {
    /// What an episode was. Whether a threshold is met is a decision of children's social care: the register records
    /// it with its dates and source, and never makes it.
    pub enum EpisodeKind {
        /// Children Act 1989 s.47.
        S47 = "s47", "Section 47 enquiry";
        CpPlan = "cp_plan", "Child protection plan";
        /// Children Act 1989 s.17.
        Cin = "cin", "Child in need";
        Lac = "lac", "Looked-after child";
        EarlyHelp = "early_help", "Early help";
        SafeguardingReferral = "safeguarding_referral", "Safeguarding referral";
        SchoolConcern = "school_concern", "Concern recorded by a school";
        Exclusion = "exclusion", "Exclusion from school";
        AttendanceProceedings = "attendance_proceedings", "School attendance proceedings";
        /// Education Act 1996 s.437.
        Sao = "sao", "School attendance order";
        CareProceedings = "care_proceedings", "Care proceedings";
        YouthJustice = "youth_justice", "Youth justice";
        SendSupport = "send_support", "SEN support";
        Ehcp = "ehcp", "Education, health and care plan in force";
    }
}

impl EpisodeKind {
    /// Whether the episode belongs to children's social care or the family court.
    #[must_use]
    pub const fn is_social_care(self) -> bool {
        matches!(
            self,
            Self::S47
                | Self::CpPlan
                | Self::Cin
                | Self::Lac
                | Self::SafeguardingReferral
                | Self::CareProceedings
        )
    }
}
