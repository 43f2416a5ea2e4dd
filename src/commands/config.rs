//! `hearth config`: every setting, its default, what it is for and what it is now.

use std::process::ExitCode;

use hearth::config::{Config, SETTINGS};

use super::{Outcome, say};

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
            Err(_) => {}
        }
        say!()?;
    }
    Config::from_env()?;
    Ok(ExitCode::SUCCESS)
}

fn may_be_shown(name: &str, value: &str) -> bool {
    name != "HEARTH_SECRET" && !(SECRET.contains(&name) && value.contains('@'))
}
