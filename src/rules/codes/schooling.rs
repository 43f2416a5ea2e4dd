//! Where the child was before and why the family educates at home, in the values of the department's return.

use super::code_list;

code_list! {
    /// The 19 primary reasons of the DfE return, autumn 2025/26. The department publishes labels and no codes: the
    /// keys are Hearth's own. "Not given" means the parent was asked and did not say; "unknown" means the
    /// authority does not know.
    pub enum PrimaryReason {
        MentalHealth = "mental_health", "Mental health";
        PhysicalHealth = "physical_health", "Physical health";
        Covid = "covid", "Health concerns related to COVID19";
        DissatisfactionGeneral = "dissat_general", "School dissatisfaction general";
        DissatisfactionSend = "dissat_send", "School dissatisfaction SEND";
        DissatisfactionBullying = "dissat_bullying", "School dissatisfaction bullying";
        Lifestyle = "lifestyle", "Lifestyle";
        Philosophical = "philosophical", "Philosophical or preferential";
        Religious = "religious", "Religious";
        RiskOfExclusion = "risk_exclusion", "Risk of school exclusion";
        PermanentExclusion = "perm_exclusion", "Permanent exclusion";
        NoPreference = "no_preference", "Did not get school preference";
        NoSuitablePlace = "no_suitable_place", "Difficulty accessing suitable school place";
        /// New in autumn 2025.
        OfferedNotAccepted = "offered_not_accepted", "Offered school place but not yet accepted";
        /// New in autumn 2025.
        DidNotApply = "did_not_apply", "Did not apply for school place at compulsory school age";
        SchoolSuggestion = "school_suggestion", "School suggestion";
        Other = "other", "Other";
        NotGiven = "not_given", "No reason given";
        Unknown = "unknown", "Unknown";
    }
}

code_list! {
    /// The setting before home education, in the 11 values of the DfE return (`ehe_schtype_*`).
    pub enum PreviousSetting {
        EarlyYears = "ey", "Early years setting";
        None = "none", "No previous school";
        Maintained = "lamain", "Local authority maintained school";
        Academy = "acad", "Academy";
        FreeSchool = "free", "Free school";
        Independent = "ind", "Independent school";
        Special = "spec", "Special school";
        AlternativeProvision = "ap", "Alternative provision";
        PupilReferralUnit = "pru", "Pupil referral unit";
        HomeEducatedElsewhere = "ehe", "Already home educated elsewhere";
        OtherOrUnknown = "else_unk", "Other or unknown";
    }
}
