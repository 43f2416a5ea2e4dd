//! The SQL of notifications and of the children they tell of.

use chrono::NaiveDateTime;
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::columns::Key;
use crate::db::schema::{account, child, notification, notification_child, person, relation};
use crate::db::{Conn, DbError, Result};
use crate::register::list::Line;
use crate::register::{ChildKey, PersonKey};
use crate::rules::codes::{ChildStatus, Source};
use crate::rules::identifiers::{EmailAddress, Reference};

/// Marks keys of notifications.
#[derive(Debug)]
pub(in crate::intake) struct Notified;

/// The key of a notification.
pub(in crate::intake) type NotificationKey = Key<Notified>;

/// A notification to be stored.
pub(in crate::intake) struct NewNotification<'a> {
    pub(in crate::intake) reference: &'a Reference,
    pub(in crate::intake) authority: AuthorityKey,
    pub(in crate::intake) account: Option<AccountKey>,
    pub(in crate::intake) person: PersonKey,
    pub(in crate::intake) form_key: &'a str,
    pub(in crate::intake) source: Source,
    pub(in crate::intake) message: &'a str,
}

/// A notification as stored, with the name of the parent and of whoever accepted it.
#[derive(Queryable)]
pub(in crate::intake) struct Row {
    pub(in crate::intake) key: NotificationKey,
    reference: String,
    pub(in crate::intake) received_at: NaiveDateTime,
    pub(in crate::intake) source: Source,
    pub(in crate::intake) parent_name: String,
    parent_email: Option<String>,
    pub(in crate::intake) message: String,
    pub(in crate::intake) accepted_at: Option<NaiveDateTime>,
    pub(in crate::intake) accepted_by: Option<String>,
}

impl Row {
    pub(in crate::intake) fn reference(&self) -> Result<Reference> {
        Reference::parse(&self.reference).map_err(|problem| DbError::Corrupt(problem.to_string()))
    }

    /// Where mail reaches the parent.
    pub(in crate::intake) fn email(&self) -> Option<EmailAddress> {
        let email = self.parent_email.as_deref()?;
        EmailAddress::parse(email).ok()
    }
}

type Columns = (
    notification::id,
    notification::reference,
    notification::received_at,
    notification::source,
    person::name,
    person::email,
    notification::message,
    notification::accepted_at,
    diesel::dsl::Nullable<account::name>,
);

fn columns() -> Columns {
    (
        notification::id,
        notification::reference,
        notification::received_at,
        notification::source,
        person::name,
        person::email,
        notification::message,
        notification::accepted_at,
        account::name.nullable(),
    )
}

/// A child of a notification, as a viewer may see it.
#[derive(Queryable)]
pub(in crate::intake) struct SeenChild {
    pub(in crate::intake) notification: NotificationKey,
    pub(in crate::intake) child: ChildKey,
    pub(in crate::intake) line: Line,
}

pub(in crate::intake) fn has_reference(conn: &mut Conn, reference: &Reference) -> Result<bool> {
    let there = notification::table.filter(notification::reference.eq(reference.as_str()));
    Ok(diesel::select(exists(there)).get_result(conn)?)
}

pub(in crate::intake) fn insert(
    tx: &mut Conn,
    new: &NewNotification<'_>,
    now: NaiveDateTime,
) -> Result<NotificationKey> {
    Ok(diesel::insert_into(notification::table)
        .values((
            notification::reference.eq(new.reference.as_str()),
            notification::authority_id.eq(new.authority.number()),
            notification::account_id.eq(new.account.map(AccountKey::number)),
            notification::person_id.eq(new.person.number()),
            notification::form_key.eq(new.form_key),
            notification::source.eq(new.source.as_str()),
            notification::message.eq(new.message),
            notification::received_at.eq(now),
        ))
        .returning(notification::id)
        .get_result(tx)?)
}

/// Notes that a notification tells of a child; a form that names the same child twice tells of one.
pub(in crate::intake) fn add_child(
    tx: &mut Conn,
    key: NotificationKey,
    child: ChildKey,
) -> Result<()> {
    let there = notification_child::table
        .filter(notification_child::notification_id.eq(key.number()))
        .filter(notification_child::child_id.eq(child.number()));
    if diesel::select(exists(there)).get_result(tx)? {
        return Ok(());
    }
    diesel::insert_into(notification_child::table)
        .values((
            notification_child::notification_id.eq(key.number()),
            notification_child::child_id.eq(child.number()),
        ))
        .execute(tx)?;
    Ok(())
}

/// The notification a form became, if it came from this account (or was written down by staff, which has none).
pub(in crate::intake) fn by_form_key(
    conn: &mut Conn,
    authority: AuthorityKey,
    account: Option<AccountKey>,
    form_key: &str,
) -> Result<Option<Row>> {
    let found: Option<(Option<AccountKey>, Row)> = joined(authority)
        .filter(notification::form_key.eq(form_key))
        .select((notification::account_id, columns()))
        .first(conn)
        .optional()?;
    Ok(found
        .filter(|(sender, _)| *sender == account)
        .map(|(_, row)| row))
}

pub(in crate::intake) fn by_reference(
    conn: &mut Conn,
    authority: AuthorityKey,
    reference: &Reference,
) -> Result<Option<Row>> {
    Ok(joined(authority)
        .filter(notification::reference.eq(reference.as_str()))
        .select(columns())
        .first(conn)
        .optional()?)
}

/// An account's own, the newest first.
pub(in crate::intake) fn of_account(
    conn: &mut Conn,
    authority: AuthorityKey,
    own: AccountKey,
) -> Result<Vec<Row>> {
    Ok(joined(authority)
        .filter(notification::account_id.eq(own.number()))
        .order(notification::id.desc())
        .select(columns())
        .load(conn)?)
}

/// Those that nobody has accepted, the oldest first.
pub(in crate::intake) fn waiting(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<Row>> {
    Ok(joined(authority)
        .filter(notification::accepted_at.is_null())
        .order((notification::received_at, notification::id))
        .select(columns())
        .load(conn)?)
}

/// The oldest of those that tell of this child.
pub(in crate::intake) fn waiting_for(
    conn: &mut Conn,
    authority: AuthorityKey,
    child: ChildKey,
) -> Result<Option<Row>> {
    let of_child = notification_child::table
        .filter(notification_child::child_id.eq(child.number()))
        .select(notification_child::notification_id);
    Ok(joined(authority)
        .filter(notification::accepted_at.is_null())
        .filter(notification::id.eq_any(of_child))
        .order(notification::id)
        .select(columns())
        .first(conn)
        .optional()?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined(authority: AuthorityKey) -> _ {
    let number: i64 = authority.number();
    notification::table
        .inner_join(person::table)
        .left_join(account::table.on(notification::accepted_by.eq(account::id.nullable())))
        .filter(notification::authority_id.eq(number))
}

/// How many children each of these notifications tells of, whoever may see them.
pub(in crate::intake) fn sizes(
    conn: &mut Conn,
    keys: &[NotificationKey],
) -> Result<Vec<(NotificationKey, i64)>> {
    Ok(notification_child::table
        .filter(notification_child::notification_id.eq_any(keys.iter().map(|key| key.number())))
        .group_by(notification_child::notification_id)
        .select((notification_child::notification_id, count_star()))
        .load(conn)?)
}

/// The children of these notifications whom the viewer may see, in the order in which they were named.
pub(in crate::intake) fn children(
    conn: &mut Conn,
    viewer: &Viewer,
    keys: &[NotificationKey],
) -> Result<Vec<SeenChild>> {
    Ok(scope::children(viewer)
        .inner_join(notification_child::table)
        .filter(notification_child::notification_id.eq_any(keys.iter().map(|key| key.number())))
        .order(notification_child::id)
        .select((
            notification_child::notification_id,
            child::id,
            (
                child::reference,
                child::family_name,
                child::given_names,
                child::date_of_birth,
                child::postcode,
                child::status,
                child::tier,
                child::officer_id,
                child::next_check_on,
                child::restricted,
            ),
        ))
        .load(conn)?)
}

/// The children a notification tells of, whoever may see them.
pub(in crate::intake) fn child_keys(
    conn: &mut Conn,
    key: NotificationKey,
) -> Result<Vec<ChildKey>> {
    Ok(notification_child::table
        .filter(notification_child::notification_id.eq(key.number()))
        .order(notification_child::id)
        .select(notification_child::child_id)
        .load(conn)?)
}

/// The child with this name and day of birth whom this person has told of before, and where the record stands.
pub(in crate::intake) fn known_child(
    conn: &mut Conn,
    person: PersonKey,
    match_key: &str,
) -> Result<Option<(ChildKey, String, ChildStatus)>> {
    Ok(child::table
        .inner_join(relation::table)
        .filter(relation::person_id.eq(person.number()))
        .filter(relation::held_to.is_null())
        .filter(child::match_key.eq(match_key))
        .order((child::is_open.desc(), child::id.desc()))
        .select((child::id, child::reference, child::status))
        .first(conn)
        .optional()?)
}

pub(in crate::intake) fn set_accepted(
    tx: &mut Conn,
    key: NotificationKey,
    by: Option<AccountKey>,
    now: NaiveDateTime,
) -> Result<()> {
    diesel::update(notification::table.filter(notification::id.eq(key.number())))
        .set((
            notification::accepted_at.eq(now),
            notification::accepted_by.eq(by.map(AccountKey::number)),
        ))
        .execute(tx)?;
    Ok(())
}
