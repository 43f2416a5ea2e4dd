//! An act: one change, and what travels with it. An inner function takes `&mut Act` and what it is about.

use std::rc::Rc;

use super::action::Action;
use super::audit::{self, Event};
use super::{AuthorityKey, Viewer};
use crate::clock::At;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::rules::rulebook::Rulebook;

/// What is done in one transaction, in whose name and when.
pub struct Act<'a> {
    pub tx: &'a mut Conn,
    pub viewer: &'a Viewer,
    pub at: At,
    /// The rulebook of this authority today, once somebody has asked for it: `policy::rulebook::of`.
    rulebook: Option<Rc<Rulebook>>,
}

impl<'a> Act<'a> {
    /// Begins an act in a transaction.
    pub fn new(tx: &'a mut Conn, viewer: &'a Viewer, at: At) -> Self {
        Self {
            tx,
            viewer,
            at,
            rulebook: None,
        }
    }

    /// The authority whose records are changed.
    pub fn authority(&self) -> AuthorityKey {
        self.viewer.authority()
    }

    /// Writes to the audit trail what was done. `detail` is one sentence for the reader of the timeline; it never goes into a
    /// mail or a log.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note<'s>(
        &mut self,
        action: Action,
        about: impl Into<Subject<'s>>,
        detail: &str,
    ) -> Result<()> {
        let about = about.into();
        self.note_all(&[Event {
            action,
            child: about.child,
            subject: about.reference,
            detail,
        }])
    }

    /// Writes many events at once, as an import does.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_all(&mut self, events: &[Event<'_>]) -> Result<()> {
        audit::record_all(self.tx, self.viewer, events, self.at.now())
    }

    /// The rulebook that was asked for earlier in this act.
    pub fn rulebook_asked(&self) -> Option<Rc<Rulebook>> {
        self.rulebook.clone()
    }

    /// Keeps a rulebook for the rest of the act.
    pub fn keep_rulebook(&mut self, rulebook: Rc<Rulebook>) {
        self.rulebook = Some(rulebook);
    }

    /// Whoever changes the policy or the calendar says so: what is asked next is read anew.
    pub fn forget_rulebook(&mut self) {
        self.rulebook = None;
    }
}

/// What an event of the audit trail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    child: Option<i64>,
    reference: &'a str,
}

impl<'a> Subject<'a> {
    /// The authority itself.
    pub const AUTHORITY: Subject<'static> = Subject {
        child: None,
        reference: "",
    };

    /// Something that is no child's, by its reference or its name.
    pub fn thing(reference: &'a str) -> Self {
        Self {
            child: None,
            reference,
        }
    }

    /// A child's record, by its key alone.
    pub fn child<T>(child: Key<T>) -> Self {
        Self::of_child(child, "")
    }

    /// Something that may be a child's, by its reference.
    pub fn of<T>(child: Option<Key<T>>, reference: &'a str) -> Self {
        Self {
            child: child.map(Key::number),
            reference,
        }
    }

    /// Something of a child's, by its reference; it is read on the child's timeline.
    pub fn of_child<T>(child: Key<T>, reference: &'a str) -> Self {
        Self::of(Some(child), reference)
    }
}
