//! A child on the register: who they are, in whose care of the authority, and the few facts every list shows.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};

pub use super::store::child::{ChildRecord, Particulars};
use super::{ChildKey, fresh_reference, store};
use crate::access::Subject;
use crate::access::{Act, Action, AuthorityKey, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::rules::codes::{ChildStatus, Ethnicity, SenProvision, SenType};
use crate::rules::dates;
use crate::rules::identifiers::{NhsNumber, Reference, ReferenceKind, Upn};
use crate::rules::names;
use crate::rules::same_child::Identity;
use crate::rules::tier::Tier;

impl Particulars {
    /// "Given names Family name", for a heading.
    pub fn full_name(&self) -> String {
        names::full(&self.given_names, &self.family_name)
    }

    /// What tells the child from others, but for their home.
    #[must_use]
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            given_names: &self.given_names,
            family_name: &self.family_name,
            known_as: self.known_as.as_deref(),
            date_of_birth: self.date_of_birth,
            sex: self.sex,
            upn: self.upn.as_ref().map(Upn::as_str),
            nhs_number: self.nhs_number.as_ref().map(NhsNumber::as_str),
            other_reference: None,
            postcode: None,
        }
    }
}

/// A child to be put on the register.
#[derive(Clone, Debug)]
pub struct NewChild {
    pub particulars: Particulars,
    /// The child's reference in the system a list came from.
    pub other_reference: Option<String>,
    /// Where the record stands at first.
    pub status: ChildStatus,
    /// First day on the register.
    pub registered_on: NaiveDate,
    /// The tier the rules gave.
    pub tier: Tier,
    /// Last seen in person, where the source says so.
    pub last_seen_on: Option<NaiveDate>,
    /// False when the source cannot know whether the child was seen.
    pub seen_recorded: bool,
}

/// An identifier that another child of the authority has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Upn,
    NhsNumber,
}

/// Why a child's record was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// Somebody else saved first; what they saved is here, to be shown beside what was typed.
    #[error("Somebody else changed this record while you were working on it")]
    Changed(Box<ChildRecord>),
    /// Not there, or not for this viewer.
    #[error("There is no such record, or you may not see it")]
    NotFound,
    /// Another child of this authority has that UPN.
    #[error("Another child on the register has this UPN")]
    UpnTaken,
    /// Another child of this authority has that NHS number.
    #[error("Another child on the register has this NHS number")]
    NhsNumberTaken,
    /// The account does not work with children, or is of another authority.
    #[error("This person cannot be a child's officer")]
    NotAnOfficer,
    #[error("Only a manager decides who sees a record")]
    NotAllowed,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Taken> for AmendError {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::Upn => Self::UpnTaken,
            Taken::NhsNumber => Self::NhsNumberTaken,
        }
    }
}

conflict!(AmendError);

/// The child with this reference, if this viewer may see them.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<ChildRecord>> {
    store::child::by_reference(conn, viewer, reference)
}

/// The child with this UPN, if this viewer may see them.
pub fn by_upn(conn: &mut Conn, viewer: &Viewer, upn: &Upn) -> Result<Option<ChildRecord>> {
    match store::child::has_upn(conn, viewer.authority(), upn)? {
        Some(key) => by_key(conn, viewer, key),
        None => Ok(None),
    }
}

/// The child with this key, if this viewer may see them.
pub fn by_key(conn: &mut Conn, viewer: &Viewer, key: ChildKey) -> Result<Option<ChildRecord>> {
    store::child::by_key(conn, viewer, key)
}

/// Which identifier of these particulars another child of the authority has, restricted children included: to be asked
/// before [`add`], so that the person who typed it hears it in words. `but_not` leaves out the child's own record.
pub fn taken(
    conn: &mut Conn,
    viewer: &Viewer,
    particulars: &Particulars,
    but_not: Option<ChildKey>,
) -> Result<Option<Taken>> {
    let authority = viewer.authority();
    if let Some(upn) = &particulars.upn
        && store::child::has_upn(conn, authority, upn)?.is_some_and(|key| Some(key) != but_not)
    {
        return Ok(Some(Taken::Upn));
    }
    if let Some(number) = &particulars.nhs_number
        && store::child::has_nhs_number(conn, authority, number)?
            .is_some_and(|key| Some(key) != but_not)
    {
        return Ok(Some(Taken::NhsNumber));
    }
    Ok(None)
}

/// Puts a child on the register: the row, the words of the name for search, the first tier. Whoever calls this writes the audit event.
pub fn add(act: &mut Act<'_>, new: &NewChild) -> Result<(ChildKey, Reference)> {
    let reference = fresh_reference(ReferenceKind::Child, |taken| {
        store::child::has_reference(act.tx, taken)
    })?;
    let key = store::child::insert(
        act.tx,
        act.viewer.authority(),
        &reference,
        new,
        act.at.now(),
    )?;
    write_name_tokens(act.tx, act.viewer.authority(), key, &new.particulars)?;
    store::tier::begin(act.tx, key, new.tier, "", store::tier::RULES, act.at.now())?;
    Ok((key, reference))
}

fn write_name_tokens(
    tx: &mut Conn,
    authority: AuthorityKey,
    key: ChildKey,
    of: &Particulars,
) -> Result<()> {
    let tokens = names::searchable(&of.given_names, of.known_as.as_deref(), &of.family_name);
    store::name_token::replace(tx, authority, key, &tokens)
}

/// Saves amended particulars, if nobody else saved since `version`; writes the audit event.
pub fn amend(
    act: &mut Act<'_>,
    reference: &Reference,
    version: i32,
    particulars: &Particulars,
) -> Result<(), AmendError> {
    let stored = find(act.tx, act.viewer, reference)?.ok_or(AmendError::NotFound)?;
    if let Some(taken) = taken(act.tx, act.viewer, particulars, Some(stored.key))? {
        return Err(taken.into());
    }
    if !store::child::amend(act.tx, stored.key, version, particulars, act.at.now())? {
        return Err(AmendError::Changed(Box::new(stored)));
    }
    write_name_tokens(act.tx, stored.authority, stored.key, particulars)?;
    let changes = changes(&stored.particulars, particulars);
    if !changes.is_empty() {
        act.note(Action::ChildAmended, &stored, &changes.join(". "))?;
    }
    Ok(())
}

/// Which particulars changed, one sentence each: "Family name: Smith → Jones".
fn changes(old: &Particulars, new: &Particulars) -> Vec<String> {
    let (old, new) = (spoken(old), spoken(new));
    let both = old.into_iter().zip(new);
    both.filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| {
            format!("{field}: {} → {}", or_nothing(&old), or_nothing(&new))
        })
        .collect()
}

fn or_nothing(value: &str) -> &str {
    if value.is_empty() { "nothing" } else { value }
}

/// Every particular with its name, as a timeline says it.
fn spoken(of: &Particulars) -> [(&'static str, String); 12] {
    let label = |sen_type: Option<SenType>| sen_type.map_or("", SenType::label).to_owned();
    [
        ("Given names", of.given_names.clone()),
        ("Family name", of.family_name.clone()),
        ("Known as", of.known_as.clone().unwrap_or_default()),
        ("Date of birth", dates::spoken(of.date_of_birth)),
        ("Sex", of.sex.label().to_owned()),
        (
            "UPN",
            of.upn.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        (
            "NHS number",
            of.nhs_number
                .as_ref()
                .map(NhsNumber::spaced)
                .unwrap_or_default(),
        ),
        (
            "Ethnicity",
            of.ethnicity.map_or("", Ethnicity::label).to_owned(),
        ),
        ("First language", of.language.clone().unwrap_or_default()),
        (
            "SEN provision",
            of.sen_provision.map_or("", SenProvision::label).to_owned(),
        ),
        ("Type of need", label(of.sen_type)),
        ("Second type of need", label(of.second_sen_type)),
    ]
}

/// Hides the record from officers who do not answer for the child, or shows it again; writes the audit event. A record
/// that this viewer may not see stays as it is.
///
/// # Errors
/// [`AmendError::NotAllowed`] for whoever does not manage.
pub fn restrict(act: &mut Act<'_>, child: ChildKey, restricted: bool) -> Result<(), AmendError> {
    if !act.viewer.manages() {
        return Err(AmendError::NotAllowed);
    }
    let Some(stored) =
        by_key(act.tx, act.viewer, child)?.filter(|stored| stored.restricted != restricted)
    else {
        return Ok(());
    };
    store::child::set_restricted(act.tx, child, restricted, act.at.now())?;
    let (action, detail) = if restricted {
        (
            Action::ChildRestricted,
            "Restricted to the child’s officer and managers",
        )
    } else {
        (Action::ChildUnrestricted, "No longer restricted")
    };
    Ok(act.note(action, &stored, detail)?)
}

impl<'a> From<&'a ChildRecord> for Subject<'a> {
    fn from(child: &'a ChildRecord) -> Self {
        Self::of_child(child.key, child.reference.as_str())
    }
}

/// Moves the record from one status to another; whoever calls this writes the audit event.
pub fn set_status(
    tx: &mut Conn,
    child: ChildKey,
    status: ChildStatus,
    now: NaiveDateTime,
) -> Result<()> {
    store::child::set_status(tx, child, status, now)
}

/// The references of some children of an authority, to keep them from whoever may not read them.
///
/// # Errors
/// When the database does not answer.
pub fn references_of(
    conn: &mut Conn,
    authority: AuthorityKey,
    children: &HashSet<ChildKey>,
) -> Result<Vec<Reference>> {
    match children.is_empty() {
        true => Ok(Vec::new()),
        false => store::child::references_of(conn, authority, children),
    }
}

/// Begins a child's next time on the register, after a closed one; whoever calls this writes the registration and the audit event.
pub fn register_again(
    tx: &mut Conn,
    child: ChildKey,
    on: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    store::child::set_registered_on(tx, child, on)?;
    store::child::set_status(tx, child, ChildStatus::Notified, now)
}

/// Copies the earliest due day of the child's open checks, for lists. The room of checks calls it.
pub fn set_next_check(tx: &mut Conn, child: ChildKey, due_on: Option<NaiveDate>) -> Result<()> {
    store::child::set_next_check(tx, child, due_on)
}

/// Notes that a professional saw the child in person, unless a later day is noted already.
pub fn note_seen(tx: &mut Conn, child: ChildKey, on: NaiveDate, by: &str) -> Result<()> {
    store::child::note_seen(tx, child, on, by)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
