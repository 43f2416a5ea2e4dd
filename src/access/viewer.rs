//! The one who looks. Reading personal data takes a `&Viewer`, so a query that forgets whose eyes it serves does not
//! compile:
//!
//! ```compile_fail,E0061
//! # fn look(conn: &mut hearth::db::Conn, reference: &hearth::rules::identifiers::Reference) {
//! let child = hearth::register::child::find(conn, reference);
//! # }
//! ```

use crate::db::columns::Key;
use crate::db::{self, DbError};
use crate::rules::codes::code_list;

/// Marks keys of authorities.
#[derive(Debug)]
pub struct Authority;

/// Marks keys of accounts.
#[derive(Debug)]
pub struct Account;

/// The key of an authority.
pub type AuthorityKey = Key<Authority>;
/// The key of an account.
pub type AccountKey = Key<Account>;

code_list! {
    /// What a person with an account may do.
    pub enum Role {
        /// Sees and looks after their own family's record.
        Parent = "parent", "Parent";
        /// Works with the children of the authority.
        Officer = "officer", "Officer";
        /// As an officer, and sees restricted records, and answers for lapses.
        Manager = "manager", "Manager";
        /// Looks after accounts and deliveries; sees no child.
        Administrator = "administrator", "Administrator";
    }
}

impl Role {
    /// Whether this role works with the records of children who are not their own.
    pub fn works_with_children(self) -> bool {
        matches!(self, Self::Officer | Self::Manager)
    }
}

/// Whose eyes a read serves: a person with a role in one authority, or a named part of the program.
#[derive(Clone, Debug)]
pub struct Viewer {
    authority: AuthorityKey,
    eyes: Eyes,
}

#[derive(Clone, Debug)]
enum Eyes {
    Person {
        account: AccountKey,
        role: Role,
        name: String,
    },
    Program(&'static str),
}

impl Viewer {
    /// A person who has proved who they are. Only [`super::session`] has a reason to make one.
    pub(crate) fn of_person(
        authority: AuthorityKey,
        account: AccountKey,
        role: Role,
        name: String,
    ) -> Self {
        Self {
            authority,
            eyes: Eyes::Person {
                account,
                role,
                name,
            },
        }
    }

    /// A part of the program at work for one authority: "sweep", "import". It sees every child of that authority.
    pub fn program(authority: AuthorityKey, part: &'static str) -> Self {
        Self {
            authority,
            eyes: Eyes::Program(part),
        }
    }

    /// The authority whose records are looked at; there is no viewer of all authorities.
    pub fn authority(&self) -> AuthorityKey {
        self.authority
    }

    /// The account of whoever does what only somebody in particular does: books, records, promises.
    ///
    /// # Errors
    /// [`DbError::Nobody`] when the program itself is at work.
    pub fn person(&self) -> db::Result<AccountKey> {
        self.account().ok_or(DbError::Nobody)
    }

    /// The account, unless the program itself is at work.
    pub fn account(&self) -> Option<AccountKey> {
        match &self.eyes {
            Eyes::Person { account, .. } => Some(*account),
            Eyes::Program(_) => None,
        }
    }

    /// The role, unless the program itself is at work.
    pub fn role(&self) -> Option<Role> {
        match &self.eyes {
            Eyes::Person { role, .. } => Some(*role),
            Eyes::Program(_) => None,
        }
    }

    /// Whether this viewer decides what managers decide; the program at work may.
    pub fn manages(&self) -> bool {
        matches!(self.role(), None | Some(Role::Manager))
    }

    /// Whether this viewer works with the records of children who are not their own; the program at work may.
    pub fn works_with_children(&self) -> bool {
        self.role().is_none_or(Role::works_with_children)
    }

    /// The name to write beside what was done.
    pub fn name(&self) -> &str {
        match &self.eyes {
            Eyes::Person { name, .. } => name,
            Eyes::Program(part) => part,
        }
    }

    /// The kind of actor, for the audit trail.
    pub fn actor(&self) -> &'static str {
        match &self.eyes {
            Eyes::Person { role, .. } => role.as_str(),
            Eyes::Program(part) => part,
        }
    }

    /// Whether restricted records are seen without being their officer.
    pub fn sees_restricted(&self) -> bool {
        !matches!(
            self.eyes,
            Eyes::Person {
                role: Role::Officer | Role::Parent | Role::Administrator,
                ..
            }
        )
    }
}
