//! The people who sign in, and who of them holds which post on the ladder.

use chrono::NaiveDate;

pub use super::store::accounts::AccountRow;
use super::{AccountKey, AuthorityKey, Role, Viewer, session, store, token};
use crate::access::{Act, Action, Subject};
use crate::db::{Conn, DbError, Result};
use crate::rules::escalation::Post;
use crate::rules::identifiers::{EmailAddress, Reference, ReferenceKind};

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    pub role: Role,
    /// Whose: an address that `EmailAddress` has parsed.
    pub email: &'a str,
    /// The name others see.
    pub name: &'a str,
    /// From [`super::password::hash`]; none for those who sign in by a link.
    pub password_hash: Option<&'a str>,
}

/// Somebody, or a mailbox, who holds a post today.
#[derive(Clone, Debug)]
pub struct Holder {
    pub post: Post,
    pub email: String,
    /// The person's name, unless it is a mailbox.
    pub name: Option<String>,
}

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The address has an account already.
    #[error("{0} already has an account")]
    Taken(String),
    /// No member of staff has this address.
    #[error("nobody who works there has an account with the address {0}")]
    Unknown(String),
    /// The role may not do what the post is there for.
    #[error(
        "{0} cannot hold the post of {1}: it is for {2}, who can answer for every lapse they are told of"
    )]
    CannotHold(String, String, &'static str),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl crate::db::Conflict for AccountError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Taken(_) | Self::Unknown(_) | Self::CannotHold(..) => None,
        }
    }
}

/// Makes an account in the viewer's authority. A member of staff signs in without naming an authority, so their address
/// is unique among staff. Somebody who left and comes back has their old account again, because what they did is
/// written down under it.
pub fn add(act: &mut Act<'_>, new: &NewAccount<'_>) -> Result<AccountKey, AccountError> {
    let authority = act.viewer.authority();
    let taken = || Err(AccountError::Taken(new.email.to_owned()));
    if new.role != Role::Parent && store::accounts::staff_credentials(act.tx, new.email)?.is_some()
    {
        return taken();
    }
    let (key, reference, action) = match store::accounts::by_email(act.tx, authority, new.email)? {
        Some(earlier) if earlier.left_on.is_some() && new.role != Role::Parent => {
            store::accounts::reopen(act.tx, earlier.key, new)?;
            (earlier.key, earlier.reference, Action::AccountReopened)
        }
        Some(_) => return taken(),
        None => {
            let reference = Reference::from_random(ReferenceKind::Account, token::bits());
            let key =
                store::accounts::insert(act.tx, authority, reference.as_str(), new, act.at.now())?;
            (key, reference.to_string(), Action::AccountAdded)
        }
    };
    act.note(action, Subject::thing(&reference), new.role.as_str())?;
    Ok(key)
}

/// The account of somebody who works in the viewer's authority and has not left.
pub fn at_work(
    conn: &mut Conn,
    viewer: &Viewer,
    email: &EmailAddress,
) -> Result<AccountRow, AccountError> {
    store::accounts::by_email(conn, viewer.authority(), email.as_str())?
        .filter(|account| account.role != Role::Parent && account.left_on.is_none())
        .ok_or_else(|| AccountError::Unknown(email.as_str().to_owned()))
}

/// A member of staff leaves: from now on they cannot sign in, are signed out everywhere, and hold no post. Their
/// children are for the register to let go of. Gives how many posts have ended with them.
pub fn leave(act: &mut Act<'_>, account: &AccountRow) -> Result<usize> {
    store::accounts::set_left(act.tx, account.key, act.at.today())?;
    session::end_all(act.tx, account.key)?;
    let posts = store::accounts::end_posts_of(act.tx, account.key, day_before(act.at.today()))?;
    act.note(Action::AccountLeft, Subject::thing(&account.reference), "")?;
    Ok(posts)
}

/// Sets a new password, and with it ends a lock.
pub fn set_password(act: &mut Act<'_>, account: &AccountRow, hash: &str) -> Result<()> {
    store::accounts::set_password(act.tx, account.key, hash)?;
    act.note(Action::PasswordSet, Subject::thing(&account.reference), "")
}

/// The last day of whoever is followed from `day` on.
fn day_before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

/// The account with this address in an authority.
pub fn by_email(
    conn: &mut Conn,
    authority: AuthorityKey,
    email: &EmailAddress,
) -> Result<Option<AccountRow>> {
    store::accounts::by_email(conn, authority, email.as_str())
}

/// The account with this key.
pub fn by_key(conn: &mut Conn, key: AccountKey) -> Result<AccountRow> {
    store::accounts::by_key(conn, key)
}

/// The account with this reference, if it is of this authority.
pub fn by_reference(
    conn: &mut Conn,
    authority: AuthorityKey,
    reference: &Reference,
) -> Result<Option<AccountRow>> {
    store::accounts::by_reference(conn, authority, reference.as_str())
}

/// Everybody of an authority who is not a parent, by name.
pub fn staff(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<AccountRow>> {
    store::accounts::staff(conn, authority)
}

/// Those who can have children allocated to them, by name.
pub fn officers(conn: &mut Conn, authority: AuthorityKey) -> Result<Vec<AccountRow>> {
    let staff = store::accounts::staff(conn, authority)?;
    Ok(staff
        .into_iter()
        .filter(|a| a.role.works_with_children())
        .collect())
}

/// Whether somebody with a role may hold a post. Whoever is told of a lapse has to be able to open it: a team leader may be
/// an officer, and hears of restricted records only as a manager; everybody above manages.
#[must_use]
pub const fn may_hold(role: Role, post: Post) -> bool {
    match post {
        Post::Officer | Post::TeamLeader | Post::DataTeam => {
            matches!(role, Role::Officer | Role::Manager)
        }
        Post::Manager | Post::HeadOfService | Post::DutyMailbox | Post::SafeguardingLead => {
            matches!(role, Role::Manager)
        }
        // They hold it by being one, and it is given to nobody.
        Post::Administrator => false,
    }
}

/// Gives a post to an account from a day on, if the account's role may hold it; see [`give_post_to_mailbox`].
pub fn give_post(
    act: &mut Act<'_>,
    post: Post,
    account: AccountKey,
    from: NaiveDate,
) -> Result<usize, AccountError> {
    let held = store::accounts::by_key(act.tx, account)?;
    if !may_hold(held.role, post) {
        let who = match post {
            Post::Officer | Post::TeamLeader | Post::DataTeam => "officers and managers",
            _ => "managers",
        };
        let post = post.label().to_lowercase();
        return Err(AccountError::CannotHold(held.email, post, who));
    }
    let reference = held.reference;
    let ended = make_room(act.tx, act.viewer, post, from)?;
    let authority = act.viewer.authority();
    store::accounts::give_post(act.tx, authority, post, Some(account), None, from)?;
    act.note(Action::PostGiven, Subject::thing(&reference), post.as_str())?;
    Ok(ended)
}

/// Gives a post to a mailbox from a day on. A post that has one holder is the earlier one's until the day before; gives
/// how many earlier holders there were.
pub fn give_post_to_mailbox(
    act: &mut Act<'_>,
    post: Post,
    email: &EmailAddress,
    from: NaiveDate,
) -> Result<usize> {
    let ended = make_room(act.tx, act.viewer, post, from)?;
    let (authority, mailbox) = (act.viewer.authority(), email.as_str());
    store::accounts::give_post(act.tx, authority, post, None, Some(mailbox), from)?;
    let detail = format!("{}: {mailbox}", post.as_str());
    act.note(Action::PostGiven, Subject::AUTHORITY, &detail)?;
    Ok(ended)
}

/// Ends what others hold of a post that has one holder.
fn make_room(tx: &mut Conn, viewer: &Viewer, post: Post, from: NaiveDate) -> Result<usize> {
    if !post.has_one_holder() {
        return Ok(0);
    }
    store::accounts::end_post(tx, viewer.authority(), post, day_before(from))
}

/// Who holds which post on a day; every administrator holds that of one.
pub fn holders(conn: &mut Conn, authority: AuthorityKey, today: NaiveDate) -> Result<Vec<Holder>> {
    let mut holders = store::accounts::holders(conn, authority, today)?;
    let staff = store::accounts::staff(conn, authority)?.into_iter();
    let administrators = staff.filter(|account| account.role == Role::Administrator);
    holders.extend(administrators.map(|account| Holder {
        post: Post::Administrator,
        email: account.email,
        name: Some(account.name),
    }));
    Ok(holders)
}
