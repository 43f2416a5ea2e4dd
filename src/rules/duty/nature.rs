//! What a kind of duty says of itself, in types.

use super::DutyKind;

/// What a duty is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AboutWhat {
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
    /// Everything that was asked is answered.
    Answers,
    /// An administrator says what the messages were.
    Finding,
}

/// From which day on what was done for another duty does what one of a kind asks for as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlsoDone {
    /// It asks for something to happen once: from the day it is counted from.
    SinceCounted,
    /// It asks for something again after a time: once it is due.
    OnceDue,
    /// Only what was meant for it.
    Never,
}

/// What a family reads of a duty. The authority's own decisions are no appointment, and no family reads of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToFamily {
    /// What begins a sentence that ends with the day.
    pub what: &'static str,
    pub since: Since,
}

/// What a family reads of the day from which a duty is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// That it heard from them on that day, whatever else happened on it.
    Notified,
    /// What happened on it, if the child was not seen on it.
    Event(&'static str),
    /// Nothing that says more than the day.
    Unsaid,
}

/// What an outcome must be to do what a duty is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The child, seen in person.
    SeenInPerson,
    /// The child or an adult, in whatever way.
    Contact,
    /// What the authority thinks of the education.
    Judgement,
    /// Something that is no outcome: [`ClosedBy`] says what.
    NoOutcome,
}
