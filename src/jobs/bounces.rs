//! Reads the mail that came back, from the folder that the mail server puts it into. A message is moved away after what
//! it says is written down: killed in between, it is read again, and nothing is done a second time.

use std::path::Path;

use super::{Services, Work, deliver};
use crate::access::authority;
use crate::clock::At;
use crate::db::Result;
use crate::db::columns::Key;
use crate::duty::unplaced;
use crate::mail::maildir;
use crate::mail::returned::{self, Returned};

/// Whether there is a folder to read.
pub fn is_wanted(services: &Services) -> bool {
    services.courier.bounces.is_some()
}

/// Deals with every new message. One about a mail that is being sent at this moment is left for the next run. One that cannot be read stays where it is and is a failure of every run, until somebody
/// has looked at it.
///
/// # Errors
/// If the database refuses.
pub fn run(services: &Services) -> Result<Work> {
    let mut work = Work::default();
    let Some(folder) = &services.courier.bounces else {
        return Ok(work);
    };
    match maildir::new_messages(folder) {
        Ok(messages) => {
            for message in messages {
                take_file(services, folder, &message, &mut work)?;
            }
        }
        Err(cause) => {
            work.failed += 1;
            work.problem = format!("{} cannot be read: {cause}", folder.display());
        }
    }
    deliver::climb(services)?;
    Ok(work)
}

fn take_file(services: &Services, folder: &Path, message: &Path, work: &mut Work) -> Result<()> {
    work.found += 1;
    let name = message.file_name().unwrap_or_default().display();
    let raw = match maildir::read(message) {
        Ok(raw) => raw,
        Err(cause) => {
            work.leave(&format!("{name}: {cause}"));
            return Ok(());
        }
    };
    let taken = take(services, &raw)?;
    tracing::info!(message = %name, "mail that came in: {taken}");
    if taken == Returned::Unreadable {
        work.leave(&format!("{name}: {taken}"));
        return Ok(());
    }
    if matches!(taken, Returned::UnderWay(_)) {
        return Ok(());
    }
    match maildir::set_aside(folder, message) {
        Ok(()) => work.did += i64::from(taken.is_lost()),
        Err(cause) => work.leave(&format!("{name}: {cause}")),
    }
    Ok(())
}

/// Takes one message that came in.
///
/// # Errors
/// If the database refuses.
pub fn take(services: &Services, raw: &[u8]) -> Result<Returned> {
    let now = services.clock.now();
    services.db.write_now(|tx| {
        let first = authority::in_service(tx)?.first().map(|it| it.key);
        let taken = returned::take(tx, raw, first, now)?;
        if let Returned::Unplaced(kept) = &taken {
            unplaced::owe(tx, Key::new(kept.authority), At::of(now))?;
        }
        Ok(taken)
    })
}

impl Work {
    fn leave(&mut self, cause: &str) {
        self.failed += 1;
        if !self.problem.is_empty() {
            self.problem.push_str("; ");
        }
        self.problem.push_str(cause);
    }
}
