//! Settings that can each be meant, and not together or not in production.

use std::path::Path;

use super::fault::ConfigError;
use super::log_filter::{Heard, heard};
use super::{Config, Env, base_url, secret};

/// What is wrong when it is so: the setting to change, whether it is so, and what to do.
type Doubt = (&'static str, bool, &'static str);

/// What does not go together. A setting that is wrong by itself was left out, and is told of once.
pub(super) fn of(config: &Config, faults: &[ConfigError]) -> Vec<ConfigError> {
    let is_told = |name: &str| faults.iter().any(|fault| fault.name() == Some(name));
    let mut doubts = anywhere(config);
    if config.env == Env::Production {
        doubts.extend(in_production(config));
    }
    let is_wrong = |(name, is_so, _): &Doubt| *is_so && !is_told(name);
    let wrong = doubts.into_iter().filter(is_wrong);
    let mut found: Vec<_> = wrong
        .map(|(_, _, words)| ConfigError::Contradiction(words))
        .collect();
    found.extend(weak_secret(config));
    found
}

fn anywhere(config: &Config) -> Vec<Doubt> {
    let mail_is = |folder: &std::path::PathBuf| folder.as_os_str() == config.mail.as_str();
    vec![
        (
            "HEARTH_JOBS_LATE_AFTER",
            config
                .jobs_every
                .is_some_and(|every| every >= config.jobs_late_after),
            "HEARTH_JOBS_LATE_AFTER needs more minutes than HEARTH_JOBS_EVERY, or every sweep is late before the next one",
        ),
        (
            "HEARTH_SECRET",
            config.env == Env::Development && !config.secret.is_empty() && is_short(config),
            "HEARTH_SECRET needs at least 32 characters",
        ),
        (
            "HEARTH_MAIL_BOUNCES",
            config.mail_bounces.as_ref().is_some_and(mail_is),
            "HEARTH_MAIL_BOUNCES is the folder of HEARTH_MAIL: what goes out would be read as what came back",
        ),
        (
            "HEARTH_BACKUP_FOLDER",
            config.backup.folder.is_some() && config.database_url.starts_with("postgres"),
            "HEARTH_BACKUP_FOLDER is for SQLite: PostgreSQL is copied by pg_dump, see docs/operating.md",
        ),
        (
            "HEARTH_BACKUP_FOLDER",
            config
                .backup
                .folder
                .as_ref()
                .is_some_and(|folder| folder.exists() && !folder.is_dir()),
            "HEARTH_BACKUP_FOLDER has to be a folder, and what has this name is none",
        ),
        (
            "HEARTH_ALARM_COMMAND",
            config
                .alarm_command
                .as_ref()
                .is_some_and(|command| !is_a_program(command)),
            "HEARTH_ALARM_COMMAND has to be the path of a program that can be run, without words after it",
        ),
        (
            "HEARTH_ALARM_MAIL",
            config.alarm_mail.is_some() != config.alarm_to.is_some(),
            "HEARTH_ALARM_MAIL and HEARTH_ALARM_TO go together: by which server, and to whom",
        ),
        (
            "HEARTH_ALARM_MAIL",
            config.alarm_mail.as_ref() == Some(&config.mail),
            "HEARTH_ALARM_MAIL has to be another server than HEARTH_MAIL, which may be what is broken",
        ),
        (
            "HEARTH_METRICS_BIND",
            config.metrics_bind == Some(config.bind),
            "HEARTH_METRICS_BIND needs an address or port of its own, beside HEARTH_BIND",
        ),
    ]
}

/// Whether a file is there that may be run.
fn is_a_program(file: &Path) -> bool {
    let Ok(about) = file.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        about.is_file() && about.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    about.is_file()
}

fn in_production(config: &Config) -> Vec<Doubt> {
    let is_server = ["smtp://", "smtps://"]
        .iter()
        .any(|scheme| config.mail.starts_with(scheme));
    let bounces_to = config.mail_bounces_to.as_deref();
    vec![
        (
            "HEARTH_TODAY",
            config.today.is_some(),
            "HEARTH_TODAY fixes the date, which production refuses: no check would ever lapse",
        ),
        (
            "HEARTH_SECRET",
            is_short(config),
            "production needs HEARTH_SECRET, at least 32 characters that nobody else knows",
        ),
        (
            "HEARTH_BASE_URL",
            !config.is_https(),
            "production needs HEARTH_BASE_URL to start with https://, because people sign in through it",
        ),
        (
            "HEARTH_BASE_URL",
            config.is_https() && base_url::is_only_here(&config.base_url),
            "production needs HEARTH_BASE_URL to be an address that people reach: links in mails would lead to their own machine",
        ),
        (
            "HEARTH_BIND",
            config.bind.port() == 0,
            "production needs HEARTH_BIND with a port: 0 is another one at each start, and no web server would find it",
        ),
        (
            "HEARTH_MAIL",
            !is_server,
            "production needs HEARTH_MAIL to be an smtp:// or smtps:// address: a folder tells nobody of a lapse",
        ),
        (
            "HEARTH_MAIL_FROM",
            is_local(&config.mail_from),
            "production needs HEARTH_MAIL_FROM, an address that people can answer",
        ),
        (
            "HEARTH_MAIL_BOUNCES_TO",
            bounces_to.is_some_and(is_local),
            "production needs HEARTH_MAIL_BOUNCES_TO to be an address that other mail servers reach",
        ),
        (
            "HEARTH_LOG",
            heard(&config.log) == Some(Heard::Off),
            "HEARTH_LOG turns Hearth's errors off, which production refuses: a fault would stay hidden",
        ),
    ]
}

/// In production a secret that is guessed is worse than none: with none, each start makes one up.
fn weak_secret(config: &Config) -> Option<ConfigError> {
    if config.env != Env::Production || is_short(config) {
        return None;
    }
    let why = secret::weakness(&config.secret)?;
    Some(ConfigError::Guessable(why))
}

fn is_short(config: &Config) -> bool {
    config.secret.chars().count() < 32
}

/// Whether only this machine knows where an address is.
fn is_local(address: &str) -> bool {
    let domain = address.rsplit_once('@').map(|(_, domain)| domain.trim());
    domain.is_some_and(|domain| !domain.contains('.') || domain.ends_with(".localhost"))
}
