//! What does not arrive by our own fault: SPF, DKIM, DMARC, a blocklist, the relay, a password. It stops nothing and kills
//! nothing; somebody has to mend it, and says so.

use chrono::NaiveDateTime;

use super::store;
pub use super::store::fault::{Faulty, TriedAgain};
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::rules::bounce::SEVERAL;

/// How our own fault stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// How many addresses do not get their mail by it.
    pub addresses: usize,
    /// What the servers said, without addresses, each once.
    pub words: Vec<String>,
}

/// As many different answers as one page or mail shows.
const SHOWN: usize = 5;

impl Fault {
    fn of(faulty: &[Faulty]) -> Self {
        let mut addresses: Vec<&str> = faulty.iter().map(|it| it.recipient.as_str()).collect();
        addresses.dedup();
        let mut words: Vec<String> = faulty.iter().map(|it| it.words.clone()).collect();
        words.sort_unstable();
        words.dedup();
        words.truncate(SHOWN);
        Self {
            addresses: addresses.len(),
            words,
        }
    }

    /// Whether anything does not arrive by it.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.addresses > 0
    }

    /// Whether several addresses are hit, so that it is not about one of them.
    #[must_use]
    pub fn is_general(&self) -> bool {
        self.addresses >= SEVERAL
    }
}

/// Of all authorities together: what is wrong with our domain or relay is wrong for each.
///
/// # Errors
/// If the database refuses.
pub fn of_all(conn: &mut Conn) -> Result<Fault> {
    Ok(Fault::of(&store::fault::all(conn)?))
}

/// As [`of_all`], of what our mail server itself answered: nobody outside can write that.
///
/// # Errors
/// If the database refuses.
pub fn on_the_line(conn: &mut Conn) -> Result<Fault> {
    let mut faulty = store::fault::all(conn)?;
    faulty.retain(|it| !it.came_back);
    Ok(Fault::of(&faulty))
}

/// Of one authority.
///
/// # Errors
/// If the database refuses.
pub fn of_authority<A>(conn: &mut Conn, authority: Key<A>) -> Result<Fault> {
    let mut faulty = store::fault::all(conn)?;
    faulty.retain(|it| it.authority_id == authority.number());
    Ok(Fault::of(&faulty))
}

/// The numbers of the authorities whose mail does not all arrive by it.
///
/// # Errors
/// If the database refuses.
pub fn authorities(conn: &mut Conn) -> Result<Vec<i64>> {
    let mut numbers: Vec<i64> = store::fault::all(conn)?
        .iter()
        .map(|it| it.authority_id)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// Somebody says that it is mended: all of an authority's mail that it held up is due at once, but for links that work no more; gives how many
/// mails of each.
///
/// # Errors
/// If the database refuses.
pub fn retry_all<A>(tx: &mut Conn, authority: Key<A>, now: NaiveDateTime) -> Result<TriedAgain> {
    store::fault::retry_all(tx, authority.number(), now)
}
