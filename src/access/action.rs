//! What the audit trail says was done.

use crate::rules::codes::code_list;
use crate::text_column;

code_list! {
    /// What was done. The keys are stored and never change.
    pub enum Action {
        ChildRegistered = "child_registered", "Put on the register with a notification";
        ChildRegisteredAgain = "child_registered_again", "Back on the register with a notification";
        ChildNotifiedAgain = "child_notified_again", "Notified again while on the register";
        ChildImported = "child_imported", "Taken over from a list";
        ChildAmended = "child_amended", "Particulars changed";
        ChildRestricted = "child_restricted", "Record restricted";
        ChildUnrestricted = "child_unrestricted", "Record no longer restricted";
        ChildAllocated = "child_allocated", "Allocated to an officer";
        ChildWithoutOfficer = "child_without_officer", "Left without an officer";
        ParentAdded = "parent_added", "Parent or carer added";
        PersonAmended = "person_amended", "Details of a parent or carer changed";
        PersonMoved = "person_moved", "A parent or carer has another address";
        /// [`Action::AddressChanged`] is another thing: there nobody of the authority made sure.
        AddressAdded = "address_added", "Address written down by an officer";
        AddressChanged = "address_changed", "Address changed by the family's word";
        AddressVerified = "address_verified", "Address verified";
        AddressDoubted = "address_doubted", "Address found wrong by a visit";
        AddressConflict = "address_conflict", "Another address told";
        AddressSettled = "address_settled", "Settled which address is right";
        EpisodeRecorded = "episode_recorded", "Episode recorded";
        EpisodeEnded = "episode_ended", "Episode ended";
        WhereaboutsUnknown = "whereabouts_unknown", "Whereabouts unknown";
        WhereaboutsKnown = "whereabouts_known", "Whereabouts known again";
        RecordClosed = "record_closed", "Record closed";
        NotificationAccepted = "notification_accepted", "Notification accepted";
        ListImported = "list_imported", "List imported";
        ListPlaced = "list_placed", "Every row of a list has its place";
        RowAnswered = "row_answered", "Row of a list answered";
        RowAsked = "row_asked", "Row of a list asked about besides";
        RegistrationAdded = "registration_added", "Earlier time on the register added";
        ListTakenAway = "list_taken_away", "List taken away";
        TierChanged = "tier_changed", "Tier changed";
        TierReasonsChanged = "tier_reasons_changed", "Reasons for the tier changed";
        TierDecided = "tier_decided", "Tier decided by a manager";
        TierDecisionEnded = "tier_decision_ended", "Decision on the tier ended";
        CheckRaised = "check_raised", "Check raised";
        CheckBroughtForward = "check_brought_forward", "Check brought forward";
        CheckCancelled = "check_cancelled", "Check cancelled";
        CheckBooked = "check_booked", "Check booked";
        CheckPostponed = "check_postponed", "Check postponed";
        DutyLapsed = "duty_lapsed", "Lapsed";
        RestBegun = "rest_begun", "Rest begun";
        BookingConfirmed = "booking_confirmed", "Booking confirmed";
        BookingMoved = "booking_moved", "Booking moved";
        OutcomeRecorded = "outcome_recorded", "Outcome recorded";
        AcknowledgedOnPaper = "acknowledged_on_paper", "Acknowledged on paper";
        LapseAnswered = "lapse_answered", "Lapse answered";
        LapseCarriedOver = "lapse_carried_over", "Lapse carried over to a new attempt";
        LapseHandedOver = "lapse_handed_over", "Lapse handed over to another record";
        MailNotDelivered = "mail_not_delivered", "Email not delivered";
        MailRetried = "mail_retried", "Email tried again";
        MailFaultMended = "mail_fault_mended", "Fault of the mail mended, all tried again";
        MessageUnplaced = "message_unplaced", "Message that came in could not be placed";
        MessagePlaced = "message_placed", "Message that came in dealt with";
        SampleSent = "sample_sent", "Sample email sent";
        AddressWorksAgain = "address_works_again", "Email address works again";
        AuthorityInService = "authority_in_service", "Register kept here";
        AuthorityDescribed = "authority_described", "Description of the authority changed";
        AccountAdded = "account_added", "Account added";
        AccountReopened = "account_reopened", "Account opened again";
        AccountLeft = "account_left", "Account's holder has left";
        PasswordSet = "password_set", "Password set";
        PasswordLinkMade = "password_link_made", "Link to choose a password made";
        PostGiven = "post_given", "Post given";
        ReturnMoved = "return_moved", "Return moved with the policy";
        ReturnOwed = "return_owed", "Return owed";
        ReturnSent = "return_sent", "Return sent";
        AbsenceRecorded = "absence_recorded", "Absence recorded";
        AbsenceEnded = "absence_ended", "Absence ended";
        PolicySet = "policy_set", "Policy value set";
        PolicyCorrected = "policy_corrected", "Policy value corrected";
        PolicyWithdrawn = "policy_withdrawn", "Policy value withdrawn";
        PolicyCommenced = "policy_commenced", "The 2026 Act entered in force";
        PolicyCommencementEnded = "policy_commencement_ended", "The 2026 Act entered not to be in force";
        CalendarDayAdded = "calendar_day_added", "Day of the calendar added";
        CalendarDayRemoved = "calendar_day_removed", "Day of the calendar removed";
        TermAdded = "term_added", "School term added";
        TermRemoved = "term_removed", "School term removed";
    }
}

text_column!(Action);

impl Action {
    /// What changes the rules of an authority: its policy, its calendar, its terms.
    pub const OF_THE_RULES: [Self; 9] = [
        Self::PolicySet,
        Self::PolicyCorrected,
        Self::PolicyWithdrawn,
        Self::PolicyCommenced,
        Self::PolicyCommencementEnded,
        Self::CalendarDayAdded,
        Self::CalendarDayRemoved,
        Self::TermAdded,
        Self::TermRemoved,
    ];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_key_and_every_label_names_one_action() {
        let keys: HashSet<&str> = Action::ALL.iter().map(|it| it.as_str()).collect();
        let labels: HashSet<&str> = Action::ALL.iter().map(|it| it.label()).collect();
        assert_eq!(keys.len(), Action::ALL.len());
        assert_eq!(labels.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
        }
    }
}
