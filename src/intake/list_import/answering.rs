//! What somebody says of a row that had no place, and what follows: it is a child who is held, another child, a child who is back,
//! or it is dealt with otherwise.

use chrono::NaiveDate;

use super::account::Whom;
use super::changing;
use super::entry;
use super::grouping;
use super::keeping;
use super::listed::{Listed, ReadRow, given_names};
use super::placing::{self, Register};
use super::store;
use super::unplaced::{self, Answer, CandidateLine, Question, UnplacedRow};
use crate::access::{Act, Action, Subject, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::intake::csv::child::ChildReader;
use crate::intake::csv::mapping::Mapping;
use crate::intake::csv::sheet::Sheet;
use crate::policy::rulebook;
use crate::register::child::ChildRecord;
use crate::register::{ChildKey, child, registration, settlement};
use crate::rules::identifiers::Reference;
use crate::rules::spell::back_since;
use crate::tier::tiering;

/// What somebody says of a row.
#[derive(Clone, Debug)]
pub enum Said {
    /// It is this child, who is held.
    SameChild(Reference),
    /// It is another child, to be put on the register.
    AnotherChild,
    /// The child whose record is closed is on the register again.
    Back,
    /// Something else was done, said in words; with the child whom it was about, where there is one.
    DealtWith {
        because: String,
        child: Option<Reference>,
    },
}

/// What became of a row by an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    /// With what there is to say about the child who was put on the register, each a sentence.
    Answered(Vec<String>),
    /// The answer leads to another question: the row waits for that one.
    AskedAgain,
}

/// Why a row was not answered.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    #[error("Somebody has said already what this row is")]
    Answered,
    #[error("There is no such row, or you may not see it")]
    NoSuchRow,
    #[error("Choose what the row is")]
    NotAsked,
    #[error("There is no child on the register with this reference, or you may not see it")]
    NoSuchChild,
    #[error("Say what was done about it")]
    NoWords,
    /// It has to be mended first.
    #[error(
        "This row cannot be read by itself. Mend it in a list of its own, or say what was done about it"
    )]
    Unreadable,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(RowError);

/// Takes an answer with all that follows from it. Writes the audit events; ends what is owed for the import with its last answer.
///
/// # Errors
/// [`RowError`], when the answer does not fit the question or somebody was quicker.
pub fn answer(act: &mut Act<'_>, row: &UnplacedRow, said: &Said) -> Result<Placed, RowError> {
    if row.answered.is_some() {
        return Err(RowError::Answered);
    }
    let mut notes = Vec::new();
    let (answer, child, because) = match said {
        Said::SameChild(reference) => match same(act, row, reference)? {
            Some(child) => (Answer::SameChild, Some(child), String::new()),
            None => return Ok(Placed::AskedAgain),
        },
        Said::AnotherChild => match another(act, row)? {
            Another::Put(child, told) => {
                notes = told;
                (Answer::AnotherChild, Some(child), String::new())
            }
            Another::AskedElsewhere(told) => {
                notes = told;
                (Answer::AnotherChild, None, String::new())
            }
            Another::AskedAgain => return Ok(Placed::AskedAgain),
        },
        Said::Back => (Answer::Back, Some(back(act, row)?), String::new()),
        Said::DealtWith { because, child } => {
            if because.trim().is_empty() {
                return Err(RowError::NoWords);
            }
            let child = match child {
                Some(reference) => Some(held(act, reference)?.key),
                None => None,
            };
            (Answer::DealtWith, child, because.trim().to_owned())
        }
    };
    let new = store::unplaced::NewAnswer {
        answer,
        child,
        by: act.viewer.account(),
        because: &because,
    };
    if !store::unplaced::answer(act.tx, row.key, &new, act.at.now())? {
        return Err(RowError::Answered);
    }
    // What was asked names every child whom it may have been about, and this is read on the page of one.
    let detail = format!(
        "Row {} of list {}: {}{}{}",
        row.line,
        row.import,
        answer.label(),
        match because.is_empty() {
            true => "",
            false => ". ",
        },
        because
    );
    act.note(
        Action::RowAnswered,
        Subject::of(child, row.reference.as_str()),
        &detail,
    )?;
    for import in store::unplaced::imports_of(act.tx, row.key)? {
        unplaced::end_if_answered(act, &import)?;
    }
    Ok(Placed::Answered(notes))
}

/// Whom a row may be about as the register stands now: those who were asked about, and whoever was put on it since, such as the child
/// of another line of the same list. Only those whom the viewer may see.
///
/// # Errors
/// When the database does not answer.
pub fn candidates_now(
    conn: &mut Conn,
    viewer: &Viewer,
    row: &UnplacedRow,
    today: NaiveDate,
) -> Result<Vec<CandidateLine>> {
    let mut candidates = row.candidates.clone();
    let Ok(listed) = read(row, today) else {
        return Ok(candidates);
    };
    if row.question == Question::SameChild && row.answered.is_none() {
        let register = Register::read(conn, viewer)?;
        for (key, why) in register.like(&listed) {
            let is_new = !candidates.iter().any(|it| it.key == key);
            let is_shown = is_new && !register.hides(key);
            if let Some(held) = register.held(key).filter(|_| is_shown) {
                candidates.push(CandidateLine {
                    key,
                    reference: held.reference.clone(),
                    why,
                });
            }
        }
    }
    Ok(candidates)
}

/// Notes that a row came again in a later list and has its place now. A row that the sender may not see stays as it is: whoever knows
/// only its reference answers nothing by it.
pub(super) fn mended(
    act: &mut Act<'_>,
    row: &Reference,
    import: &Reference,
    line: usize,
) -> Result<()> {
    let Some(row) = store::unplaced::find(act.tx, act.viewer, row)? else {
        return Ok(());
    };
    let because = format!("Line {line} of list {import}");
    let answer = store::unplaced::NewAnswer {
        answer: Answer::Mended,
        child: None,
        by: act.viewer.account(),
        because: &because,
    };
    if store::unplaced::answer(act.tx, row.key, &answer, act.at.now())? {
        act.note(
            Action::RowAnswered,
            Subject::thing(row.reference.as_str()),
            &because,
        )?;
        for import in store::unplaced::imports_of(act.tx, row.key)? {
            unplaced::end_if_answered(act, &import)?;
        }
    }
    Ok(())
}

fn held(act: &mut Act<'_>, reference: &Reference) -> Result<ChildRecord, RowError> {
    child::find(act.tx, act.viewer, reference)?.ok_or(RowError::NoSuchChild)
}

/// The row is about a child who is held: what it tells is compared with the record.
fn same(
    act: &mut Act<'_>,
    row: &UnplacedRow,
    reference: &Reference,
) -> Result<Option<ChildKey>, RowError> {
    if row.question != Question::SameChild {
        return Err(RowError::NotAsked);
    }
    let record = held(act, reference)?;
    // Who was not asked about would be named to whoever may read the row, and perhaps not the child.
    let asked = candidates_now(act.tx, act.viewer, row, act.at.today())?;
    if !asked.iter().any(|it| it.key == record.key) {
        return Err(RowError::NoSuchChild);
    }
    let Ok(listed) = read(row, act.at.today()) else {
        return Ok(Some(record.key));
    };
    let register = Register::read(act.tx, act.viewer)?;
    let known = register.held(record.key).ok_or(RowError::NoSuchChild)?;
    let compared = changing::compare(act.tx, known, &listed, "as somebody answered", false)?;
    for change in &compared.changes {
        changing::make(act, change)?;
    }
    let asked = compared.fates.into_iter().find_map(|fate| match fate.whom {
        Whom::Asked(asked) => Some(asked),
        Whom::New(_) | Whom::Held(_) => None,
    });
    if let Some(asked) = asked {
        ask_instead(act, row, asked.question, &asked.words, &asked.candidates)?;
        return Ok(None);
    }
    Ok(Some(record.key))
}

/// An answer that leads to another question leaves the row waiting for that one.
fn ask_instead(
    act: &mut Act<'_>,
    row: &UnplacedRow,
    question: Question,
    words: &str,
    candidates: &[(ChildKey, String)],
) -> Result<(), RowError> {
    store::unplaced::ask_instead(act.tx, row.key, question, words, candidates)?;
    Ok(act.note(
        Action::RowAnswered,
        Subject::thing(row.reference.as_str()),
        question.label(),
    )?)
}

/// What follows when somebody says that a row is about another child.
enum Another {
    /// The child is put on the register, with what there is to say about it.
    Put(ChildKey, Vec<String>),
    /// Somebody who may see a child whom the viewer may not is asked; with what the viewer would read otherwise.
    AskedElsewhere(Vec<String>),
    /// The row waits for another answer of the viewer.
    AskedAgain,
}

/// The row is about a child who is not held yet, as far as the viewer can know: who is like the child and out of their sight is
/// a question of its own, for somebody who may see both, and the viewer reads no word of it.
fn another(act: &mut Act<'_>, row: &UnplacedRow) -> Result<Another, RowError> {
    if row.question != Question::SameChild {
        return Err(RowError::NotAsked);
    }
    let listed = read(row, act.at.today())?;
    let register = Register::read(act.tx, act.viewer)?;
    let is_asked = |child: ChildKey| row.candidates.iter().any(|it| it.key == child);
    let since = register.like(&listed).into_iter();
    let since = since.filter(|(child, _)| !is_asked(*child));
    let (mut hidden, seen): (Vec<_>, Vec<_>) = since.partition(|(child, _)| register.hides(*child));
    if !seen.is_empty() {
        let candidates: Vec<_> = asked_about(row).chain(seen).collect();
        let words = "Somebody was put on the register since then who may be this child. Look again";
        ask_instead(act, row, Question::SameChild, words, &candidates)?;
        return Ok(Another::AskedAgain);
    }
    let taken = register.numbers_taken(&listed);
    for (number, holder) in taken.iter().filter(|(_, it)| register.hides(it.key)) {
        if !is_asked(holder.key) && !hidden.iter().any(|(child, _)| *child == holder.key) {
            hidden.push((holder.key, format!("the same {}", number.label())));
        }
    }
    let rulebook = rulebook::of(act)?;
    let mut prepared = placing::Prepared::default();
    if !hidden.is_empty() {
        ask_elsewhere(act, row, &hidden)?;
        let seen = register.numbers_seen_to_be_taken(&listed);
        register.put(&listed, &seen, &rulebook, &mut prepared);
        return Ok(Another::AskedElsewhere(prepared.notes()));
    }
    register.put(&listed, &taken, &rulebook, &mut prepared);
    let notes = prepared.notes();
    let new = keeping::write(act, &prepared.entries)?;
    let put = new.first().ok_or(RowError::Unreadable)?;
    Ok(Another::Put(*put, notes))
}

/// Whom a row may be about by its question.
fn asked_about(row: &UnplacedRow) -> impl Iterator<Item = (ChildKey, String)> {
    row.candidates.iter().map(|it| (it.key, it.why.clone()))
}

/// Asks about children whom the viewer may not see, whether one of them is the child of the row.
fn ask_elsewhere(
    act: &mut Act<'_>,
    row: &UnplacedRow,
    hidden: &[(ChildKey, String)],
) -> Result<(), RowError> {
    let words = format!(
        "To {} somebody answered that it is another child. They may not see everybody whom it may be about, so the child is not on the register yet",
        row.reference
    );
    let candidates: Vec<_> = asked_about(row).chain(hidden.iter().cloned()).collect();
    let asked = store::unplaced::insert_beside(act.tx, row.key, &words, &candidates)?;
    Ok(act.note(
        Action::RowAsked,
        Subject::thing(asked.as_str()),
        Question::SameChild.label(),
    )?)
}

/// The child of a closed record is on the register again, since the day that the list says or since today.
fn back(act: &mut Act<'_>, row: &UnplacedRow) -> Result<ChildKey, RowError> {
    let (Question::CameBack, Some(candidate)) = (row.question, row.candidates.first()) else {
        return Err(RowError::NotAsked);
    };
    let record = held(act, &candidate.reference)?;
    if record.status.is_open() {
        return Ok(record.key);
    }
    let listed = read(row, act.at.today())?;
    let today = act.at.today();
    let ended = registration::of_child(act.tx, record.key)?
        .iter()
        .filter_map(|registration| registration.ended.map(|(on, _)| on))
        .max();
    let since = back_since(entry::registered_on(&listed.said, today), ended, today);
    let begun = entry::registration(&listed.said, since, None);
    let status = entry::status(listed.said.status);
    changing::back(act, record.key, &begun, status)?;
    if let Some(place) = entry::home(&listed.said) {
        settlement::hold_claim_of_list(act, record.key, &place)?;
        tiering::reassess(act, record.key)?;
    }
    Ok(record.key)
}

/// The child of a row, read again as it stood in its list.
fn read(row: &UnplacedRow, today: NaiveDate) -> Result<Listed, RowError> {
    let mapping = Mapping::parse(row.mapping.lines()).map_err(|_| RowError::Unreadable)?;
    let list = format!("{}\r\n{}\r\n", row.headings, row.cells);
    let sheet = Sheet::open(list.as_bytes(), &mapping).map_err(|_| RowError::Unreadable)?;
    let mut rows = sheet.rows();
    let read = rows.next().ok_or(RowError::Unreadable)?;
    let mut child = ChildReader::new(&sheet, today)
        .read(&read)
        .map_err(|_| RowError::Unreadable)?;
    child.line = usize::try_from(row.line).unwrap_or_default();
    let routed = ReadRow {
        given_names: given_names(&child),
        child,
        cells: row.cells.clone(),
    };
    let (listed, _) = grouping::group(vec![routed], today).map_err(|_| RowError::Unreadable)?;
    listed.into_iter().next().ok_or(RowError::Unreadable)
}
