//! The local authorities: the list as the Department for Education has it, and which of them keep their register here.

use chrono::NaiveDate;

pub use super::store::authority::Authority;
use super::{AuthorityKey, store};
use crate::access::{Act, Action, Subject};
use crate::db::{Conn, Result};
use crate::mail::Letterhead;
use crate::rules::identifiers::EmailAddress;

impl Authority {
    /// How to ask it something, as far as it has said: "write to … or ring …".
    pub fn ways_to_ask(&self) -> Option<String> {
        match (&self.mailbox, &self.telephone) {
            (Some(mailbox), Some(number)) => Some(format!("write to {mailbox} or ring {number}")),
            (Some(mailbox), None) => Some(format!("write to {mailbox}")),
            (None, Some(number)) => Some(format!("ring {number}")),
            (None, None) => None,
        }
    }

    /// What stands around every mail that is sent for it; `base_url` is where the service is.
    pub fn letterhead(&self, base_url: &str) -> Letterhead {
        Letterhead {
            authority: self.name.clone(),
            reply_to: self
                .mailbox
                .as_deref()
                .and_then(|mailbox| EmailAddress::parse(mailbox).ok()),
            telephone: self.telephone.clone(),
            base_url: base_url.to_owned(),
        }
    }
}

/// A row of the list of authorities.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The three-digit DfE code.
    pub code: String,
    pub gss_code: String,
    pub name: String,
    /// Its type, in the list's words.
    pub kind: String,
    pub region: String,
    /// The last day it exists, where that is known.
    pub exists_to: Option<NaiveDate>,
}

/// The 153 English authorities, from the Department for Education's reference file (27 July 2026).
const LIST: &str = include_str!("local_authorities.csv");

/// Surrey is replaced by East and West Surrey on 1 April 2027; their codes are not published yet.
const ENDING: &[(&str, (i32, u32, u32))] = &[("936", (2027, 3, 31))];

/// Puts the authorities that are not there yet into the register; gives how many that were.
pub fn seed(tx: &mut Conn) -> Result<usize> {
    let there = store::authority::codes(tx)?;
    let missing: Vec<Listed> = listed().filter(|a| !there.contains(&a.code)).collect();
    for authority in &missing {
        store::authority::insert(tx, authority)?;
    }
    Ok(missing.len())
}

fn listed() -> impl Iterator<Item = Listed> {
    csv::Reader::from_reader(LIST.as_bytes())
        .into_records()
        .filter_map(std::result::Result::ok)
        .map(|row| {
            let cell = |n: usize| row.get(n).unwrap_or_default().to_owned();
            let ending = ENDING.iter().find(|(code, _)| *code == &row[0]);
            Listed {
                code: cell(0),
                gss_code: cell(1),
                name: cell(2),
                kind: cell(3),
                region: cell(5),
                exists_to: ending.and_then(|(_, (y, m, d))| NaiveDate::from_ymd_opt(*y, *m, *d)),
            }
        })
}

/// Adds an authority that is not on the list: an invented one, for demonstrations and tests.
pub fn add(tx: &mut Conn, code: &str, name: &str) -> Result<AuthorityKey> {
    store::authority::insert(
        tx,
        &Listed {
            code: code.to_owned(),
            gss_code: String::new(),
            name: name.to_owned(),
            kind: "Invented".to_owned(),
            region: String::new(),
            exists_to: None,
        },
    )?;
    store::authority::by_code(tx, code)?
        .map(|authority| authority.key)
        .ok_or_else(|| crate::db::DbError::Corrupt(format!("authority {code} was not stored")))
}

/// The authority with a DfE code.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Option<Authority>> {
    store::authority::by_code(conn, code)
}

/// The code and name of every authority.
pub fn names(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    store::authority::names(conn)
}

/// The authority with a key.
pub fn by_key(conn: &mut Conn, key: AuthorityKey) -> Result<Authority> {
    store::authority::by_key(conn, key)
}

/// The authorities whose register is kept here, by name.
pub fn in_service(conn: &mut Conn) -> Result<Vec<Authority>> {
    store::authority::in_service(conn)
}

/// Begins to keep the register of the viewer's authority here, and says which its duty mailbox is.
pub fn take_into_service(act: &mut Act<'_>, mailbox: Option<&str>) -> Result<()> {
    store::authority::set_in_service(act.tx, act.viewer.authority(), mailbox)?;
    act.note(Action::AuthorityInService, Subject::AUTHORITY, "")
}

/// What an authority's pages show of it.
#[derive(Clone, Copy, Debug)]
pub struct Description<'a> {
    /// The colour of its header, as `#rrggbb`.
    pub colour: &'a str,
    /// The team's telephone number.
    pub telephone: Option<&'a str>,
    /// Whom to complain to.
    pub complaints_to: Option<&'a str>,
}

/// Sets what the pages of the viewer's authority show of it. Words that are empty are none.
pub fn describe(act: &mut Act<'_>, shown: &Description<'_>) -> Result<()> {
    store::authority::describe(
        act.tx,
        act.viewer.authority(),
        shown.colour,
        said(shown.telephone),
        said(shown.complaints_to),
    )?;
    act.note(Action::AuthorityDescribed, Subject::AUTHORITY, "")
}

fn said(words: Option<&str>) -> Option<&str> {
    words.map(str::trim).filter(|words| !words.is_empty())
}
