//! Lists that are being read by the service: one of an authority at a time, on a thread that no page waits for, with how far it is,
//! until it ends or somebody stops it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::report::Report;
use super::{ImportError, Progress};
use crate::access::{AccountKey, AuthorityKey, Viewer};

/// No list takes so long, but one that was made to.
const LONGEST: Duration = Duration::from_secs(20 * 60);

/// The lists that are being read, by authority.
#[derive(Debug, Default)]
pub struct UnderWay(Mutex<HashMap<AuthorityKey, Arc<Reading>>>);

/// A list that is being read, or was read and nobody has seen yet what came of it.
#[derive(Debug)]
pub struct Reading {
    file_name: String,
    /// Who sent it.
    pub by: String,
    account: Option<AccountKey>,
    began: Instant,
    is_taking: AtomicBool,
    done: AtomicUsize,
    of: AtomicUsize,
    is_stopped: AtomicBool,
    ended: Mutex<Option<Result<Report, ImportError>>>,
    has_ended: AtomicBool,
}

/// How far a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HowFar {
    /// Whether rows are taken already, and not only read.
    pub is_taking: bool,
    /// Of a hundred.
    pub per_cent: usize,
    pub is_stopped: bool,
}

impl UnderWay {
    /// Begins to read a list, unless one of the authority's is being read.
    ///
    /// # Errors
    /// The one that is being read.
    pub fn begin(&self, sender: &Viewer, file_name: &str) -> Result<Arc<Reading>, Arc<Reading>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = all.get(&sender.authority())
            && !other.has_ended.load(Ordering::SeqCst)
        {
            return Err(Arc::clone(other));
        }
        let reading = Arc::new(Reading {
            file_name: file_name.to_owned(),
            by: sender.name().to_owned(),
            account: sender.account(),
            began: Instant::now(),
            is_taking: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            of: AtomicUsize::new(0),
            is_stopped: AtomicBool::new(false),
            ended: Mutex::new(None),
            has_ended: AtomicBool::new(false),
        });
        all.insert(sender.authority(), Arc::clone(&reading));
        Ok(reading)
    }

    /// The list of an authority that is being read, or that ended and was not looked at.
    pub fn of(&self, authority: AuthorityKey) -> Option<Arc<Reading>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&authority).cloned()
    }

    /// Forgets a list that has ended, once somebody has seen what came of it.
    pub fn forget(&self, authority: AuthorityKey) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|key, reading| *key != authority || !reading.has_ended.load(Ordering::SeqCst));
    }
}

impl Reading {
    /// Notes how far the work is; says whether to go on.
    pub fn goes_on(&self, progress: Progress) -> bool {
        let (is_taking, done, of) = match progress {
            Progress::Read(done, of) => (false, done, of),
            Progress::Taken(done, of) => (true, done, of),
        };
        self.is_taking.store(is_taking, Ordering::SeqCst);
        self.done.store(done, Ordering::SeqCst);
        self.of.store(of, Ordering::SeqCst);
        !self.is_stopped.load(Ordering::SeqCst) && self.began.elapsed() < LONGEST
    }

    /// How far it is.
    #[must_use]
    pub fn how_far(&self) -> HowFar {
        let (done, of) = (
            self.done.load(Ordering::SeqCst),
            self.of.load(Ordering::SeqCst),
        );
        HowFar {
            is_taking: self.is_taking.load(Ordering::SeqCst),
            per_cent: (done.min(of) * 100).checked_div(of).unwrap_or(0),
            is_stopped: self.is_stopped.load(Ordering::SeqCst),
        }
    }

    /// What it is called for this viewer: a file's name may name a child, and is for who sent it and for managers.
    #[must_use]
    pub fn name_for(&self, viewer: &Viewer) -> &str {
        match self.is_of(viewer) || viewer.manages() {
            true => &self.file_name,
            false => "one that a colleague sent",
        }
    }

    /// Whether it is this viewer's to see what came of it.
    #[must_use]
    pub fn is_of(&self, viewer: &Viewer) -> bool {
        self.account.is_some() && self.account == viewer.account()
    }

    /// Lets it end at the next part.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::SeqCst);
    }

    /// Keeps what came of it until its sender has seen it.
    pub fn end(&self, came_of_it: Result<Report, ImportError>) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(came_of_it);
        self.has_ended.store(true, Ordering::SeqCst);
    }

    /// What came of it, once; none while it is being read.
    pub fn came_of_it(&self) -> Option<Result<Report, ImportError>> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.take()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }
}
