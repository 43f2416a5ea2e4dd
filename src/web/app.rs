//! What every request may use: the database, the clock, the settings; nothing global.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::intake::list_import::under_way::UnderWay;
use crate::jobs::punctuality::Watchman;
use crate::jobs::watch::Watch;
use crate::jobs::{Nudge, Timer};
use crate::register::counts::Counts;
use crate::register::list::Listing;
use crate::register::out_of_sight::SightFilter;

/// Shared by all requests of a running service.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    pub config: Arc<Config>,
    /// How many children the register's lists have.
    pub counts: Arc<Counts<Listing>>,
    /// How many the lists of children who may be lost from sight have.
    pub sight_counts: Arc<Counts<SightFilter>>,
    /// The lists that are being read.
    pub lists: Arc<UnderWay>,
    /// How everything stands that is watched.
    pub watch: Watch,
    /// What is known of the last sweep for lapsed checks.
    pub watchman: Arc<Watchman>,
    /// Wakes the delivery of mail after a request that may have put some into the outbox.
    pub nudge: Nudge,
}

impl App {
    /// An app over a migrated database.
    pub fn new(db: Db, clock: Clock, config: Config) -> Self {
        Self {
            db,
            clock,
            config: Arc::new(config),
            counts: Arc::new(Counts::default()),
            sight_counts: Arc::new(Counts::default()),
            lists: Arc::new(UnderWay::default()),
            watch: Watch::default(),
            watchman: Arc::new(Watchman::default()),
            nudge: Nudge::nobody(),
        }
    }

    /// With a timer that delivers mail as soon as a request has put some into the outbox, and with what it watches.
    #[must_use]
    pub fn beside(self, timer: &Timer, watch: &Watch) -> Self {
        Self {
            nudge: timer.nudge(),
            watch: watch.clone(),
            ..self
        }
    }
}
