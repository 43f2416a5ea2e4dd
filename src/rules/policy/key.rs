//! What the policy has a value for, and which values it may have, so that no value keeps a check from coming due or a
//! lapse from being told. Each bound has its source; where none is published it says that it is Hearth's own.

use super::{Period, Unit};
use crate::rules::codes::code_list;

/// What stands between a key and a value that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The units that it may be counted in.
    pub units: &'static [Unit],
    pub least: u32,
    /// The most, in its own unit; other units are compared by the days they span.
    pub most: Period,
    /// Where the bound comes from, in words that finish a sentence in brackets.
    pub source: &'static str,
}

const DAYS: &[Unit] = &[Unit::CalendarDay];
const NUMBER: &[Unit] = &[Unit::Times];
const THURSDAYS: &[Unit] = &[Unit::Thursday];
/// Whatever goes on in the holidays.
const TIME: &[Unit] = &[Unit::CalendarDay, Unit::WorkingDay, Unit::Week, Unit::Month];
const WORKING: &[Unit] = &[Unit::CalendarDay, Unit::WorkingDay, Unit::Week];
/// What is about the education alone, and may wait for the schools.
const OF_SCHOOLS: &[Unit] = &[
    Unit::CalendarDay,
    Unit::WorkingDay,
    Unit::SchoolDay,
    Unit::Week,
    Unit::Month,
];

const BEXLEY_OUTER: &str = "Bexley’s 15 working days are the outer bound of what is published";
const BEXLEY_92: &str = "Bexley’s 13 weeks and 1 day, after which a manager decides, are the outer bound of what is published";
const A_YEAR: &str = "the 2019 guidance recommends contact at least once a year";
const A_MONTH: &str = "the November 2025 Surrey review, where a visit was put off by a month";
const A_CHILDHOOD: &str = "Hearth’s own bound: 18 years, a whole childhood";
const OWN: &str = "Hearth’s own bound; no published one was found";
const OF_THE_CENSUS: &str = "the school census is taken on a Thursday of the month";
const OF_THE_ACT: &str =
    "Hearth’s own bound; the Act’s days are known from commentary alone until it is read in force";

code_list! {
    /// What a period is for.
    pub enum PolicyKey {
        RecordAndCrossChecks = "record_and_cross_checks", "Record the child and ask other services";
        Acknowledgement = "acknowledgement", "Acknowledge the notification";
        FirstContact = "first_contact", "First contact";
        FirstMeeting = "first_meeting", "First meeting with the child and a parent";
        SuitabilityDecision = "suitability_decision", "First decision on the education";
        NotYetConfident = "not_yet_confident", "Manager decides if still not confident about the education";
        SecondCheck = "second_check", "Second check";
        RecurringCheck = "recurring_check", "Recurring check";
        FailedVisitRebooked = "failed_visit_rebooked", "New attempt after a failed visit";
        ImprovementPeriod = "improvement_period", "Time to improve the education";
        /// Before the due day; the officer hears of the check.
        DueSoonFirst = "due_soon_first", "First notice before a check is due";
        DueSoonLast = "due_soon_last", "Last notice before a check is due";
        LapseToManager = "lapse_to_manager", "Lapse goes to the manager";
        LapseToHeadOfService = "lapse_to_head_of_service", "Lapse goes to the head of service";
        LapseToDutyMailbox = "lapse_to_duty_mailbox", "Lapse goes to the duty mailbox and safeguarding lead";
        AddressVerifiedFor = "address_verified_for", "A verified address counts as verified";
        SafeguardingLookBack = "safeguarding_look_back", "Ended social care involvement still counts";
        ConcernBeforeNotification = "concern_before_notification", "A concern this long before the notification counts";
        MovedRecently = "moved_recently", "A move from another authority still counts";
        MovedWithin = "moved_within", "A move to another address still counts";
        MovesThatCount = "moves_that_count", "Moves to another address that are a reason to look sooner";
        NotSeenFor = "not_seen_for", "Longest time without seeing the child in person";
        AfterMove = "after_move", "See the child at a new address";
        SeeInPerson = "see_in_person", "See the child after contacts without meeting";
        ContactsNotInPerson = "contacts_not_in_person", "Contacts without meeting that raise a check";
        FindChild = "find_child", "Find out where a child is";
        PostponementCeiling = "postponement_ceiling", "An officer books no later than this after the first due day";
        PostponementsAlone = "postponements_alone", "From this postponement on the manager hears of each";
        PlansAlone = "plans_alone", "From this plan for a lapse on only a manager answers";
        LongestPlan = "longest_plan", "Longest plan for a lapse";
        LongestRest = "longest_rest", "Longest rest of a child’s checks";
        LongestAbsence = "longest_absence", "Longest time that somebody is away and another stands in";
        LongestTierDecision = "longest_tier_decision", "Longest time that a tier is decided by a person";
        ChecksAWeek = "checks_a_week", "Checks that one officer can do in a week";
        RowsOfList = "rows_of_list", "Look at the rows of a list that have no place";
        CensusReturn = "census_return", "Census return";
        CensusAutumn = "census_autumn", "Day of the autumn census, in October";
        CensusSpring = "census_spring", "Day of the spring census, in January";
        CensusSummer = "census_summer", "Day of the summer census, in May";
        ReturnedMail = "returned_mail", "Say what a message was that came in";
        /// s.437(2) Education Act 1996. Counted with the day of service as day 1.
        S437Notice = "s437_notice", "Notice under section 437";
        ParentNotification2026 = "parent_notification_2026", "Parent tells the authority (2026 Act)";
        PreliminaryNotice2026 = "preliminary_notice_2026", "Preliminary notice (2026 Act)";
        UpdateRequestEarliest2026 = "update_request_earliest_2026", "Earliest request for an update (2026 Act)";
        UpdateRequestLatest2026 = "update_request_latest_2026", "Latest request for an update (2026 Act)";
        HomeVisitRequest2026 = "home_visit_request_2026", "Request for a home visit (2026 Act)";
    }
}

impl PolicyKey {
    /// Whether any rule counts with this key. What is not read is kept for the day on which it is, and every page that
    /// shows it says so: nobody may believe that Hearth watches over it. (`tests/it/architecture.rs` looks for the readers.)
    #[must_use]
    pub const fn is_read(self) -> bool {
        !matches!(
            self,
            Self::RecordAndCrossChecks
                | Self::NotYetConfident
                | Self::ImprovementPeriod
                | Self::S437Notice
                | Self::ParentNotification2026
                | Self::PreliminaryNotice2026
                | Self::UpdateRequestEarliest2026
                | Self::UpdateRequestLatest2026
                | Self::HomeVisitRequest2026
        )
    }

    /// The values that the key may have.
    #[must_use]
    pub const fn bounds(self) -> Bounds {
        let (units, least, most, unit, source) = match self {
            Self::RecordAndCrossChecks => (WORKING, 0, 15, Unit::WorkingDay, BEXLEY_OUTER),
            Self::Acknowledgement => (WORKING, 1, 15, Unit::WorkingDay, BEXLEY_OUTER),
            Self::FirstContact
            | Self::FirstMeeting
            | Self::NotYetConfident
            | Self::AfterMove
            | Self::SeeInPerson
            | Self::FindChild
            | Self::LongestPlan
            | Self::LongestRest => (TIME, 1, 92, Unit::CalendarDay, BEXLEY_92),
            Self::SuitabilityDecision | Self::ImprovementPeriod => {
                (OF_SCHOOLS, 1, 92, Unit::CalendarDay, BEXLEY_92)
            }
            Self::SecondCheck
            | Self::RecurringCheck
            | Self::NotSeenFor
            | Self::AddressVerifiedFor
            | Self::LongestTierDecision => (TIME, 1, 12, Unit::Month, A_YEAR),
            Self::LongestAbsence => (TIME, 1, 12, Unit::Month, OWN),
            Self::FailedVisitRebooked
            | Self::PostponementCeiling
            | Self::LapseToManager
            | Self::LapseToHeadOfService
            | Self::LapseToDutyMailbox => (TIME, 1, 1, Unit::Month, A_MONTH),
            Self::DueSoonFirst | Self::DueSoonLast => (TIME, 1, 1, Unit::Month, OWN),
            Self::SafeguardingLookBack | Self::MovedRecently | Self::MovedWithin => {
                (TIME, 1, 216, Unit::Month, A_CHILDHOOD)
            }
            Self::ConcernBeforeNotification => (TIME, 1, 12, Unit::Month, OWN),
            Self::ContactsNotInPerson | Self::PostponementsAlone | Self::MovesThatCount => (
                NUMBER,
                1,
                3,
                Unit::Times,
                "Hearth’s own bound: by the third time a person looks",
            ),
            Self::PlansAlone => (
                NUMBER,
                2,
                3,
                Unit::Times,
                "Hearth’s own bound: an officer can answer, and by the third time a manager looks",
            ),
            Self::RowsOfList => (WORKING, 1, 15, Unit::WorkingDay, BEXLEY_OUTER),
            Self::CensusReturn => (TIME, 1, 92, Unit::CalendarDay, OWN),
            Self::ReturnedMail => (WORKING, 1, 15, Unit::WorkingDay, OWN),
            Self::CensusAutumn | Self::CensusSpring | Self::CensusSummer => {
                (THURSDAYS, 1, 4, Unit::Thursday, OF_THE_CENSUS)
            }
            Self::ChecksAWeek => (NUMBER, 1, 50, Unit::Times, OWN),
            Self::S437Notice => (
                DAYS,
                15,
                92,
                Unit::CalendarDay,
                "s.437(2) Education Act 1996: not less than 15 days beginning with the day of service; at most Bexley’s 13 weeks and 1 day",
            ),
            Self::ParentNotification2026
            | Self::PreliminaryNotice2026
            | Self::HomeVisitRequest2026 => (DAYS, 1, 92, Unit::CalendarDay, OF_THE_ACT),
            Self::UpdateRequestEarliest2026 | Self::UpdateRequestLatest2026 => {
                (TIME, 1, 12, Unit::Month, OF_THE_ACT)
            }
        };
        Bounds {
            units,
            least,
            most: Period { value: most, unit },
            source,
        }
    }
}
