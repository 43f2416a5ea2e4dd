//! `hearth config`: every setting, its default, what it is for and what it is now; exit code 2 when one cannot be
//! meant.

use std::env::VarError;
use std::process::ExitCode;

use hearth::config::SETTINGS;

use super::{Failure, Outcome, read_settings, say};

/// Never shown: whoever knows them signs people in, or makes a monitor believe that all is well.
const SECRET: &[&str] = &["HEARTH_SECRET", "HEARTH_ALARM_HEARTBEAT"];

/// Addresses that may hold a password, and are shown only if they cannot.
const ADDRESSES: &[&str] = &["HEARTH_MAIL", "HEARTH_ALARM_MAIL", "HEARTH_DATABASE_URL"];

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
    let may_hold_a_password = value.contains('@') || value.contains('?');
    let is_an_address = ADDRESSES.contains(&name);
    !(SECRET.contains(&name) || (is_an_address && may_hold_a_password))
}
