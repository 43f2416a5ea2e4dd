//! Every setting of the program: its name, its default and what it is for. Unknown or contradictory settings are
//! refused at start, because a mistyped name that is silently ignored is found out too late.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{Datelike, NaiveDate};
use rand::RngExt;

mod backup;
mod base_url;
mod contradictions;
mod environment;
mod fault;
pub mod folder;
mod list;
mod log_filter;
mod secret;
mod written;

pub use backup::BackupConfig;
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

/// In which form the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for a person.
    Text,
    /// An object a line, for a program that collects them.
    Json,
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
    /// `HEARTH_BASE_URL` as browsers write an origin: in small letters, without a slash at the end.
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
    /// `HEARTH_ALARM_HEARTBEAT`.
    pub alarm_heartbeat: Option<String>,
    /// `HEARTH_ALARM_COMMAND`.
    pub alarm_command: Option<PathBuf>,
    /// `HEARTH_ALARM_MAIL`.
    pub alarm_mail: Option<String>,
    /// `HEARTH_ALARM_TO`.
    pub alarm_to: Option<String>,
    /// `HEARTH_METRICS_BIND`.
    pub metrics_bind: Option<SocketAddr>,
    /// `HEARTH_BACKUP_…`.
    pub backup: BackupConfig,
    /// `HEARTH_LOG`.
    pub log: String,
    /// `HEARTH_LOG_FORMAT`.
    pub log_format: LogFormat,
}

impl Config {
    /// Reads settings from pairs of names and values; names that do not start with `HEARTH_` are somebody else's.
    ///
    /// # Errors
    /// Everything that [`Config::faults_of`] finds.
    pub fn from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<ConfigError>> {
        match Self::faults_of(vars) {
            (Some(config), faults) if faults.is_empty() => Ok(config),
            (_, faults) => Err(faults),
        }
    }

    /// The settings of this process without those that are wrong by themselves, and everything that is wrong.
    pub fn faults_of_env() -> (Option<Self>, Vec<ConfigError>) {
        let (vars, faults) = texts(std::env::vars_os());
        Self::faults_beside(vars, faults)
    }

    /// As [`Config::faults_of_env`], from pairs of names and values.
    pub fn faults_of(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> (Option<Self>, Vec<ConfigError>) {
        Self::faults_beside(vars, Vec::new())
    }

    fn faults_beside(
        vars: impl IntoIterator<Item = (String, String)>,
        mut faults: Vec<ConfigError>,
    ) -> (Option<Self>, Vec<ConfigError>) {
        let mut vars: BTreeMap<String, String> = vars.into_iter().collect();
        loop {
            match Self::read(vars.clone()) {
                Ok(mut config) => {
                    let known = contradictions::of(&config, &faults);
                    faults.extend(known);
                    if config.secret.is_empty() {
                        config.secret = made_up_secret();
                    }
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
        let workers = given.read_if_set("HEARTH_WORKERS", "use a number from 1 to 256", |v| {
            v.parse().ok().filter(|n| (1..=256).contains(n))
        })?;
        let jobs_every = jobs_every(&given)?;
        let jobs_late_after = jobs_late_after(&given)?;
        Ok(Self {
            env,
            database_url: given.text("HEARTH_DATABASE_URL")?,
            database_connections: given.read(
                "HEARTH_DATABASE_CONNECTIONS",
                "use a number from 1 to 200",
                |v| v.parse().ok().filter(|n| (1..=200).contains(n)),
            )?,
            bind,
            base_url: base_url::of(&given, bind)?,
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
            today: given.read_if_set(
                "HEARTH_TODAY",
                "use a date of this century, such as 2026-11-23",
                |v| v.parse().ok().filter(is_of_this_century),
            )?,
            jobs_every: (jobs_every > 0).then(|| Duration::from_secs(jobs_every * 60)),
            jobs_late_after: Duration::from_secs(jobs_late_after * 60),
            alarm_heartbeat: alarm_heartbeat(&given)?,
            alarm_command: given.value("HEARTH_ALARM_COMMAND").map(PathBuf::from),
            alarm_mail: given.value("HEARTH_ALARM_MAIL").map(str::to_owned),
            alarm_to: given.value("HEARTH_ALARM_TO").map(str::to_owned),
            metrics_bind: given.read_if_set(
                "HEARTH_METRICS_BIND",
                "use an address and a port, such as 127.0.0.1:9464",
                |v| v.parse().ok(),
            )?,
            backup: BackupConfig::read(&given)?,
            log: log(&given)?,
            log_format: log_format(&given)?,
        })
    }

    /// Whether people reach the service over TLS.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// What is owed is owed by days, so jobs that run less often than daily keep no promise.
fn jobs_every(given: &Environment) -> Result<u64, ConfigError> {
    given.read(
        "HEARTH_JOBS_EVERY",
        "use a number of minutes up to 1440, a day; 0 leaves the jobs to cron",
        |v| v.parse().ok().filter(|n| (0..=1440).contains(n)),
    )
}

/// Whoever knows this address makes a monitor believe that all is well, so a refusal does not repeat it.
fn alarm_heartbeat(given: &Environment) -> Result<Option<String>, ConfigError> {
    let name = "HEARTH_ALARM_HEARTBEAT";
    let how = "use a URL that starts with https:// or http://";
    given
        .read_if_set(name, how, web_address)
        .map_err(|_| ConfigError::Slip {
            name: name.to_owned(),
            how,
        })
}

fn web_address(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    is_web.then(|| text.to_owned())
}

fn jobs_late_after(given: &Environment) -> Result<u64, ConfigError> {
    given.read(
        "HEARTH_JOBS_LATE_AFTER",
        "use a number of minutes from 1 to 10080, a week",
        |v| v.parse().ok().filter(|n| (1..=10_080).contains(n)),
    )
}

fn log(given: &Environment) -> Result<String, ConfigError> {
    given.read(
        "HEARTH_LOG",
        "use error, warn, info or debug, or a filter that lets Hearth's errors through, such as warn,hearth=debug",
        |v| log_filter::heard(v).map(|_| v.to_owned()),
    )
}

fn log_format(given: &Environment) -> Result<LogFormat, ConfigError> {
    given.read("HEARTH_LOG_FORMAT", "use text or json", |v| match v {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    })
}

fn is_of_this_century(day: &NaiveDate) -> bool {
    (2000..2100).contains(&day.year())
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
