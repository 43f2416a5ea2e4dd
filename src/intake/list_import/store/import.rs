//! The SQL of imports: what became of each list that was sent.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::ImportKey;
use crate::access::{Role, Viewer};
use crate::db::columns::Key;
use crate::db::schema::{account, list_import};
use crate::db::{Backend, Conn, DbError, Result};
use crate::intake::list_import::report::{Kept, Report};
use crate::rules::identifiers::Reference;

/// Imports on the page of earlier ones.
const SHOWN: i64 = 50;

/// An import that begins.
pub(in crate::intake::list_import) struct NewImport<'a> {
    pub(in crate::intake::list_import) reference: &'a Reference,
    pub(in crate::intake::list_import) viewer: &'a Viewer,
    pub(in crate::intake::list_import) file_name: &'a str,
    pub(in crate::intake::list_import) started_at: NaiveDateTime,
}

pub(in crate::intake::list_import) fn insert(
    tx: &mut Conn,
    new: &NewImport<'_>,
) -> Result<ImportKey> {
    Ok(diesel::insert_into(list_import::table)
        .values((
            list_import::reference.eq(new.reference.as_str()),
            list_import::authority_id.eq(new.viewer.authority().number()),
            list_import::account_id.eq(new.viewer.account().map(Key::number)),
            list_import::file_name.eq(new.file_name),
            list_import::started_at.eq(new.started_at),
            list_import::dry_run.eq(false),
            list_import::is_accounted.eq(true),
        ))
        .returning(list_import::id)
        .get_result(tx)?)
}

/// Keeps what became of an import, now that it has ended.
pub(in crate::intake::list_import) fn complete(
    tx: &mut Conn,
    import: ImportKey,
    report: &Report,
    ended_at: NaiveDateTime,
) -> Result<()> {
    let counts = &report.counts;
    let kept = serde_json::to_string(&report.kept())
        .map_err(|cause| DbError::Corrupt(format!("the report cannot be written: {cause}")))?;
    diesel::update(list_import::table.filter(list_import::id.eq(import)))
        .set((
            list_import::ended_at.eq(ended_at),
            list_import::rows_read.eq(number(counts.rows)),
            list_import::taken.eq(number(counts.taken)),
            list_import::unchanged.eq(number(counts.unchanged)),
            list_import::changed.eq(number(counts.changed)),
            list_import::look_at.eq(number(counts.look_at)),
            list_import::refused.eq(number(counts.refused)),
            list_import::report.eq(kept),
        ))
        .execute(tx)?;
    Ok(())
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An import as it is kept.
#[derive(Clone, Debug)]
pub struct ImportRecord {
    /// What the world calls it.
    pub reference: String,
    /// The name of the file.
    pub file_name: String,
    /// When it was sent.
    pub started_at: NaiveDateTime,
    /// Who sent it; none when it came by the command line.
    pub by: Option<String>,
    /// What became of it; none when it never came to its end.
    pub report: Option<Report>,
    /// Whether each of its rows is accounted for.
    pub is_accounted: bool,
}

type Row = (
    String,
    String,
    NaiveDateTime,
    Option<NaiveDateTime>,
    Option<String>,
    String,
    bool,
);

fn record(
    (reference, file_name, started_at, ended_at, by, report, is_accounted): Row,
) -> Result<ImportRecord> {
    if ended_at.is_none() {
        return Ok(ImportRecord {
            reference,
            file_name,
            started_at,
            by,
            report: None,
            is_accounted,
        });
    }
    let kept: Kept = serde_json::from_str(&report).map_err(|cause| {
        DbError::Corrupt(format!("the report of {reference} cannot be read: {cause}"))
    })?;
    Ok(ImportRecord {
        report: Some(Report {
            reference: Reference::parse(&reference).ok(),
            counts: kept.counts,
            told: kept.told,
            headings: kept.headings,
            written_as: kept.written_as,
            notices: kept.notices,
            refused_csv: String::new(),
        }),
        reference,
        file_name,
        started_at,
        by,
        is_accounted,
    })
}

/// An import without what there is to say about single rows.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// What the world calls it.
    pub reference: String,
    /// The name of the file.
    pub file_name: String,
    /// When it was sent.
    pub started_at: NaiveDateTime,
    /// Who sent it; none when it came by the command line.
    pub by: Option<String>,
    /// Whether it came to its end. One that did not was cut off, or is still under way.
    pub ended: bool,
    /// Rows put on the register.
    pub taken: i64,
    /// Rows of children on the register already.
    pub unchanged: i64,
    /// Rows not taken, to be mended.
    pub refused: i64,
}

type LineRow = (
    String,
    String,
    NaiveDateTime,
    Option<NaiveDateTime>,
    Option<String>,
    i64,
    i64,
    i64,
);

/// The imports a viewer may read: a manager those of the authority, an officer those they sent.
fn seen_by<'a>(viewer: &Viewer) -> list_import::BoxedQuery<'a, Backend> {
    let all = list_import::table
        .filter(list_import::authority_id.eq(viewer.authority().number()))
        .into_boxed();
    match (viewer.role(), viewer.account()) {
        (None | Some(Role::Manager), _) => all,
        (Some(Role::Officer), Some(sender)) => {
            all.filter(list_import::account_id.eq(sender.number()))
        }
        _ => all.filter(list_import::account_id.eq(NOBODY)),
    }
}

/// No account has this key.
const NOBODY: i64 = -1;

pub(in crate::intake::list_import) fn of_authority(
    conn: &mut Conn,
    viewer: &Viewer,
) -> Result<Vec<ImportLine>> {
    let rows: Vec<LineRow> = seen_by(viewer)
        .left_join(account::table)
        .order(list_import::id.desc())
        .limit(SHOWN)
        .select((
            list_import::reference,
            list_import::file_name,
            list_import::started_at,
            list_import::ended_at,
            account::name.nullable(),
            list_import::taken,
            list_import::unchanged,
            list_import::refused,
        ))
        .load(conn)?;
    let lines = rows.into_iter().map(
        |(reference, file_name, started_at, ended_at, by, taken, unchanged, refused)| ImportLine {
            reference,
            file_name,
            started_at,
            by,
            ended: ended_at.is_some(),
            taken,
            unchanged,
            refused,
        },
    );
    Ok(lines.collect())
}

pub(in crate::intake::list_import) fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<ImportRecord>> {
    let row: Option<Row> = seen_by(viewer)
        .left_join(account::table)
        .filter(list_import::reference.eq(reference.as_str()))
        .select((
            list_import::reference,
            list_import::file_name,
            list_import::started_at,
            list_import::ended_at,
            account::name.nullable(),
            list_import::report,
            list_import::is_accounted,
        ))
        .first(conn)
        .optional()?;
    row.map(record).transpose()
}

pub(in crate::intake::list_import) fn refused_csv(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<String>> {
    Ok(seen_by(viewer)
        .filter(list_import::reference.eq(reference.as_str()))
        .select(list_import::refused_csv)
        .first(conn)
        .optional()?)
}
