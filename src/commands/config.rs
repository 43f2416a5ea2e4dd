//! `hearth config`: every setting, its default, what it is for and what it is now; exit code 1 when one cannot be used.

use std::env::VarError;
use std::process::ExitCode;

use hearth::config::{Config, SETTINGS};
use hearth::db::Db;
use hearth::mail::Courier;

use super::{Failure, Outcome, log_filter, say};

/// Never shown: they sign people in or deliver mail.
const SECRET: &[&str] = &["HEARTH_SECRET", "HEARTH_MAIL", "HEARTH_DATABASE_URL"];

pub fn run() -> Outcome {
    say!("Settings come from the environment. What is not set holds as by default.\n")?;
    for setting in SETTINGS {
        say!("{}\n    {}", setting.name, setting.purpose)?;
        say!("    default: {}", setting.default)?;
        match std::env::var(setting.name) {
            Ok(value) if value.is_empty() => {}
            Ok(value) if may_be_shown(setting.name, &value) => say!("    now: {value}")?,
            Ok(_) => say!("    now: set (not shown: it may hold a password)")?,
            Err(VarError::NotUnicode(_)) => say!("    now: set (not shown: it is not text)")?,
            Err(VarError::NotPresent) => {}
        }
        say!()?;
    }
    let faults = faults();
    if faults.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::because(faults.join("; ")))
}

/// Everything that would keep a command from starting. Nothing is opened or made.
fn faults() -> Vec<String> {
    let (config, faults) = Config::faults_of_env();
    let mut faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let Some(config) = config else {
        return faults;
    };
    let database = Db::check_url(&config.database_url).err();
    faults.extend(database.map(|fault| fault.to_string()));
    let mail = Courier::faults(&config);
    faults.extend(mail.iter().map(ToString::to_string));
    faults.extend(log_filter(&config).err());
    faults
}

fn may_be_shown(name: &str, value: &str) -> bool {
    name != "HEARTH_SECRET" && !(SECRET.contains(&name) && value.contains('@'))
}
