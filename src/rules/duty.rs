//! The kinds of duties that Hearth keeps, and all that depends on the kind. To add one is a line of [`DutyKind`] and an arm of
//! [`DutyKind::nature`]; the compiler finds what it wants to know. CONTRIBUTING.md says what no compiler finds.

mod nature;

use super::codes::code_list;
use super::escalation::{Ladder, Post};
use super::policy::PolicyKey;

pub use nature::{AboutWhat, AlsoDone, Asks, Called, ClosedBy, Since, ToFamily};

code_list! {
    /// The duties that Hearth keeps.
    pub enum DutyKind {
        Acknowledgement = "acknowledgement", "Acknowledgement";
        FirstContact = "first_contact", "First contact";
        FirstMeeting = "first_meeting", "First meeting";
        SuitabilityDecision = "suitability_decision", "Decision on the education";
        SecondCheck = "second_check", "Second check";
        RecurringCheck = "recurring_check", "Recurring check";
        NewAttempt = "new_attempt", "New attempt";
        AfterMove = "after_move", "Visit after a move";
        SeeInPerson = "see_in_person", "Meeting in person";
        FindChild = "find_child", "Find out where the child is";
        CensusReturn = "census_return", "Census return";
        RowsOfList = "rows_of_list", "Rows of a list to look at";
        ReturnedMail = "returned_mail", "Message that came in, to be placed";
    }
}

code_list! {
    /// What a duty is for. Only what fits the purpose satisfies it.
    pub enum Purpose {
        Acknowledge = "acknowledge", "Acknowledge the notification";
        Contact = "contact", "Be in contact with the family";
        SeeChild = "see_child", "See the child in person";
        Decide = "decide", "Decide on the education";
        Find = "find", "Find out where the child is";
        SendReturn = "send_return", "Send the return to the Department for Education";
        PlaceRows = "place_rows", "Say what each row of the list is";
        PlaceMail = "place_mail", "Say what a message was that came in";
    }
}

/// All that depends on the kind of a duty.
#[derive(Debug, Clone, Copy)]
pub struct Nature {
    pub about: AboutWhat,
    pub called: Called,
    /// What it is for. A new attempt takes the purpose of the check it follows, which is stored with it; asked by itself the
    /// kind gives the strictest.
    pub purpose: Purpose,
    /// The period of the policy after which it is due.
    pub period: PolicyKey,
    /// What it is counted after, as far as the kind alone says.
    pub counted_after: &'static str,
    /// Whose it is.
    pub post: Post,
    /// Whether notice is given before its day.
    pub gives_notice: bool,
    /// Which ladder its lapse climbs.
    pub ladder: Ladder,
    pub closed_by: ClosedBy,
    pub also_done: AlsoDone,
    /// What is owed once it is satisfied.
    pub followed_by: Option<DutyKind>,
    /// Whether it may rest while social care leads.
    pub may_rest: bool,
    pub to_family: Option<ToFamily>,
}

/// The event from which a check is counted that follows one of seeing the child.
pub const CHILD_SEEN: &str = "the child was seen";

const NOTIFIED: &str = "the notification was received";
const MEET: &str = "We would like to meet you, in a way that suits you";
const HEAR: &str = "We would like to hear how it is going, in a way that suits you";

const fn to_family(what: &'static str, since: Since) -> Option<ToFamily> {
    Some(ToFamily { what, since })
}

impl DutyKind {
    /// All that the kind decides.
    #[must_use]
    pub const fn nature(self) -> Nature {
        match self {
            Self::Acknowledgement => Nature {
                closed_by: ClosedBy::Acceptance,
                also_done: AlsoDone::Never,
                to_family: to_family("We will write to you", Since::Notified),
                ..check(Purpose::Acknowledge, PolicyKey::Acknowledgement, NOTIFIED)
            },
            Self::FirstContact => Nature {
                to_family: to_family("We will get in touch", Since::Notified),
                ..check(Purpose::Contact, PolicyKey::FirstContact, NOTIFIED)
            },
            Self::FirstMeeting => Nature {
                followed_by: Some(Self::SecondCheck),
                to_family: to_family(MEET, Since::Notified),
                ..check(Purpose::SeeChild, PolicyKey::FirstMeeting, NOTIFIED)
            },
            Self::SuitabilityDecision => {
                check(Purpose::Decide, PolicyKey::SuitabilityDecision, NOTIFIED)
            }
            Self::SecondCheck => Nature {
                also_done: AlsoDone::OnceDue,
                followed_by: Some(Self::RecurringCheck),
                to_family: to_family(HEAR, Since::Unsaid),
                ..check(Purpose::SeeChild, PolicyKey::SecondCheck, CHILD_SEEN)
            },
            Self::RecurringCheck => Nature {
                also_done: AlsoDone::OnceDue,
                followed_by: Some(Self::RecurringCheck),
                to_family: to_family(HEAR, Since::Unsaid),
                ..check(
                    Purpose::SeeChild,
                    PolicyKey::RecurringCheck,
                    "the child was seen or came onto the register",
                )
            },
            Self::NewAttempt => Nature {
                to_family: to_family(MEET, Since::Event("when we could not meet")),
                ..check(
                    Purpose::SeeChild,
                    PolicyKey::FailedVisitRebooked,
                    "the attempt",
                )
            },
            Self::AfterMove => Nature {
                to_family: to_family(MEET, Since::Event("when we heard of the move")),
                ..check(
                    Purpose::SeeChild,
                    PolicyKey::AfterMove,
                    "the move or the word of it",
                )
            },
            Self::SeeInPerson => Nature {
                to_family: to_family(MEET, Since::Unsaid),
                ..check(
                    Purpose::SeeChild,
                    PolicyKey::SeeInPerson,
                    "the last contact without meeting the child",
                )
            },
            Self::FindChild => check(
                Purpose::Find,
                PolicyKey::FindChild,
                "nobody knew where the child is,",
            ),
            Self::CensusReturn => Nature {
                about: AboutWhat::Nobody,
                called: Called::Return,
                purpose: Purpose::SendReturn,
                period: PolicyKey::CensusReturn,
                counted_after: "the census",
                post: Post::DataTeam,
                gives_notice: true,
                ladder: Ladder::Return,
                closed_by: ClosedBy::Sending,
                also_done: AlsoDone::Never,
                followed_by: None,
                may_rest: false,
                to_family: None,
            },
            // A manager's, because a row may be about a child whom not everybody may see. It is a child nobody looks after
            // until somebody has looked: it climbs as a check does.
            Self::RowsOfList => Nature {
                about: AboutWhat::Nobody,
                called: Called::Duty,
                purpose: Purpose::PlaceRows,
                period: PolicyKey::RowsOfList,
                counted_after: "the list was read",
                post: Post::Manager,
                gives_notice: false,
                ladder: Ladder::Welfare,
                closed_by: ClosedBy::Answers,
                also_done: AlsoDone::Never,
                followed_by: None,
                may_rest: false,
                to_family: None,
            },
            Self::ReturnedMail => Nature {
                about: AboutWhat::Nobody,
                called: Called::Duty,
                purpose: Purpose::PlaceMail,
                period: PolicyKey::ReturnedMail,
                counted_after: "the message was read",
                post: Post::Administrator,
                gives_notice: true,
                ladder: Ladder::Message,
                closed_by: ClosedBy::Finding,
                also_done: AlsoDone::Never,
                followed_by: None,
                may_rest: false,
                to_family: None,
            },
        }
    }

    /// Whether it is a welfare check: a duty about a child that a visit, a contact or a letter to the family does, with bookings
    /// and outcomes. What is owed to a child besides is no check.
    #[must_use]
    pub const fn is_check(self) -> bool {
        matches!(self.nature().called, Called::Check)
    }

    /// What the duty is for: [`Nature::purpose`].
    #[must_use]
    pub const fn purpose(self) -> Purpose {
        self.nature().purpose
    }

    /// The period of the policy after which the duty is due.
    #[must_use]
    pub const fn policy_key(self) -> PolicyKey {
        self.nature().period
    }
}

/// A check of a child: its officer's, told of in advance, closed by an outcome.
const fn check(purpose: Purpose, period: PolicyKey, counted_after: &'static str) -> Nature {
    Nature {
        about: AboutWhat::Child,
        called: Called::Check,
        purpose,
        period,
        counted_after,
        post: Post::Officer,
        gives_notice: true,
        ladder: Ladder::Welfare,
        closed_by: ClosedBy::Outcome,
        also_done: AlsoDone::SinceCounted,
        followed_by: None,
        may_rest: purpose.may_rest(),
        to_family: None,
    }
}

impl Purpose {
    /// What an outcome must be to do it.
    #[must_use]
    pub const fn asks(self) -> Asks {
        match self {
            Self::SeeChild | Self::Find => Asks::SeenInPerson,
            Self::Contact => Asks::Contact,
            Self::Decide => Asks::Judgement,
            Self::Acknowledge | Self::SendReturn | Self::PlaceRows | Self::PlaceMail => {
                Asks::NoOutcome
            }
        }
    }

    /// Whether a duty for this may rest while social care leads. Nothing lets the search for a child rest, nor what is no
    /// check of a child.
    #[must_use]
    pub const fn may_rest(self) -> bool {
        match self {
            Self::Acknowledge | Self::Contact | Self::SeeChild | Self::Decide => true,
            Self::Find | Self::SendReturn | Self::PlaceRows | Self::PlaceMail => false,
        }
    }
}
