//! The kinds of duties that Hearth keeps, and all that depends on the kind. To add one is a line of [`DutyKind`] and an arm of
//! [`DutyKind::nature`]; the compiler finds the rest.

use super::codes::code_list;
use super::escalation::{Ladder, Post};
use super::policy::PolicyKey;

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
    }
}

/// What a duty is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AboutWhat {
    /// A child: it is a welfare check, with bookings and outcomes.
    Child,
    /// Nothing but the authority that owes it.
    Nobody,
}

/// What a duty is called where it is told of or counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    Check,
    Return,
    /// Neither, or some of both.
    Duty,
}

impl Called {
    /// What duties of several kinds are called together.
    #[must_use]
    pub fn together(kinds: impl IntoIterator<Item = DutyKind>) -> Self {
        let mut called = kinds.into_iter().map(|kind| kind.nature().called);
        let first = called.next().unwrap_or(Self::Duty);
        match called.all(|next| next == first) {
            true => first,
            false => Self::Duty,
        }
    }

    /// Whether one of these kinds is called so.
    #[must_use]
    pub fn is_among(self, mut kinds: impl Iterator<Item = DutyKind>) -> bool {
        kinds.any(|kind| kind.nature().called == self)
    }

    /// One of them, or several, in full: "welfare check", "returns".
    #[must_use]
    pub const fn in_full(self, how_many: usize) -> &'static str {
        match (self, how_many) {
            (Self::Check, 1) => "welfare check",
            (Self::Check, _) => "welfare checks",
            (_, how_many) => self.in_short(how_many),
        }
    }

    /// As [`Called::in_full`], for whoever knows already which checks: "check", "checks".
    #[must_use]
    pub const fn in_short(self, how_many: usize) -> &'static str {
        match (self, how_many) {
            (Self::Check, 1) => "check",
            (Self::Check, _) => "checks",
            (Self::Return, 1) => "return",
            (Self::Return, _) => "returns",
            (Self::Duty, 1) => "duty",
            (Self::Duty, _) => "duties",
        }
    }

    /// So many, in words: "3 welfare checks", "1 return".
    #[must_use]
    pub fn counted(self, how_many: usize) -> String {
        format!("{how_many} {}", self.in_full(how_many))
    }
}

/// What closes a duty, beside that it is no longer owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedBy {
    /// The notification is accepted, or the letter that acknowledges it was posted.
    Acceptance,
    /// An outcome that fits the purpose.
    Outcome,
    /// Whoever sent the return says when.
    Sending,
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
    /// Whose it is.
    pub post: Post,
    /// Whether notice is given before its day.
    pub gives_notice: bool,
    /// Which ladder its lapse climbs.
    pub ladder: Ladder,
    pub closed_by: ClosedBy,
    /// Whether it may rest while social care leads.
    pub may_rest: bool,
}

/// A check of a child: its officer's, told of in advance, closed by an outcome.
const fn check(purpose: Purpose, period: PolicyKey) -> Nature {
    Nature {
        about: AboutWhat::Child,
        called: Called::Check,
        purpose,
        period,
        post: Post::Officer,
        gives_notice: true,
        ladder: Ladder::Welfare,
        closed_by: ClosedBy::Outcome,
        may_rest: purpose.may_rest(),
    }
}

impl DutyKind {
    /// All that the kind decides.
    #[must_use]
    pub const fn nature(self) -> Nature {
        match self {
            Self::Acknowledgement => Nature {
                closed_by: ClosedBy::Acceptance,
                ..check(Purpose::Acknowledge, PolicyKey::Acknowledgement)
            },
            Self::FirstContact => check(Purpose::Contact, PolicyKey::FirstContact),
            Self::FirstMeeting => check(Purpose::SeeChild, PolicyKey::FirstMeeting),
            Self::SuitabilityDecision => check(Purpose::Decide, PolicyKey::SuitabilityDecision),
            Self::SecondCheck => check(Purpose::SeeChild, PolicyKey::SecondCheck),
            Self::RecurringCheck => check(Purpose::SeeChild, PolicyKey::RecurringCheck),
            Self::NewAttempt => check(Purpose::SeeChild, PolicyKey::FailedVisitRebooked),
            Self::AfterMove => check(Purpose::SeeChild, PolicyKey::AfterMove),
            Self::SeeInPerson => check(Purpose::SeeChild, PolicyKey::SeeInPerson),
            Self::FindChild => check(Purpose::Find, PolicyKey::FindChild),
            Self::CensusReturn => Nature {
                about: AboutWhat::Nobody,
                called: Called::Return,
                purpose: Purpose::SendReturn,
                period: PolicyKey::CensusReturn,
                post: Post::DataTeam,
                gives_notice: true,
                ladder: Ladder::Return,
                closed_by: ClosedBy::Sending,
                may_rest: Purpose::SendReturn.may_rest(),
            },
        }
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

impl Purpose {
    /// Whether a duty for this may rest while social care leads. Nothing lets the search for a child rest, nor what is no
    /// check of a child.
    #[must_use]
    pub const fn may_rest(self) -> bool {
        match self {
            Self::Acknowledge | Self::Contact | Self::SeeChild | Self::Decide => true,
            Self::Find | Self::SendReturn => false,
        }
    }
}
