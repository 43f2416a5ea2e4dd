//! Every setting of the program: its name, its default and what it is for. Unknown or contradictory settings are
//! refused at start, because a mistyped name that is silently ignored is found out too late.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use rand::RngExt;

mod backup;

pub use backup::BackupConfig;

/// A setting as `hearth config` and docs/operating.md list it.
pub struct Setting {
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: Preset,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
}

/// What holds when a setting is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// As if this had been written.
    Value(&'static str),
    /// What no value says, in words.
    InWords(&'static str),
}

impl std::fmt::Display for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Value(words) | Self::InWords(words)) = self;
        f.write_str(words)
    }
}

/// All settings there are.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "HEARTH_ENV",
        default: Preset::Value("development"),
        purpose: "development or production; production refuses a fixed date and wants a secret, an https address and a mail server",
    },
    Setting {
        name: "HEARTH_DATABASE_URL",
        default: Preset::Value("sqlite:./var/hearth.db"),
        purpose: "where the register is kept: sqlite:PATH or, when built with it, postgres://USER@HOST/NAME",
    },
    Setting {
        name: "HEARTH_DATABASE_CONNECTIONS",
        default: Preset::Value("8"),
        purpose: "how many database connections may be open at once",
    },
    Setting {
        name: "HEARTH_BIND",
        default: Preset::Value("127.0.0.1:8080"),
        purpose: "the address and port the service listens on",
    },
    Setting {
        name: "HEARTH_BASE_URL",
        default: Preset::InWords("http:// and HEARTH_BIND"),
        purpose: "the address people reach the service at; links in mails start with it",
    },
    Setting {
        name: "HEARTH_WORKERS",
        default: Preset::InWords("one a processor core"),
        purpose: "how many threads answer requests",
    },
    Setting {
        name: "HEARTH_MAIL",
        default: Preset::Value("./var/mail"),
        purpose: "where mail goes: an smtp:// or smtps:// URL (TLS is required, but to this machine itself), or a folder that receives .eml files",
    },
    Setting {
        name: "HEARTH_MAIL_CA",
        default: Preset::InWords("none"),
        purpose: "a PEM file with the certificate of your own certificate authority, for a mail server whose certificate it signed",
    },
    Setting {
        name: "HEARTH_MAIL_FROM",
        default: Preset::Value("hearth@localhost"),
        purpose: "the address mail is sent from",
    },
    Setting {
        name: "HEARTH_MAIL_BOUNCES_TO",
        default: Preset::InWords("HEARTH_MAIL_FROM"),
        purpose: "the address that mail which cannot be delivered comes back to (the sender of the envelope)",
    },
    Setting {
        name: "HEARTH_MAIL_BOUNCES_TAGGED",
        default: Preset::Value("no"),
        purpose: "yes: each mail names itself in that address (bounces+M-7K4M-2QXD@…), if the mailbox takes what stands after a plus; no",
    },
    Setting {
        name: "HEARTH_MAIL_BOUNCES",
        default: Preset::InWords("none"),
        purpose: "a Maildir into which that address is delivered; the jobs read what came back from it",
    },
    Setting {
        name: "HEARTH_MAIL_CONNECTIONS",
        default: Preset::Value("4"),
        purpose: "how many connections to the mail server may be open at once",
    },
    Setting {
        name: "HEARTH_SECRET",
        default: Preset::InWords("made up at each start"),
        purpose: "at least 32 characters that sign form tokens; with a made-up one, open forms must be loaded again after a restart",
    },
    Setting {
        name: "HEARTH_TODAY",
        default: Preset::InWords("the real date"),
        purpose: "a fixed date (YYYY-MM-DD) for demonstrations and tests; refused in production",
    },
    Setting {
        name: "HEARTH_JOBS_EVERY",
        default: Preset::Value("15"),
        purpose: "minutes between runs of the jobs inside serve; 0 leaves them to cron (hearth jobs run)",
    },
    Setting {
        name: "HEARTH_JOBS_LATE_AFTER",
        default: Preset::Value("60"),
        purpose: "minutes without a completed sweep after which /health/ready fails; more than HEARTH_JOBS_EVERY",
    },
    Setting {
        name: "HEARTH_BACKUP_FOLDER",
        default: Preset::InWords("none"),
        purpose: "a folder into which the jobs write copies of the register, each checked before it counts; SQLite only",
    },
    Setting {
        name: "HEARTH_BACKUP_EVERY",
        default: Preset::Value("24"),
        purpose: "hours between two such copies",
    },
    Setting {
        name: "HEARTH_BACKUP_KEEP",
        default: Preset::Value("14"),
        purpose: "of how many days the newest copy is kept; the newest of each of 8 weeks, and all of the last 24 hours, are kept beside",
    },
    Setting {
        name: "HEARTH_BACKUP_AGE_RECIPIENT",
        default: Preset::InWords("none"),
        purpose: "a public key of age (age1…) for which copies are encrypted; keep the key that opens them on another machine",
    },
    Setting {
        name: "HEARTH_LOG",
        default: Preset::Value("info"),
        purpose: "what is logged: error, warn, info or debug, or a filter such as hearth=debug",
    },
];

/// How the names of all our settings begin.
const PREFIX: &str = "HEARTH_";

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
    /// `HEARTH_BACKUP_…`.
    pub backup: BackupConfig,
    /// `HEARTH_LOG`.
    pub log: String,
}

/// Why the program does not start with these settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A name that starts with `HEARTH_` and is none of ours.
    #[error("{0} is not a setting of Hearth; `hearth config` lists them all")]
    Unknown(String),
    /// A value that is no text.
    #[error("{0} is not understood: its value is not text in UTF-8")]
    NotText(String),
    /// A value that cannot be read.
    #[error("{name}={value:?} is not understood: {wanted}")]
    Value {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
    /// Two settings that do not go together.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl ConfigError {
    /// The setting, when it is one that is wrong by itself.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Unknown(name) | Self::NotText(name) => Some(name),
            Self::Value { name, .. } => Some(name),
            Self::Contradiction(_) => None,
        }
    }
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
            backup: BackupConfig::read(&given)?,
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
            (
                self.backup.folder.is_some() && self.database_url.starts_with("postgres"),
                "HEARTH_BACKUP_FOLDER is for SQLite: PostgreSQL is copied by pg_dump, see docs/operating.md",
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

/// The variables that are ours, and those of them that are no text; a foreign one may be what it likes.
fn texts(
    vars: impl IntoIterator<Item = (OsString, OsString)>,
) -> (Vec<(String, String)>, Vec<ConfigError>) {
    let (mut texts, mut faults) = (Vec::new(), Vec::new());
    for (name, value) in vars {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) {
            continue;
        }
        match value.into_string() {
            Ok(value) => texts.push((name, value)),
            Err(_) => faults.push(ConfigError::NotText(name)),
        }
    }
    (texts, faults)
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

struct Environment(BTreeMap<String, String>);

impl Environment {
    fn of(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let ours: BTreeMap<_, _> = vars
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let unknown = ours
            .keys()
            .find(|name| !SETTINGS.iter().any(|s| s.name == *name));
        match unknown {
            Some(name) => Err(ConfigError::Unknown(name.clone())),
            None => Ok(Self(ours)),
        }
    }

    /// The text of a setting, as given or by default.
    fn text(&self, name: &'static str) -> Result<String, ConfigError> {
        self.read(name, "use text", |v| Some(v.to_owned()))
    }

    /// Reads a setting as given or by default: both are parsed alike.
    fn read<T>(
        &self,
        name: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let value = self.value(name).or_else(|| preset(name));
        let value = value.ok_or_else(|| ConfigError::Unknown(name.to_owned()))?;
        parsed(name, value, wanted, parse)
    }

    /// Reads a setting whose default no value says; none when it is not given.
    fn read_if_set<T>(
        &self,
        name: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let given = self.value(name);
        given
            .map(|value| parsed(name, value, wanted, parse))
            .transpose()
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// The value that holds when a setting is not given, where there is one.
fn preset(name: &str) -> Option<&'static str> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
    match setting.default {
        Preset::Value(value) => Some(value),
        Preset::InWords(_) => None,
    }
}

fn parsed<T>(
    name: &'static str,
    value: &str,
    wanted: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    parse(value).ok_or_else(|| ConfigError::Value {
        name,
        value: value.to_owned(),
        wanted,
    })
}

#[cfg(test)]
mod tests;
