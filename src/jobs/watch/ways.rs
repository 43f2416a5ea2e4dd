//! By which ways somebody is told: a heartbeat, a command, a second mail server.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime};

use crate::config::Config;
use crate::mail::plain::{Plain, PlainError};

/// How long is waited for whoever takes it.
const BEAT_WITHIN: Duration = Duration::from_secs(8);
/// How long a command may take.
const COMMAND_WITHIN: Duration = Duration::from_secs(10);

/// By which ways somebody is told.
#[derive(Debug, Default)]
pub struct Ways {
    /// HEARTH_ALARM_HEARTBEAT
    pub heartbeat: Option<String>,
    /// HEARTH_ALARM_COMMAND
    pub command: Option<PathBuf>,
    /// HEARTH_ALARM_MAIL and HEARTH_ALARM_TO
    pub mail: Option<Plain>,
}

impl Ways {
    /// As the settings say.
    ///
    /// # Errors
    /// If the second mail server is not understood.
    pub fn from_config(config: &Config) -> Result<Self, PlainError> {
        Ok(Self {
            heartbeat: config.alarm_heartbeat.clone(),
            command: config.alarm_command.clone(),
            mail: Plain::from_config(config)?,
        })
    }
}

impl Ways {
    /// Calls the heartbeat's URL; gives what time it is for whoever answered, UTC, where they say so.
    ///
    /// # Errors
    /// That it was not taken, in a sentence.
    pub(super) fn beat(&self) -> Result<Option<NaiveDateTime>, String> {
        self.heartbeat.as_deref().map_or(Ok(None), get)
    }

    pub(super) fn is_any(&self) -> bool {
        self.heartbeat.is_some() || self.command.is_some() || self.mail.is_some()
    }

    /// By each of them, so that one that is broken keeps no other back; the first that failed is the error.
    pub(super) fn tell(&self, is_well: bool, words: &str) -> Result<(), String> {
        let by_command = self
            .command
            .as_ref()
            .map_or(Ok(()), |it| run(it, is_well, words));
        let subject = match is_well {
            true => "Hearth does its work again",
            false => "Hearth does not do all of its work",
        };
        let by_mail = self
            .mail
            .as_ref()
            .map_or(Ok(()), |it| it.send(subject, words));
        by_command.and(by_mail)
    }
}

fn get(url: &str) -> Result<Option<NaiveDateTime>, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(BEAT_WITHIN))
        .build()
        .into();
    // The URL is a secret of whoever takes it: it is not repeated.
    let answer = agent
        .get(url)
        .call()
        .map_err(|cause| format!("The heartbeat was not taken: {}.", without(url, &cause)))?;
    let date = answer.headers().get("date");
    let date = date.and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    Ok(date.map(|date| date.naive_utc()))
}

fn without(url: &str, cause: &ureq::Error) -> String {
    cause.to_string().replace(url, "(the address)")
}

/// Runs a command with a word, "trouble" or "well", and what there is to say on its standard input.
fn run(program: &PathBuf, is_well: bool, words: &str) -> Result<(), String> {
    let failed = |cause: &dyn std::fmt::Display| format!("The alarm’s command failed: {cause}.");
    let word = match is_well {
        true => "well",
        false => "trouble",
    };
    let mut child = Command::new(program)
        .arg(word)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| failed(&cause))?;
    if let Some(mut input) = child.stdin.take() {
        // A command that reads nothing is told by its word.
        let _ = input.write_all(words.as_bytes());
    }
    let until = Instant::now() + COMMAND_WITHIN;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(failed(&status)),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(&"it did not come to an end"));
            }
            Err(cause) => return Err(failed(&cause)),
        }
    }
}
