//! Every setting of the program: its name, its default and what it is for. Unknown or contradictory settings are
//! refused at start, because a mistyped name that is silently ignored is found out too late.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use rand::RngExt;

mod environment;
mod fault;
mod list;

pub use fault::ConfigError;
pub use list::{Preset, SETTINGS, Setting};

use environment::{Environment, texts};

/// Where the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Env {
    /// On a developer's machine or in a demonstration.
    Development,
    /// With real families in it.
    Production,
}

/// The settings of one run of the program.
#[derive(Clone, Debug)]
pub struct Config {
    /// `HEARTH_ENV`.
    pub env: Env,
    /// `HEARTH_DATABASE_URL`.
    pub database_url: String,
    /// `HEARTH_DATABASE_CONNECTIONS`.
    pub database_connections: u32,
    /// `HEARTH_BIND`.
    pub bind: SocketAddr,
    /// `HEARTH_BASE_URL`, without a slash at the end.
    pub base_url: String,
    /// `HEARTH_WORKERS`.
    pub workers: usize,
    /// `HEARTH_MAIL`.
    pub mail: String,
    /// `HEARTH_MAIL_CA`.
    pub mail_ca: Option<PathBuf>,
    /// `HEARTH_MAIL_FROM`.
    pub mail_from: String,
    /// `HEARTH_MAIL_BOUNCES_TO`; none when it is `HEARTH_MAIL_FROM`.
    pub mail_bounces_to: Option<String>,
    /// `HEARTH_MAIL_BOUNCES_TAGGED`.
    pub mail_bounces_tagged: bool,
    /// `HEARTH_MAIL_BOUNCES`.
    pub mail_bounces: Option<PathBuf>,
    /// `HEARTH_MAIL_CONNECTIONS`.
    pub mail_connections: usize,
    /// `HEARTH_SECRET`.
    pub secret: String,
    /// `HEARTH_TODAY`.
    pub today: Option<NaiveDate>,
    /// `HEARTH_JOBS_EVERY`; none when cron runs the jobs.
    pub jobs_every: Option<Duration>,
    /// `HEARTH_JOBS_LATE_AFTER`.
    pub jobs_late_after: Duration,
    /// `HEARTH_LOG`.
    pub log: String,
}

impl Config {
    /// Reads the settings of this process.
    pub fn from_env() -> Result<Self, ConfigError> {
        let (vars, faults) = texts(std::env::vars_os());
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Self::from_vars(vars),
        }
    }

    /// Reads settings from pairs of names and values; names that do not start with `HEARTH_` are somebody else's.
    pub fn from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::read(vars)?;
        if let Some(contradiction) = config.contradictions().into_iter().next() {
            return Err(contradiction);
        }
        if config.secret.is_empty() {
            config.secret = made_up_secret();
        }
        Ok(config)
    }

    fn read(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let given = Environment::of(vars)?;
        let env = given.read("HEARTH_ENV", "use development or production", |v| match v {
            "development" => Some(Env::Development),
            "production" => Some(Env::Production),
            _ => None,
        })?;
        let bind: SocketAddr = given.read(
            "HEARTH_BIND",
            "use an address and a port, such as 127.0.0.1:8080",
            |v| v.parse().ok(),
        )?;
        let base_url = given.value("HEARTH_BASE_URL").map(str::to_owned);
        let base_url = base_url.unwrap_or_else(|| format!("http://{bind}"));
        let every = given.read("HEARTH_JOBS_EVERY", "use a number of minutes", minutes)?;
        let late_after =
            given.read("HEARTH_JOBS_LATE_AFTER", "use a number of minutes", minutes)?;
        let workers = given.read_if_set("HEARTH_WORKERS", "use a number from 1 to 256", |v| {
            v.parse().ok().filter(|n| (1..=256).contains(n))
        })?;
        Ok(Self {
            env,
            database_url: given.text("HEARTH_DATABASE_URL")?,
            database_connections: given.read(
                "HEARTH_DATABASE_CONNECTIONS",
                "use a number from 1 to 200",
                |v| v.parse().ok().filter(|n| (1..=200).contains(n)),
            )?,
            bind,
            base_url: base_url.trim_end_matches('/').to_owned(),
            workers: workers.unwrap_or_else(a_worker_a_core),
            mail: given.text("HEARTH_MAIL")?,
            mail_ca: given.value("HEARTH_MAIL_CA").map(PathBuf::from),
            mail_from: given.text("HEARTH_MAIL_FROM")?,
            mail_bounces_to: given.value("HEARTH_MAIL_BOUNCES_TO").map(str::to_owned),
            mail_bounces_tagged: given.read(
                "HEARTH_MAIL_BOUNCES_TAGGED",
                "use yes or no",
                |v| match v {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                },
            )?,
            mail_bounces: given.value("HEARTH_MAIL_BOUNCES").map(PathBuf::from),
            mail_connections: given.read(
                "HEARTH_MAIL_CONNECTIONS",
                "use a number from 1 to 50",
                |v| v.parse().ok().filter(|n| (1..=50).contains(n)),
            )?,
            secret: given.value("HEARTH_SECRET").unwrap_or_default().to_owned(),
            today: given.read_if_set("HEARTH_TODAY", "use a date such as 2026-11-23", |v| {
                v.parse().ok()
            })?,
            jobs_every: (every > 0).then(|| Duration::from_secs(every * 60)),
            jobs_late_after: Duration::from_secs(late_after * 60),
            log: given.text("HEARTH_LOG")?,
        })
    }

    /// Everything that is wrong with the settings of this process, and the settings without what is wrong by itself.
    pub fn faults_of_env() -> (Option<Self>, Vec<ConfigError>) {
        let (vars, mut faults) = texts(std::env::vars_os());
        let (config, more) = Self::faults_of(vars);
        faults.extend(more);
        (config, faults)
    }

    /// As [`Config::faults_of_env`], from pairs of names and values.
    pub fn faults_of(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> (Option<Self>, Vec<ConfigError>) {
        let mut vars: BTreeMap<String, String> = vars.into_iter().collect();
        let mut faults = Vec::new();
        loop {
            match Self::read(vars.clone()) {
                Ok(config) => {
                    faults.extend(config.contradictions());
                    return (Some(config), faults);
                }
                Err(fault) => {
                    let is_left_out = fault.name().is_some_and(|name| vars.remove(name).is_some());
                    faults.push(fault);
                    if !is_left_out {
                        return (None, faults);
                    }
                }
            }
        }
    }

    /// Settings that cannot be meant together.
    fn contradictions(&self) -> Vec<ConfigError> {
        let is_production = self.env == Env::Production;
        let is_url = self.base_url.starts_with("http://") || self.is_https();
        let is_short = self.secret.len() < 32;
        let mut found = Vec::new();
        if self
            .jobs_every
            .is_some_and(|every| every >= self.jobs_late_after)
        {
            found.push(ConfigError::Value {
                name: "HEARTH_JOBS_LATE_AFTER",
                value: (self.jobs_late_after.as_secs() / 60).to_string(),
                wanted: "use more minutes than HEARTH_JOBS_EVERY, or every sweep is late before the next one",
            });
        }
        if !is_url {
            found.push(ConfigError::Value {
                name: "HEARTH_BASE_URL",
                value: self.base_url.clone(),
                wanted: "start it with https:// (or http:// on your own machine)",
            });
        }
        let contradictions = [
            (
                is_production && self.today.is_some(),
                "HEARTH_TODAY fixes the date, which production refuses: no check would ever lapse",
            ),
            (
                is_production && is_short,
                "production needs HEARTH_SECRET, at least 32 characters that nobody else knows",
            ),
            (
                is_production && is_url && !self.is_https(),
                "production needs HEARTH_BASE_URL to start with https://, because people sign in through it",
            ),
            (
                is_production && !self.mail.starts_with("smtp"),
                "production needs HEARTH_MAIL to be an smtp:// or smtps:// address: a folder tells nobody of a lapse",
            ),
            (
                is_production && self.mail_from.ends_with("@localhost"),
                "production needs HEARTH_MAIL_FROM, an address that people can answer",
            ),
            (
                !is_production && is_short && !self.secret.is_empty(),
                "HEARTH_SECRET needs at least 32 characters",
            ),
        ];
        let contradictions = contradictions.into_iter().filter(|(is_so, _)| *is_so);
        found.extend(contradictions.map(|(_, words)| ConfigError::Contradiction(words)));
        found
    }

    /// Whether people reach the service over TLS.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

fn minutes(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n| *n <= 100_000)
}

fn a_worker_a_core() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn made_up_secret() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
