//! Lists that were taken over, read again: the report, the account of each row, the rows to mend.

use super::PART;
use super::account::Became;
use super::report::Counts;
use super::store;
use super::store::import::{ImportLine, ImportRecord};
use super::store::rows::AccountLine;
use super::unplaced::{self, Question};
use crate::access::{Act, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::intake::csv::refused::{LineToMend, list_to_mend, table};
use crate::register::{ChildKey, child, resemblance};
use crate::rules::identifiers::Reference;

/// An authority's earlier imports, the newest first: for an officer those they sent, because a list names children whom
/// not everybody may see; for a manager all.
pub fn earlier(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<ImportLine>> {
    store::import::of_authority(conn, viewer)
}

/// The import with this reference, if it is among the viewer's [`earlier`] ones.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<ImportRecord>> {
    let Some(mut held) = store::import::find(conn, viewer, reference)? else {
        return Ok(None);
    };
    let hidden = resemblance::hidden_from(conn, viewer)?;
    let names = child::references_of(conn, viewer.authority(), &hidden)?;
    if let Some(report) = held.report.as_mut().filter(|_| held.is_accounted) {
        // The figures are those of whoever reads: a manager sees more than an officer who sent the list was told.
        let mut counts = Counts::default();
        for line in store::rows::of_import(conn, viewer, reference)? {
            counts.count(line.became);
        }
        report.counts = counts;
    }
    if let Some(report) = held.report.as_mut() {
        report
            .told
            .retain(|note| !names.iter().any(|name| note.reason.contains(name.as_str())));
    }
    Ok(Some(held))
}

/// The newest list with this row that the viewer may read.
///
/// # Errors
/// When the database does not answer.
pub fn list_of(
    conn: &mut Conn,
    viewer: &Viewer,
    row: &unplaced::UnplacedRow,
) -> Result<Option<Reference>> {
    for import in store::unplaced::imports_of(conn, row.key)? {
        if store::import::find(conn, viewer, &import)?.is_some() {
            return Ok(Some(import));
        }
    }
    Ok(None)
}

/// The rows of an import that have no place, as a CSV file to mend and send again; those that were refused, or those of which
/// something is asked.
///
/// # Errors
/// When the database does not answer.
pub fn rows_to_mend(
    conn: &mut Conn,
    viewer: &Viewer,
    import: &Reference,
    is_refused: bool,
) -> Result<Option<String>> {
    if store::import::find(conn, viewer, import)?.is_none() {
        return Ok(None);
    }
    let rows = unplaced::of_import(conn, viewer, import)?;
    let mut wanted = rows
        .iter()
        .filter(|row| (row.question == Question::Refused) == is_refused)
        .peekable();
    let Some(headings) = wanted.peek().map(|row| row.headings.clone()) else {
        return store::import::refused_csv(conn, viewer, import);
    };
    let lines: Vec<LineToMend<'_>> = wanted
        .map(|row| LineToMend {
            cells: &row.cells,
            line: row.line,
            reference: row.reference.as_str(),
            what: &row.words,
        })
        .collect();
    let written = list_to_mend(&headings, &lines);
    written.map(Some).map_err(|cause| {
        DbError::Corrupt(format!("the rows of {import} cannot be written: {cause}"))
    })
}

/// What became of each row of an import, if it is among the viewer's [`earlier`] ones.
///
/// # Errors
/// When the database does not answer.
pub fn account(
    conn: &mut Conn,
    viewer: &Viewer,
    import: &Reference,
) -> Result<Option<Vec<AccountLine>>> {
    match store::import::find(conn, viewer, import)? {
        Some(_) => store::rows::of_import(conn, viewer, import).map(Some),
        None => Ok(None),
    }
}

/// The account as a CSV file: of all rows, or of those that became one thing.
///
/// # Errors
/// When the database does not answer.
pub fn account_csv(
    conn: &mut Conn,
    viewer: &Viewer,
    import: &Reference,
    became: Option<&str>,
) -> Result<Option<String>> {
    let Some(lines) = account(conn, viewer, import)? else {
        return Ok(None);
    };
    let wanted = lines
        .iter()
        .filter(|line| became.is_none_or(|became| line.became.as_str() == became));
    let rows = wanted.map(|line| {
        [
            line.line.to_string(),
            line.became.label().to_owned(),
            line.child.clone().unwrap_or_default(),
            line.unplaced.clone().unwrap_or_default(),
            line.why.clone(),
        ]
    });
    let headings = [
        "Line in the file",
        "What became of it",
        "Child",
        "Row in Hearth",
        "Why",
    ];
    table(&headings, rows).map(Some).map_err(|cause| {
        DbError::Corrupt(format!(
            "the account of {import} cannot be written: {cause}"
        ))
    })
}

/// Why it was not noted what became of an import.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    #[error("There is no such list, or you may not see it")]
    NotFound,
    #[error("The list came to its end: say of each row what it is")]
    Ended,
    #[error("Rows of this list wait for an answer: a manager says of each what it is")]
    Waiting,
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(EndError);

/// Notes what became of an import that was cut off, such as that the list was sent again; ends what is owed for it. Rows of it that
/// have no place are still to be answered. Writes the audit event.
///
/// # Errors
/// When it came to its end, or is not the viewer's.
pub fn end_unfinished(
    act: &mut Act<'_>,
    import: &Reference,
    because: &str,
) -> Result<(), EndError> {
    let held = store::import::find(act.tx, act.viewer, import)?.ok_or(EndError::NotFound)?;
    if held.report.is_some() {
        return Err(EndError::Ended);
    }
    let everything = Viewer::program(act.viewer.authority(), PART);
    let rows = unplaced::of_import(act.tx, &everything, import)?;
    if rows.iter().any(|row| row.answered.is_none()) {
        return Err(EndError::Waiting);
    }
    Ok(unplaced::end_unfinished(act, import, because)?)
}

/// By what a child was found in lists, the newest first.
///
/// # Errors
/// When the database does not answer.
pub fn found_in(conn: &mut Conn, child: ChildKey) -> Result<Vec<FoundInList>> {
    let rows = store::rows::of_child(conn, child, FOUND_SHOWN)?.into_iter();
    let found = rows.map(|(import, line, became, why)| FoundInList {
        import,
        line,
        became,
        why,
    });
    Ok(found.collect())
}

/// Lists in which a child was found that a page shows.
const FOUND_SHOWN: i64 = 10;

/// That a child was found in a list.
#[derive(Clone, Debug)]
pub struct FoundInList {
    pub import: Reference,
    pub line: i64,
    pub became: Became,
    /// By what, and what it changed.
    pub why: String,
}
