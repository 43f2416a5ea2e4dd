//! What every database has before anybody writes into it: the tables, the local authorities, the default policy, and the
//! words for the kinds of duties and mails. And what it may not have: anything that only a newer program knows.

use crate::access::authority;
use crate::db::words::WordList;
use crate::db::{Conn, Db, DbError, Result, migrate};
use crate::mail::MailKind;
use crate::policy::rulebook;
use crate::rules::duty::{DutyKind, Purpose};

/// How a database stands to this program.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    Ready,
    /// It lacks a step of its tables, or a word that this program may write.
    Older,
    Newer(Newer),
    /// It is another program's.
    Foreign,
}

/// What a database holds that this program does not know. Such a program could not read every row, and what it writes may
/// be less than what the newer one promises.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a newer version of Hearth than this one ({}) has brought the database up: it holds {found}, which this one does not \
     know, and nothing was changed. Run the newer program, or restore the copy that was made before its `hearth migrate`",
    env!("CARGO_PKG_VERSION")
)]
pub struct Newer {
    found: String,
}

/// Why this program leaves a database alone.
#[derive(Debug, thiserror::Error)]
pub enum Unready {
    #[error(
        "the database is not ready for this version of Hearth: run `hearth migrate` first \
         (if it holds a register, make a copy before, with `hearth backup FILE`)"
    )]
    Older,
    #[error(transparent)]
    Newer(#[from] Newer),
    #[error(
        "the database belongs to another program: it has tables, and none of Hearth's, and nothing was changed. Set \
         HEARTH_DATABASE_URL to where the register is, or to a database of its own"
    )]
    Foreign,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Brings a database up to this program's version, wholly or not at all; gives the names of the steps that its tables had
/// not had.
///
/// # Errors
/// When the database is newer than this program or another program's, and then nothing is written; when a step fails or the
/// database does not answer.
pub fn bring_up(db: &Db) -> Result<Vec<String>, Unready> {
    must_not_be_newer(db)?;
    Ok(migrate::migrate(db, |tx| {
        word_lists()
            .iter()
            .try_for_each(|list| list.write_missing(tx))?;
        authority::seed(tx)?;
        rulebook::seed(tx)
    })?)
}

/// Refuses a database that is not of this program's version.
///
/// # Errors
/// When it is older or newer or another program's, or does not answer.
pub fn must_be_ready(db: &Db) -> Result<(), Unready> {
    match must_not_be_newer(db)? {
        Standing::Older => Err(Unready::Older),
        _ => Ok(()),
    }
}

/// Refuses a database into which this program may write nothing, whatever it was asked to do; gives how it stands else.
///
/// # Errors
/// When it is newer or another program's, or does not answer.
pub fn must_not_be_newer(db: &Db) -> Result<Standing, Unready> {
    match db.read_now(standing)? {
        Standing::Newer(newer) => Err(newer.into()),
        Standing::Foreign => Err(Unready::Foreign),
        standing => Ok(standing),
    }
}

/// How a database stands to this program; writes nothing.
///
/// # Errors
/// When the database does not answer.
pub fn standing(conn: &mut Conn) -> Result<Standing> {
    if migrate::is_foreign(conn)? {
        return Ok(Standing::Foreign);
    }
    let steps = migrate::difference(conn)?;
    if !steps.unknown.is_empty() {
        let found = format!("the steps {}", steps.unknown.join(", "));
        return Ok(Standing::Newer(Newer { found }));
    }
    if !steps.missing.is_empty() {
        return Ok(Standing::Older);
    }
    let mut lacks_a_word = false;
    for list in word_lists() {
        let unknown = list.unknown(conn)?;
        if !unknown.is_empty() {
            let found = format!("the words {} in {}", unknown.join(", "), list.table);
            return Ok(Standing::Newer(Newer { found }));
        }
        lacks_a_word |= !list.missing(conn)?.is_empty();
    }
    Ok(match lacks_a_word {
        true => Standing::Older,
        false => Standing::Ready,
    })
}

fn word_lists() -> [WordList; 3] {
    [
        WordList {
            table: "duty_kind",
            words: DutyKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        },
        WordList {
            table: "duty_purpose",
            words: Purpose::ALL.iter().map(|it| it.as_str()).collect(),
        },
        WordList {
            table: "mail_kind",
            words: MailKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        },
    ]
}
