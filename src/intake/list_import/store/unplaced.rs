//! The SQL of rows that have no place: what is asked, of whom, and what somebody answered.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{ImportKey, UnplacedKey};
use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::columns::Key;
use crate::db::schema::{account, child, list_import, list_row, unplaced_candidate, unplaced_row};
use crate::db::{Conn, Result};
use crate::insert_rows;
use crate::intake::list_import::unplaced::{Answer, Answered, Question};
use crate::register::{ChildKey, random_reference};
use crate::rules::identifiers::{Reference, ReferenceKind};

/// A row to be asked about.
pub(in crate::intake::list_import) struct NewUnplaced<'a> {
    pub(in crate::intake::list_import) authority: AuthorityKey,
    pub(in crate::intake::list_import) import: ImportKey,
    pub(in crate::intake::list_import) line: i64,
    pub(in crate::intake::list_import) question: Question,
    pub(in crate::intake::list_import) words: &'a str,
    pub(in crate::intake::list_import) candidates: &'a [(ChildKey, String)],
    pub(in crate::intake::list_import) headings: &'a str,
    pub(in crate::intake::list_import) cells: &'a str,
    pub(in crate::intake::list_import) mapping: &'a str,
    pub(in crate::intake::list_import) digest: &'a str,
}

pub(in crate::intake::list_import) fn insert(
    tx: &mut Conn,
    new: &NewUnplaced<'_>,
) -> Result<UnplacedKey> {
    let reference = random_reference(ReferenceKind::Row);
    let key: UnplacedKey = diesel::insert_into(unplaced_row::table)
        .values((
            unplaced_row::reference.eq(&reference),
            unplaced_row::authority_id.eq(new.authority),
            unplaced_row::import_id.eq(new.import),
            unplaced_row::line.eq(new.line),
            unplaced_row::question.eq(new.question),
            unplaced_row::words.eq(new.words),
            unplaced_row::headings.eq(new.headings),
            unplaced_row::cells.eq(new.cells),
            unplaced_row::mapping.eq(new.mapping),
            unplaced_row::digest.eq(new.digest),
        ))
        .returning(unplaced_row::id)
        .get_result(tx)?;
    insert_candidates(tx, key, new.candidates)?;
    Ok(key)
}

/// Asks about the row of another question once more, whether it is one of these children; says under which reference.
pub(in crate::intake::list_import) fn insert_beside(
    tx: &mut Conn,
    other: UnplacedKey,
    words: &str,
    candidates: &[(ChildKey, String)],
) -> Result<Reference> {
    let (authority, import, line, headings, cells, mapping, digest): (
        AuthorityKey,
        ImportKey,
        i64,
        String,
        String,
        String,
        String,
    ) = unplaced_row::table
        .filter(unplaced_row::id.eq(other))
        .select((
            unplaced_row::authority_id,
            unplaced_row::import_id,
            unplaced_row::line,
            unplaced_row::headings,
            unplaced_row::cells,
            unplaced_row::mapping,
            unplaced_row::digest,
        ))
        .first(tx)?;
    let key = insert(
        tx,
        &NewUnplaced {
            authority,
            import,
            line,
            question: Question::SameChild,
            words,
            candidates,
            headings: &headings,
            cells: &cells,
            mapping: &mapping,
            digest: &digest,
        },
    )?;
    Ok(unplaced_row::table
        .filter(unplaced_row::id.eq(key))
        .select(unplaced_row::reference)
        .first(tx)?)
}

fn insert_candidates(
    tx: &mut Conn,
    row: UnplacedKey,
    candidates: &[(ChildKey, String)],
) -> Result<()> {
    let candidates: Vec<NewCandidate<'_>> = candidates
        .iter()
        .map(|(child, why)| NewCandidate {
            row_id: row.number(),
            child_id: child.number(),
            why,
        })
        .collect();
    insert_rows!(tx, unplaced_candidate::table, candidates)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = unplaced_candidate)]
struct NewCandidate<'a> {
    row_id: i64,
    child_id: i64,
    why: &'a str,
}

/// What is known of a row that came in an earlier list.
pub(in crate::intake::list_import) struct Earlier {
    pub(in crate::intake::list_import) key: UnplacedKey,
    pub(in crate::intake::list_import) question: Question,
    pub(in crate::intake::list_import) answer: Option<Answer>,
    pub(in crate::intake::list_import) answered_at: Option<NaiveDateTime>,
    /// Whom it was about, by the answer.
    pub(in crate::intake::list_import) child: Option<ChildKey>,
}

type EarlierRow = (
    String,
    UnplacedKey,
    Question,
    Option<Answer>,
    Option<NaiveDateTime>,
    Option<ChildKey>,
);

#[diesel::dsl::auto_type(no_type_alias)]
fn earlier_rows(authority: AuthorityKey) -> _ {
    unplaced_row::table
        .filter(unplaced_row::authority_id.eq(authority))
        .select((
            unplaced_row::digest,
            unplaced_row::id,
            unplaced_row::question,
            unplaced_row::answer,
            unplaced_row::answered_at,
            unplaced_row::child_id,
        ))
}

impl Earlier {
    fn of((digest, key, question, answer, answered_at, child): EarlierRow) -> (String, Self) {
        let earlier = Self {
            key,
            question,
            answer,
            answered_at,
            child,
        };
        (digest, earlier)
    }
}

/// Every row that an authority was asked about, by its digest; of several the newest.
pub(in crate::intake::list_import) fn earlier(
    conn: &mut Conn,
    authority: AuthorityKey,
) -> Result<HashMap<String, Earlier>> {
    let rows: Vec<EarlierRow> = earlier_rows(authority).order(unplaced_row::id).load(conn)?;
    Ok(rows.into_iter().map(Earlier::of).collect())
}

/// The newest row with this digest.
pub(in crate::intake::list_import) fn earlier_of(
    conn: &mut Conn,
    authority: AuthorityKey,
    digest: &str,
) -> Result<Option<Earlier>> {
    let row: Option<EarlierRow> = earlier_rows(authority)
        .filter(unplaced_row::digest.eq(digest))
        .order(unplaced_row::id.desc())
        .first(conn)
        .optional()?;
    Ok(row.map(|row| Earlier::of(row).1))
}

/// A row that somebody has to look at, or has looked at.
#[derive(Clone, Debug)]
pub struct UnplacedRow {
    pub(in crate::intake::list_import) key: UnplacedKey,
    pub reference: Reference,
    pub import: Reference,
    pub line: i64,
    pub question: Question,
    pub words: String,
    /// A line of CSV.
    pub headings: String,
    /// A line of CSV.
    pub cells: String,
    pub(in crate::intake::list_import) mapping: String,
    pub candidates: Vec<CandidateLine>,
    /// Whom it was about, by the answer.
    pub child: Option<Reference>,
    pub answered: Option<Answered>,
}

/// Whom a row may be about.
#[derive(Clone, Debug)]
pub struct CandidateLine {
    pub key: ChildKey,
    pub reference: Reference,
    pub why: String,
}

#[derive(Queryable)]
struct Read {
    key: UnplacedKey,
    reference: Reference,
    import: Reference,
    line: i64,
    question: Question,
    words: String,
    headings: String,
    cells: String,
    mapping: String,
    child: Option<Reference>,
    answer: Option<Answer>,
    answered_at: Option<NaiveDateTime>,
    answered_by: Option<String>,
    because: String,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    unplaced_row::table
        .inner_join(list_import::table)
        .left_join(account::table.on(account::id.nullable().eq(unplaced_row::answered_by)))
        .left_join(child::table.on(child::id.nullable().eq(unplaced_row::child_id)))
}

type Columns = (
    unplaced_row::id,
    unplaced_row::reference,
    list_import::reference,
    unplaced_row::line,
    unplaced_row::question,
    unplaced_row::words,
    unplaced_row::headings,
    unplaced_row::cells,
    unplaced_row::mapping,
    diesel::dsl::Nullable<child::reference>,
    unplaced_row::answer,
    unplaced_row::answered_at,
    diesel::dsl::Nullable<account::name>,
    unplaced_row::answered_because,
);

/// What a row is read from.
fn columns() -> Columns {
    (
        unplaced_row::id,
        unplaced_row::reference,
        list_import::reference,
        unplaced_row::line,
        unplaced_row::question,
        unplaced_row::words,
        unplaced_row::headings,
        unplaced_row::cells,
        unplaced_row::mapping,
        child::reference.nullable(),
        unplaced_row::answer,
        unplaced_row::answered_at,
        account::name.nullable(),
        unplaced_row::answered_because,
    )
}

/// The numbers of the rows of an import that were asked about, in this list or in an earlier one, and of what was asked about
/// them besides.
fn of_list(conn: &mut Conn, import: &Reference) -> Result<Vec<i64>> {
    let in_list = list_row::table
        .inner_join(list_import::table)
        .filter(list_import::reference.eq(import))
        .filter(list_row::unplaced_id.is_not_null())
        .select(list_row::unplaced_id.assume_not_null());
    let asked = unplaced_row::table
        .inner_join(list_import::table)
        .filter(list_import::reference.eq(import))
        .select(unplaced_row::id);
    let mut rows: Vec<i64> = in_list.load(conn)?;
    rows.extend(asked.load::<i64>(conn)?);
    Ok(rows)
}

pub(in crate::intake::list_import) fn of_import(
    conn: &mut Conn,
    viewer: &Viewer,
    import: &Reference,
) -> Result<Vec<UnplacedRow>> {
    let rows: Vec<Read> = joined()
        .filter(scope::RowSeenBy::eyes_of(viewer))
        .filter(unplaced_row::id.eq_any(of_list(conn, import)?))
        .order((unplaced_row::answer.is_not_null(), unplaced_row::line))
        .select(columns())
        .load(conn)?;
    with_candidates(conn, rows)
}

pub(in crate::intake::list_import) fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<UnplacedRow>> {
    let rows: Vec<Read> = joined()
        .filter(scope::RowSeenBy::eyes_of(viewer))
        .filter(unplaced_row::reference.eq(reference))
        .select(columns())
        .load(conn)?;
    Ok(with_candidates(conn, rows)?.pop())
}

fn with_candidates(conn: &mut Conn, rows: Vec<Read>) -> Result<Vec<UnplacedRow>> {
    let keys = rows.iter().map(|row| row.key.number());
    let candidates: Vec<(UnplacedKey, ChildKey, Reference, String)> = unplaced_candidate::table
        .inner_join(child::table)
        .filter(unplaced_candidate::row_id.eq_any(keys))
        .order((unplaced_candidate::row_id, unplaced_candidate::child_id))
        .select((
            unplaced_candidate::row_id,
            child::id,
            child::reference,
            unplaced_candidate::why,
        ))
        .load(conn)?;
    let mut of_row: HashMap<UnplacedKey, Vec<CandidateLine>> = HashMap::new();
    for (row, key, reference, why) in candidates {
        let line = CandidateLine {
            key,
            reference,
            why,
        };
        of_row.entry(row).or_default().push(line);
    }
    let rows = rows.into_iter().map(|row| UnplacedRow {
        candidates: of_row.remove(&row.key).unwrap_or_default(),
        answered: row
            .answer
            .zip(row.answered_at)
            .map(|(answer, at)| Answered {
                answer,
                at,
                by: row.answered_by,
                because: row.because,
            }),
        key: row.key,
        reference: row.reference,
        import: row.import,
        line: row.line,
        question: row.question,
        words: row.words,
        headings: row.headings,
        cells: row.cells,
        mapping: row.mapping,
        child: row.child,
    });
    Ok(rows.collect())
}

/// The rows of an import that this viewer may not see.
pub(super) fn hidden_from(
    conn: &mut Conn,
    viewer: &Viewer,
    import: &Reference,
) -> Result<HashSet<UnplacedKey>> {
    let hidden: Vec<UnplacedKey> = unplaced_row::table
        .filter(unplaced_row::id.eq_any(of_list(conn, import)?))
        .filter(not(scope::RowSeenBy::eyes_of(viewer)))
        .select(unplaced_row::id)
        .load(conn)?;
    Ok(hidden.into_iter().collect())
}

/// Whether an import has come to its end and none of its rows waits for an answer.
pub(in crate::intake::list_import) fn is_answered(
    conn: &mut Conn,
    authority: AuthorityKey,
    import: &Reference,
) -> Result<bool> {
    let waits = unplaced_row::table
        .inner_join(list_row::table.on(list_row::unplaced_id.eq(unplaced_row::id.nullable())))
        .filter(list_row::import_id.eq(list_import::id))
        .filter(unplaced_row::answer.is_null());
    let waits_besides = unplaced_row::table
        .filter(unplaced_row::import_id.eq(list_import::id))
        .filter(unplaced_row::answer.is_null());
    let answered = list_import::table
        .filter(list_import::authority_id.eq(authority))
        .filter(list_import::reference.eq(import))
        .filter(list_import::ended_at.is_not_null())
        .filter(not(exists(waits)))
        .filter(not(exists(waits_besides)));
    Ok(diesel::select(exists(answered)).get_result(conn)?)
}

/// What somebody said of a row.
pub(in crate::intake::list_import) struct NewAnswer<'a> {
    pub(in crate::intake::list_import) answer: Answer,
    pub(in crate::intake::list_import) child: Option<ChildKey>,
    pub(in crate::intake::list_import) by: Option<AccountKey>,
    pub(in crate::intake::list_import) because: &'a str,
}

/// Writes an answer; false if there is one already.
pub(in crate::intake::list_import) fn answer(
    tx: &mut Conn,
    row: UnplacedKey,
    answer: &NewAnswer<'_>,
    now: NaiveDateTime,
) -> Result<bool> {
    let open = unplaced_row::table
        .filter(unplaced_row::id.eq(row))
        .filter(unplaced_row::answer.is_null());
    let answered = diesel::update(open)
        .set((
            unplaced_row::answer.eq(answer.answer),
            unplaced_row::child_id.eq(answer.child.map(Key::number)),
            unplaced_row::answered_at.eq(now),
            unplaced_row::answered_by.eq(answer.by.map(Key::number)),
            unplaced_row::answered_because.eq(answer.because),
        ))
        .execute(tx)?;
    Ok(answered == 1)
}

/// The imports in whose list a row stands, and that for which it was asked; the newest first.
pub(in crate::intake::list_import) fn imports_of(
    conn: &mut Conn,
    row: UnplacedKey,
) -> Result<Vec<Reference>> {
    let in_list = list_row::table
        .filter(list_row::import_id.eq(list_import::id))
        .filter(list_row::unplaced_id.eq(row.number()));
    let asked = unplaced_row::table
        .filter(unplaced_row::import_id.eq(list_import::id))
        .filter(unplaced_row::id.eq(row));
    Ok(list_import::table
        .filter(exists(in_list).or(exists(asked)))
        .order(list_import::id.desc())
        .select(list_import::reference)
        .load(conn)?)
}

/// Asks something else about a row that waits.
pub(in crate::intake::list_import) fn ask_instead(
    tx: &mut Conn,
    row: UnplacedKey,
    question: Question,
    words: &str,
    candidates: &[(ChildKey, String)],
) -> Result<()> {
    diesel::update(unplaced_row::table.filter(unplaced_row::id.eq(row)))
        .set((
            unplaced_row::question.eq(question),
            unplaced_row::words.eq(words),
        ))
        .execute(tx)?;
    diesel::delete(unplaced_candidate::table.filter(unplaced_candidate::row_id.eq(row.number())))
        .execute(tx)?;
    insert_candidates(tx, row, candidates)
}
