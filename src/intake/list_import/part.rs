//! A list is taken over in parts. Each is compared with the register while others may write, and then written in one short transaction,
//! if the register still stands as it did.

use std::collections::HashMap;

use super::account::{Fate, Whom};
use super::changing;
use super::keeping::{self, KeptList};
use super::listed::Listed;
use super::placing::{Placing, Prepared, Register};
use crate::access::authority::{self, Authority};
use crate::access::{Act, Viewer};
use crate::clock::At;
use crate::db::{Conn, Db, DbError, Result};
use crate::policy::rulebook::{self, Rulebook};
use crate::register::ChildKey;
use crate::visit::capacity;

/// Children whose rows are written in one transaction: some 25 ms of a core, so that no other writer waits long. Builds with debug
/// assertions write few, so that the tests' short lists come in several parts too.
pub(super) const ROWS: usize = match cfg!(debug_assertions) {
    true => 7,
    false => 200,
};

/// How often a part is compared anew because somebody wrote meanwhile, before it is compared and written in one transaction.
const TRIES: usize = 5;

/// Rows that are taken over before what was overdue among them is spread over the weeks.
const SPREAD_AFTER: usize = 5_000;

/// One authority's rows being taken over.
pub(super) struct Taking<'a> {
    db: &'a Db,
    target: Target<'a>,
    standing: Option<Standing>,
    /// The child of each line that was taken.
    placed: HashMap<usize, ChildKey>,
    is_in_service: bool,
    not_spread: usize,
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
    register: Register,
    rulebook: Rulebook,
}

/// What writing a part came to.
struct Written {
    /// Children who are new, in the order of their entries.
    new: Vec<ChildKey>,
    kept: keeping::Kept,
    /// The authority's revision with what was written.
    revision: i64,
}

impl Standing {
    fn read(conn: &mut Conn, target: &Target<'_>, at: At) -> Result<Self> {
        let authority = target.authority.key;
        Ok(Self {
            revision: authority::by_key(conn, authority)?.revision,
            register: Register::read(conn, target.viewer)?,
            rulebook: rulebook::load(conn, authority, at.today())?,
        })
    }

    /// Takes in what was written to the register as it stood.
    fn follow(&mut self, db: &Db, prepared: &Prepared, written: &Written) -> Result<()> {
        let changed = prepared.changes.iter().map(changing::Change::child);
        let touched: Vec<ChildKey> = written.new.iter().copied().chain(changed).collect();
        self.revision = written.revision;
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
        }
    }

    /// Takes over some children: puts on the register whoever is new, changes what is to be changed, and writes down
    /// what became of each row. In a trial it only says so.
    pub(super) fn take(&mut self, children: &[Listed], at: At) -> Result<Vec<Fate>> {
        for _ in 0..TRIES {
            let mut standing = self.standing(at)?;
            let prepared = self
                .db
                .read_now(|conn| self.place(conn, &standing, children))?;
            let Some(kept) = self.target.kept else {
                self.standing = Some(standing);
                return Ok(prepared.fates);
            };
            let written = self.db.write_now(|tx| {
                let stands = authority::by_key(tx, self.target.authority.key)?.revision;
                if stands != standing.revision {
                    return Ok(None);
                }
                self.write(tx, kept, (&standing, &prepared), at).map(Some)
            })?;
            if let Some(written) = written {
                standing.follow(self.db, &prepared, &written)?;
                standing.register.asked(written.kept.asked);
                self.standing = Some(standing);
                return self.taken(prepared, &written.new, at);
            }
        }
        self.take_at_once(children, at)
    }

    /// Compares and writes in one transaction, because somebody writes all the time.
    fn take_at_once(&mut self, children: &[Listed], at: At) -> Result<Vec<Fate>> {
        let (prepared, new) = self.db.write_now(|tx| {
            let standing = Standing::read(tx, &self.target, at)?;
            let prepared = self.place(tx, &standing, children)?;
            let new = match self.target.kept {
                Some(kept) => self.write(tx, kept, (&standing, &prepared), at)?.new,
                None => Vec::new(),
            };
            Ok::<_, DbError>((prepared, new))
        })?;
        self.taken(prepared, &new, at)
    }

    /// The register as it stood when the last part was written, or as it stands now.
    fn standing(&mut self, at: At) -> Result<Standing> {
        match self.standing.take() {
            Some(standing) if standing.rulebook.today == at.today() => Ok(standing),
            _ => self
                .db
                .read_now(|conn| Standing::read(conn, &self.target, at)),
        }
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
        Ok(prepared)
    }

    fn write(
        &self,
        tx: &mut Conn,
        kept: &KeptList,
        (standing, prepared): (&Standing, &Prepared),
        at: At,
    ) -> Result<Written> {
        let act = &mut Act::new(tx, self.target.viewer, at);
        for change in &prepared.changes {
            changing::make(act, change)?;
        }
        if !prepared.entries.is_empty() && !self.is_in_service {
            authority::take_into_service(act, self.target.authority.mailbox.as_deref())?;
        }
        let new = keeping::write(act, &prepared.entries)?;
        let before = keeping::Before {
            earlier: standing.register.earlier(),
            placed: &self.placed,
        };
        let written_down = keeping::keep(act, kept, &prepared.fates, &new, &before)?;
        Ok(Written {
            revision: authority::by_key(act.tx, self.target.authority.key)?.revision,
            new,
            kept: written_down,
        })
    }

    /// What became of the rows of a part that was written.
    fn taken(&mut self, prepared: Prepared, new: &[ChildKey], at: At) -> Result<Vec<Fate>> {
        let placed = prepared.fates.iter().filter_map(|fate| {
            let child = match fate.whom {
                Whom::New(place) => *new.get(place)?,
                Whom::Held(child) => child,
                Whom::Asked(_) => return None,
            };
            Some((fate.line, child))
        });
        self.placed.extend(placed);
        self.is_in_service |= !new.is_empty();
        self.not_spread += new.len();
        if self.not_spread >= SPREAD_AFTER {
            self.spread(at)?;
        }
        Ok(prepared.fates)
    }

    /// Spreads what was overdue when it was taken over, so that it does not all lapse on one day.
    pub(super) fn spread(&mut self, at: At) -> Result<()> {
        if self.target.kept.is_none() {
            return Ok(());
        }
        capacity::spread_taken_over(self.db, self.target.viewer, at)?;
        self.not_spread = 0;
        self.standing = None;
        Ok(())
    }
}
