//! `hearth config`: every setting, its default, what it is for and what it is now; exit code 2 when one cannot be
//! meant.

use std::env::VarError;
use std::process::ExitCode;

use hearth::config::SETTINGS;

use super::{Failure, Outcome, read_settings, say};

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
    let (_, faults) = read_settings();
    if faults.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Settings(faults))
}

fn may_be_shown(name: &str, value: &str) -> bool {
    name != "HEARTH_SECRET" && !(SECRET.contains(&name) && value.contains('@'))
}
