//! What is recorded about the child in the department's own codes.

use super::code_list;

code_list! {
    /// Sex, not gender, as recorded in law (DfE statistics policy; CIN census 2026 codes).
    pub enum Sex {
        Female = "F", "Female";
        Male = "M", "Male";
        Unknown = "U", "Unknown";
    }
}

code_list! {
    /// The 20 main ethnicity codes (CIN census 2026).
    pub enum Ethnicity {
        WhiteBritish = "WBRI", "White British";
        WhiteIrish = "WIRI", "White Irish";
        TravellerOfIrishHeritage = "WIRT", "Traveller of Irish heritage";
        OtherWhite = "WOTH", "Any other White background";
        GypsyRoma = "WROM", "Gypsy/Roma";
        WhiteAndBlackCaribbean = "MWBC", "White and Black Caribbean";
        WhiteAndBlackAfrican = "MWBA", "White and Black African";
        WhiteAndAsian = "MWAS", "White and Asian";
        OtherMixed = "MOTH", "Any other mixed background";
        Indian = "AIND", "Indian";
        Pakistani = "APKN", "Pakistani";
        Bangladeshi = "ABAN", "Bangladeshi";
        OtherAsian = "AOTH", "Any other Asian background";
        Caribbean = "BCRB", "Caribbean";
        African = "BAFR", "African";
        OtherBlack = "BOTH", "Any other Black background";
        Chinese = "CHNE", "Chinese";
        Other = "OOTH", "Any other ethnic group";
        Refused = "REFU", "Prefers not to say";
        NotYetObtained = "NOBT", "Information not yet obtained";
    }
}

code_list! {
    /// Provision for special educational needs (SEN).
    pub enum SenProvision {
        None = "N", "No special educational needs recorded";
        Support = "K", "SEN support";
        Ehcp = "E", "Education, health and care plan";
    }
}

code_list! {
    /// Type of special educational need; a child may have two, ranked.
    pub enum SenType {
        SpecificLearningDifficulty = "SPLD", "Specific learning difficulty";
        ModerateLearningDifficulty = "MLD", "Moderate learning difficulty";
        SevereLearningDifficulty = "SLD", "Severe learning difficulty";
        ProfoundAndMultipleLearningDifficulty = "PMLD", "Profound and multiple learning difficulty";
        SocialEmotionalMentalHealth = "SEMH", "Social, emotional and mental health";
        SpeechLanguageCommunication = "SLCN", "Speech, language and communication";
        Hearing = "HI", "Hearing impairment";
        Vision = "VI", "Vision impairment";
        MultiSensory = "MSI", "Multi-sensory impairment";
        Physical = "PD", "Physical disability";
        Autism = "ASD", "Autistic spectrum disorder";
        Other = "OTH", "Other difficulty or disability";
        NoSpecialistAssessment = "NSA", "SEN support, no specialist assessment of type of need";
        /// Recent addition to the census list; not confirmed from a source.
        DownSyndrome = "DS", "Down syndrome";
    }
}

code_list! {
    /// Category of abuse of a child protection plan (CIN census 2026).
    pub enum AbuseCategory {
        Neglect = "NEG", "Neglect";
        Physical = "PHY", "Physical abuse";
        Sexual = "SAB", "Sexual abuse";
        Emotional = "EMO", "Emotional abuse";
        Multiple = "MUL", "Multiple";
    }
}
