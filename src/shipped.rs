//! What every database has before anybody writes into it: the tables, the local authorities, the default policy, and the
//! words for the kinds of duties and mails.

use crate::access::authority;
use crate::db::words::WordList;
use crate::db::{Conn, Db, Result, migrate};
use crate::mail::MailKind;
use crate::policy::rulebook;
use crate::rules::duty::{DutyKind, Purpose};

/// Brings a database up to this program's version; gives the names of the steps that its tables had not had.
///
/// # Errors
/// When a step fails or the database does not answer.
pub fn bring_up(db: &Db) -> Result<Vec<String>> {
    let steps = migrate::migrate(db)?;
    db.write_now(|tx| {
        word_lists()
            .iter()
            .try_for_each(|list| list.write_missing(tx))?;
        authority::seed(tx)?;
        rulebook::seed(tx)
    })?;
    Ok(steps)
}

/// Whether a database lacks a step of its tables, or a word that this program may write.
///
/// # Errors
/// When the database does not answer.
pub fn is_missing(db: &Db) -> Result<bool> {
    Ok(migrate::is_pending(db)? || db.read_now(lacks_a_word)?)
}

fn lacks_a_word(conn: &mut Conn) -> Result<bool> {
    for list in word_lists() {
        if !list.missing(conn)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
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
