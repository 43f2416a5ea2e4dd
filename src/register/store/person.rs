//! The SQL of parents, carers and other adults, and of what they are to a child.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::access::store::scope;
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::days::Moment;
use crate::db::schema::{address, child, person, relation};
use crate::db::{Conn, Result};
use crate::on_each;
use crate::register::address::AddressRecord;
use crate::register::person::{NewPerson, NewRelation, Sibling};
use crate::register::{ChildKey, PersonKey};
use crate::rules::codes::{Confidentiality, Relationship};
use crate::rules::identifiers::{EmailAddress, PhoneNumber, Reference};

/// What a person says of themselves.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = person)]
pub struct PersonParticulars {
    /// Their name as they write it.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<EmailAddress>,
    /// Where a call reaches them.
    pub telephone: Option<PhoneNumber>,
    /// How they would rather be contacted, in their words.
    pub contact_preference: String,
    /// Whom their address may be shown to.
    pub confidentiality: Confidentiality,
}

/// An adult in a child's life.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = person)]
pub struct PersonRecord {
    /// The key inside the program.
    #[diesel(column_name = id)]
    pub key: PersonKey,
    /// What the world calls this record.
    pub reference: Reference,
    #[diesel(embed)]
    pub particulars: PersonParticulars,
}

/// A tie between a person and a child, with the person and where they live now.
#[derive(Queryable)]
pub(in crate::register) struct Tie {
    pub(in crate::register) person: PersonRecord,
    pub(in crate::register) address: Option<AddressRecord>,
    pub(in crate::register) account: Option<AccountKey>,
    pub(in crate::register) childs_officer: Option<AccountKey>,
    pub(in crate::register) relationship: Relationship,
    pub(in crate::register) parental_responsibility: Option<bool>,
    pub(in crate::register) lives_with_child: Option<bool>,
}

/// A new row, alone or one of many.
#[derive(Insertable)]
#[diesel(table_name = person, treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    pub(super) reference: &'a str,
    authority_id: i64,
    account_id: Option<i64>,
    name: &'a str,
    email: Option<&'a str>,
    telephone: Option<&'a str>,
    contact_preference: &'a str,
    confidentiality: &'static str,
    created_at: Moment,
}

impl<'a> NewRow<'a> {
    pub(super) fn of(
        authority: AuthorityKey,
        reference: &'a Reference,
        new: &'a NewPerson,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            reference: reference.as_str(),
            authority_id: authority.number(),
            account_id: new.account.map(AccountKey::number),
            name: &new.particulars.name,
            email: new.particulars.email.as_ref().map(EmailAddress::as_str),
            telephone: new.particulars.telephone.as_ref().map(PhoneNumber::as_str),
            contact_preference: &new.particulars.contact_preference,
            confidentiality: new.particulars.confidentiality.as_str(),
            created_at: now.into(),
        }
    }
}

/// A new tie, alone or one of many.
#[derive(Insertable)]
#[diesel(table_name = relation, treat_none_as_default_value = false)]
pub(super) struct NewTie {
    child_id: i64,
    person_id: i64,
    relationship: &'static str,
    parental_responsibility: Option<bool>,
    lives_with_child: Option<bool>,
    held_from: NaiveDate,
}

impl NewTie {
    pub(super) fn of(child: ChildKey, person: PersonKey, tie: &NewRelation) -> Self {
        Self {
            child_id: child.number(),
            person_id: person.number(),
            relationship: tie.relationship.as_str(),
            parental_responsibility: tie.parental_responsibility,
            lives_with_child: tie.lives_with_child,
            held_from: tie.held_from,
        }
    }
}

pub(in crate::register) fn has_reference(conn: &mut Conn, reference: &Reference) -> Result<bool> {
    let there = person::table.filter(person::reference.eq(reference.as_str()));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// People of an authority with this email address, and their names, in the order in which they came.
pub(in crate::register) fn with_email(
    conn: &mut Conn,
    authority: AuthorityKey,
    email: &EmailAddress,
) -> Result<Vec<(PersonKey, String)>> {
    Ok(person::table
        .filter(person::authority_id.eq(authority.number()))
        .filter(person::email.eq(email.as_str()))
        .order(person::id)
        .select((person::id, person::name))
        .load(conn)?)
}

/// Who is tied to one of these children.
pub(in crate::register) fn tied_to(
    conn: &mut Conn,
    children: &HashSet<ChildKey>,
) -> Result<HashSet<PersonKey>> {
    let keys = children.iter().map(|child| child.number());
    let people: Vec<PersonKey> = relation::table
        .filter(relation::child_id.eq_any(keys))
        .select(relation::person_id)
        .load(conn)?;
    Ok(people.into_iter().collect())
}

pub(in crate::register) fn insert(
    tx: &mut Conn,
    authority: AuthorityKey,
    reference: &Reference,
    new: &NewPerson,
    now: NaiveDateTime,
) -> Result<PersonKey> {
    Ok(diesel::insert_into(person::table)
        .values(NewRow::of(authority, reference, new, now))
        .returning(person::id)
        .get_result(tx)?)
}

pub(in crate::register) fn update(tx: &mut Conn, key: PersonKey, new: &NewPerson) -> Result<()> {
    let said = &new.particulars;
    diesel::update(person::table.filter(person::id.eq(key.number())))
        .set((
            person::account_id.eq(new.account.map(AccountKey::number)),
            person::name.eq(&said.name),
            person::email.eq(said.email.as_ref().map(EmailAddress::as_str)),
            person::telephone.eq(said.telephone.as_ref().map(PhoneNumber::as_str)),
            person::contact_preference.eq(&said.contact_preference),
            person::confidentiality.eq(said.confidentiality.as_str()),
            person::version.eq(person::version + 1),
        ))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn are_tied(
    conn: &mut Conn,
    child: ChildKey,
    person: PersonKey,
) -> Result<bool> {
    let there = relation::table
        .filter(relation::child_id.eq(child.number()))
        .filter(relation::person_id.eq(person.number()));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// Name and email address of everybody who is tied to a child.
pub(in crate::register) fn names_of_tied(
    conn: &mut Conn,
    child: ChildKey,
) -> Result<Vec<(String, Option<String>)>> {
    Ok(relation::table
        .inner_join(person::table)
        .filter(relation::child_id.eq(child.number()))
        .filter(relation::held_to.is_null())
        .select((person::name, person::email))
        .load(conn)?)
}

/// The names of those who are tied to these children.
pub(in crate::register) fn names_of_tied_to(
    conn: &mut Conn,
    children: &[ChildKey],
) -> Result<Vec<(ChildKey, String)>> {
    let keys = children.iter().map(|child| child.number());
    Ok(relation::table
        .inner_join(person::table)
        .filter(relation::child_id.eq_any(keys))
        .filter(relation::held_to.is_null())
        .select((relation::child_id, person::name))
        .load(conn)?)
}

pub(in crate::register) fn tie(
    tx: &mut Conn,
    child: ChildKey,
    person: PersonKey,
    tie: &NewRelation,
) -> Result<()> {
    diesel::insert_into(relation::table)
        .values(NewTie::of(child, person, tie))
        .execute(tx)?;
    Ok(())
}

pub(in crate::register) fn of_account(
    conn: &mut Conn,
    authority: AuthorityKey,
    account: AccountKey,
) -> Result<Option<PersonRecord>> {
    Ok(person::table
        .filter(person::authority_id.eq(authority.number()))
        .filter(person::account_id.eq(account.number()))
        .order(person::id)
        .select(PersonRecord::as_select())
        .first(conn)
        .optional()?)
}

/// The present ties of a child that this viewer may see; the child's own visibility is asked once more.
pub(in crate::register) fn ties_of(
    conn: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
) -> Result<Vec<Tie>> {
    let lives_there = address::person_id
        .eq(person::id.nullable())
        .and(address::lived_to.is_null());
    Ok(on_each!(conn, |conn| scope::children(viewer)
        .inner_join(
            relation::table.inner_join(person::table.left_join(address::table.on(lives_there))),
        )
        .filter(child::id.eq(child.number()))
        .filter(relation::held_to.is_null())
        .order(relation::id)
        .select((
            PersonRecord::as_select(),
            Option::<AddressRecord>::as_select(),
            person::account_id,
            child::officer_id,
            relation::relationship,
            relation::parental_responsibility,
            relation::lives_with_child,
        ))
        .load(conn))?)
}

/// Open children who share a person with this one today, the eldest first.
///
/// The ties are followed first and each child is then looked up by key. In one statement SQLite, which has no statistics,
/// may as well begin with all children of the authority.
pub(in crate::register) fn siblings_of(
    conn: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
) -> Result<Vec<Sibling>> {
    let mut found = Vec::new();
    for key in sharing_a_person_with(conn, child)? {
        let sibling: Option<(NaiveDate, Reference, String, String)> =
            on_each!(conn, |conn| scope::children(viewer)
                .filter(child::id.eq(key.number()))
                .filter(child::is_open.eq(true))
                .select((
                    child::date_of_birth,
                    child::reference,
                    child::given_names,
                    child::family_name
                ))
                .first(conn)
                .optional())?;
        found.extend(sibling);
    }
    found.sort_by_key(|(date_of_birth, ..)| *date_of_birth);
    let sibling = |(_, reference, given_names, family_name)| Sibling {
        reference,
        name: format!("{given_names} {family_name}"),
    };
    Ok(found.into_iter().map(sibling).collect())
}

fn sharing_a_person_with(conn: &mut Conn, child: ChildKey) -> Result<Vec<ChildKey>> {
    let theirs = diesel::alias!(relation as theirs);
    let same_person = theirs.field(relation::person_id).eq(relation::person_id);
    Ok(on_each!(conn, |conn| relation::table
        .inner_join(theirs.on(same_person))
        .filter(relation::child_id.eq(child.number()))
        .filter(relation::held_to.is_null())
        .filter(theirs.field(relation::held_to).is_null())
        .filter(theirs.field(relation::child_id).ne(child.number()))
        .order(theirs.field(relation::child_id))
        .select(theirs.field(relation::child_id))
        .distinct()
        .load(conn))?)
}
