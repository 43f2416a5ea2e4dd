//! A list is taken over in parts. Each is compared with the register while others may write, and then written in one short transaction,
//! if the register still stands as it did.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::account::{Fate, Whom};
use super::changing;
use super::keeping::{self, KeptList};
use super::listed::Listed;
use super::not_added;
use super::placing::{Placing, Prepared, Register};
use crate::access::authority::{self, Authority};
use crate::access::{Act, Viewer, audit};
use crate::clock::At;
use crate::db::columns::Key;
use crate::db::{Conn, Db, DbError, Result};
use crate::policy::rulebook::{self, Rulebook};
use crate::register::ChildKey;
use crate::visit::taken_over;

/// Children whose rows are written in one transaction: some 40 ms of a core, so that no other writer waits long. Builds with debug
/// assertions write few, so that the tests' short lists come in several parts too.
pub(super) const CHILDREN: usize = match cfg!(debug_assertions) {
    true => 7,
    false => 300,
};

/// How often a part is compared anew because somebody wrote meanwhile, before it is compared and written in one transaction.
const TRIES: usize = 3;

/// After so many events the register is read anew instead of following them.
const FOLLOWED: usize = 1_000;

/// Children who are put on the register before what was overdue among them is spread over the weeks.
const SPREAD_AFTER: usize = 5_000;

/// One authority's children being taken over.
pub(super) struct Taking<'a> {
    db: &'a Db,
    target: Target<'a>,
    standing: Option<Standing>,
    /// The child of each line that was taken.
    placed: HashMap<usize, ChildKey>,
    is_in_service: bool,
    not_spread: usize,
    /// On which children were put on the register: what was overdue is dated by it.
    days: BTreeSet<NaiveDate>,
}

/// Into which register.
pub(super) struct Target<'a> {
    pub(super) authority: &'a Authority,
    /// The eyes its children are written with.
    pub(super) viewer: &'a Viewer,
    /// Of the list.
    pub(super) headings: &'a str,
    /// The list as it is written down; none in a trial.
    pub(super) kept: Option<&'a KeptList>,
}

/// What children of a list are compared with: the register of an authority, as it stood at a revision.
struct Standing {
    revision: i64,
    /// The newest event then.
    event: i64,
    register: Register,
    rulebook: Rulebook,
}

/// What writing a part came to.
struct Written {
    /// Children who are new, in the order of their entries.
    new: Vec<ChildKey>,
    /// The authority's revision and its newest event with what was written.
    revision: i64,
    event: i64,
}

impl Standing {
    fn read(conn: &mut Conn, target: &Target<'_>, at: At) -> Result<Self> {
        let authority = target.authority.key;
        Ok(Self {
            revision: authority::by_key(conn, authority)?.revision,
            event: audit::newest(conn, authority)?,
            register: Register::read(conn, target.viewer)?,
            rulebook: rulebook::load(conn, authority, at.today())?,
        })
    }

    /// Takes in what others did since: every change of a child writes an event about them.
    fn follow(&mut self, conn: &mut Conn, target: &Target<'_>, at: At) -> Result<()> {
        let authority = target.authority.key;
        let revision = authority::by_key(conn, authority)?.revision;
        if revision == self.revision && self.rulebook.today == at.today() {
            return Ok(());
        }
        let Some(children) = audit::children_since(conn, authority, self.event, FOLLOWED)? else {
            *self = Self::read(conn, target, at)?;
            return Ok(());
        };
        let children: Vec<ChildKey> = children.into_iter().map(Key::new).collect();
        self.register.renew(conn, target.viewer, &children)?;
        self.rulebook = rulebook::load(conn, authority, at.today())?;
        self.event = audit::newest(conn, authority)?;
        self.revision = revision;
        Ok(())
    }

    /// Takes in what was written to the register as it stood.
    fn take_in(&mut self, db: &Db, prepared: &Prepared, written: &Written) -> Result<()> {
        let changed = prepared.changes.iter().map(changing::Change::child);
        let touched: Vec<ChildKey> = written.new.iter().copied().chain(changed).collect();
        (self.revision, self.event) = (written.revision, written.event);
        db.read_now(|conn| self.register.read_again(conn, &touched))
    }
}

impl<'a> Taking<'a> {
    pub(super) fn new(db: &'a Db, target: Target<'a>) -> Self {
        Self {
            db,
            standing: None,
            placed: HashMap::new(),
            is_in_service: target.authority.in_service,
            target,
            not_spread: 0,
            days: BTreeSet::new(),
        }
    }

    /// Takes over some children: puts on the register whoever is new, changes what is to be changed, and writes down
    /// what became of each row. In a trial it only says so.
    pub(super) fn take(&mut self, children: &[Listed], at: At) -> Result<Vec<Fate>> {
        let mut standing = self.standing(at)?;
        for _ in 0..TRIES {
            let prepared = self
                .db
                .read_now(|conn| self.place(conn, &standing, children))?;
            let Some(kept) = self.target.kept else {
                self.standing = Some(standing);
                return Ok(prepared.fates);
            };
            let written = self.db.write_now(|tx| {
                let stands = authority::by_key(tx, self.target.authority.key)?.revision;
                match stands == standing.revision {
                    true => self.write(tx, kept, (&standing, &prepared), at).map(Some),
                    false => Ok(None),
                }
            })?;
            if let Some(written) = written {
                return self.taken(standing, prepared, &written, at);
            }
            self.db
                .read_now(|conn| standing.follow(conn, &self.target, at))?;
        }
        self.take_at_once(standing, children, at)
    }

    /// Compares and writes in one transaction, because somebody writes all the time: what they did in the last moments is soon read.
    fn take_at_once(
        &mut self,
        standing: Standing,
        children: &[Listed],
        at: At,
    ) -> Result<Vec<Fate>> {
        let standing = RefCell::new(standing);
        let done = self.db.write_now(|tx| {
            let mut standing = standing.borrow_mut();
            standing.follow(tx, &self.target, at)?;
            let prepared = self.place(tx, &standing, children)?;
            let written = match self.target.kept {
                Some(kept) => Some(self.write(tx, kept, (&standing, &prepared), at)?),
                None => None,
            };
            Ok::<_, DbError>((prepared, written))
        })?;
        match done {
            (prepared, Some(written)) => self.taken(standing.into_inner(), prepared, &written, at),
            (prepared, None) => Ok(prepared.fates),
        }
    }

    /// The register as it stood when the last part was written, or as it stands now.
    fn standing(&mut self, at: At) -> Result<Standing> {
        let before = self.standing.take();
        self.db.read_now(|conn| match before {
            Some(mut standing) => {
                standing.follow(conn, &self.target, at)?;
                Ok(standing)
            }
            None => Standing::read(conn, &self.target, at),
        })
    }

    fn place(&self, conn: &mut Conn, standing: &Standing, children: &[Listed]) -> Result<Prepared> {
        let mut prepared = Prepared::default();
        let list = Placing {
            headings: self.target.headings,
            rulebook: &standing.rulebook,
            placed: &self.placed,
        };
        for listed in children {
            standing
                .register
                .place(conn, &list, listed, &mut prepared)?;
        }
        not_added::parents(conn, children, &mut prepared.fates)?;
        Ok(prepared)
    }

    fn write(
        &self,
        tx: &mut Conn,
        kept: &KeptList,
        (standing, prepared): (&Standing, &Prepared),
        at: At,
    ) -> Result<Written> {
        let authority = self.target.authority;
        let act = &mut Act::new(tx, self.target.viewer, at);
        for change in &prepared.changes {
            changing::make(act, change)?;
        }
        if !prepared.entries.is_empty() && !self.is_in_service {
            authority::take_into_service(act, authority.mailbox.as_deref())?;
        }
        let new = keeping::write(act, &prepared.entries)?;
        let before = keeping::Before {
            placed: &self.placed,
            hidden: standing.register.hidden(),
        };
        keeping::keep(act, kept, &prepared.fates, &new, &before)?;
        Ok(Written {
            revision: authority::by_key(act.tx, authority.key)?.revision,
            event: audit::newest(act.tx, authority.key)?,
            new,
        })
    }

    /// What became of the rows of a part that was written.
    fn taken(
        &mut self,
        mut standing: Standing,
        prepared: Prepared,
        written: &Written,
        at: At,
    ) -> Result<Vec<Fate>> {
        standing.take_in(self.db, &prepared, written)?;
        self.standing = Some(standing);
        let new = &written.new;
        let placed = prepared.fates.iter().filter_map(|fate| {
            let child = match fate.whom {
                Whom::New(place) => *new.get(place)?,
                Whom::Held(child) => child,
                Whom::Asked(_) => return None,
            };
            Some((fate.line, child))
        });
        self.placed.extend(placed);
        if !new.is_empty() {
            self.is_in_service = true;
            self.not_spread += new.len();
            self.days.insert(at.today());
        }
        if self.not_spread >= SPREAD_AFTER {
            self.spread(at)?;
        }
        Ok(prepared.fates)
    }

    /// Spreads what was overdue when it was taken over, so that it does not all lapse on one day.
    pub(super) fn spread(&mut self, at: At) -> Result<()> {
        if self.not_spread == 0 {
            return Ok(());
        }
        for day in &self.days {
            taken_over::spread(self.db, self.target.viewer, at, *day)?;
        }
        self.not_spread = 0;
        Ok(())
    }
}
