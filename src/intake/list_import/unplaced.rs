//! What names a child and has no place yet: a question, until somebody answers.

use std::collections::HashSet;

use chrono::NaiveDateTime;

use super::store;
pub use super::store::unplaced::{CandidateLine, UnplacedRow};
use crate::access::{Act, Action, Subject, Viewer};
use crate::db::{Conn, Result};
use crate::duty::ending;
use crate::duty::owed::{self, Closing, DutyState};
use crate::policy::rulebook;
use crate::register::{ChildKey, child, resemblance};
use crate::rules::codes::code_list;
use crate::rules::dates::spoken;
use crate::rules::duty::DutyKind;
use crate::rules::identifiers::Reference;
use crate::rules::schedule::DutyOwed;
use crate::rules::tier::Tier;

code_list! {
    /// What is asked about a row.
    pub enum Question {
        Refused = "refused", "The row cannot be read";
        SameChild = "same_child", "It may be a child who is held already";
        CameBack = "came_back", "The record is closed, and the list has the child as current";
        Ended = "ended", "The record is open, and the list has the case as closed";
        OtherHome = "other_home", "The list has another address";
    }
}

code_list! {
    /// What somebody said of a row.
    pub enum Answer {
        SameChild = "same_child", "It is the child who is held";
        AnotherChild = "another_child", "It is another child";
        Back = "back", "The child is on the register again";
        Mended = "mended", "It was mended and sent again";
        DealtWith = "dealt_with", "It is dealt with";
    }
}

crate::text_column!(Question, Answer);

/// A question about a row of a list.
pub(super) struct Asked {
    /// The line of another child of the list whom it may be about, and why.
    pub(super) like: Option<(usize, String)>,
    pub(super) question: Question,
    /// What is asked, for the person who answers.
    pub(super) words: String,
    /// Whom the row may be about, each with what speaks for it and against it.
    pub(super) candidates: Vec<(ChildKey, String)>,
    /// The row as it stands in the list, a line of CSV.
    pub(super) cells: String,
}

/// Owes that somebody looks at the rows of an import that have no place, from the day on which the list is read. It is owed
/// before the first row is, so that an import that is cut off is looked at too.
pub(super) fn owe(act: &mut Act<'_>, import: &Reference) -> Result<()> {
    let rulebook = rulebook::of(act)?;
    let kind = DutyKind::RowsOfList;
    let holds = rulebook.policy.always(kind.policy_key(), Tier::Green);
    let owed = DutyOwed {
        kind,
        purpose: kind.purpose(),
        counted_from: rulebook.today,
        due_on: holds.period().after(rulebook.today, &rulebook.calendar),
        why: format!(
            "{}: {} after {} on {} ({}).",
            kind.label(),
            holds.period().words(),
            kind.nature().counted_after,
            spoken(rulebook.today),
            holds.source(),
        ),
    };
    owed::owe_for(act, import.as_str(), &owed)
}

/// Ends what is owed for an import once it has come to its end and each of its rows has a place or an answer.
pub(super) fn end_if_answered(act: &mut Act<'_>, import: &Reference) -> Result<()> {
    if !store::unplaced::is_answered(act.tx, act.viewer.authority(), import)? {
        return Ok(());
    }
    let because = "Every row of the list has its place";
    end(act, import, DutyState::Done, because)
}

/// Owes again what was ended too early: an import that was thought to be cut off and came to its end after all.
pub(super) fn owe_if_waiting(act: &mut Act<'_>, import: &Reference) -> Result<()> {
    let authority = act.viewer.authority();
    let open = owed::open_of_kind(act.tx, authority, DutyKind::RowsOfList)?;
    if open.iter().any(|duty| duty.occasion == import.as_str()) {
        return Ok(());
    }
    owe(act, import)
}

/// Ends what is owed for an import that was cut off, with the reason.
pub(super) fn end_unfinished(act: &mut Act<'_>, import: &Reference, because: &str) -> Result<()> {
    end(act, import, DutyState::Cancelled, because)
}

fn end(act: &mut Act<'_>, import: &Reference, state: DutyState, because: &str) -> Result<()> {
    let open = owed::open_of_kind(act.tx, act.viewer.authority(), DutyKind::RowsOfList)?;
    let Some(duty) = open.iter().find(|duty| duty.occasion == import.as_str()) else {
        return Ok(());
    };
    let closing = Closing {
        state,
        on: act.at.today(),
        because,
    };
    ending::end(act.tx, &[duty.key], &closing, act.at.now())?;
    act.note(
        Action::ListPlaced,
        Subject::thing(duty.reference.as_str()),
        because,
    )
}

/// The rows of an import that the viewer may see, those without an answer first.
///
/// # Errors
/// When the database does not answer.
pub fn of_import(conn: &mut Conn, viewer: &Viewer, import: &Reference) -> Result<Vec<UnplacedRow>> {
    let mut rows = store::unplaced::of_import(conn, viewer, import)?;
    let hidden = hidden_names(conn, viewer)?;
    for row in &mut rows {
        row.forget_whom_is_hidden(&hidden, viewer);
    }
    Ok(rows)
}

/// The references of the children whom a viewer may not see.
fn hidden_names(conn: &mut Conn, viewer: &Viewer) -> Result<HashSet<Reference>> {
    let hidden = resemblance::hidden_from(conn, viewer)?;
    let names = child::references_of(conn, viewer.authority(), &hidden)?;
    Ok(names.into_iter().collect())
}

impl UnplacedRow {
    /// An answer may name a child whom not everybody may see who may read the row, and so may its words. Whether a new child has a
    /// record already is not everybody's to know either: somebody else may have been asked who it is.
    fn forget_whom_is_hidden(&mut self, hidden: &HashSet<Reference>, viewer: &Viewer) {
        let names_hidden = self.child.as_ref().is_some_and(|it| hidden.contains(it));
        let Some(answered) = &mut self.answered else {
            return;
        };
        if names_hidden {
            answered.because.clear();
        }
        let is_another = answered.answer == Answer::AnotherChild;
        if names_hidden || (is_another && !viewer.sees_restricted()) {
            self.child = None;
        }
    }
}

/// A row that the viewer may see. One about a child whom they may not see is as if it were not there.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<UnplacedRow>> {
    let Some(mut row) = store::unplaced::find(conn, viewer, reference)? else {
        return Ok(None);
    };
    row.forget_whom_is_hidden(&hidden_names(conn, viewer)?, viewer);
    Ok(Some(row))
}

/// When a row was answered, by whom and how.
#[derive(Clone, Debug)]
pub struct Answered {
    pub answer: Answer,
    pub at: NaiveDateTime,
    /// None when a later list answered.
    pub by: Option<String>,
    pub because: String,
}
