//! What the commands of the command line do, a file a command. They read options, call the rooms and say what happened:
//! results on standard output, logs and the one sentence of an error on standard error.

pub mod authority;
pub mod backup;
pub mod calendar;
pub mod config;
pub mod demo;
pub mod import;
mod invented;
pub mod jobs;
pub mod mail;
pub mod migrate;
pub mod policy;
pub mod restore;
pub mod serve;
pub mod simulate;
pub mod user;
pub mod verify;

use std::error::Error;
use std::io;
use std::process::ExitCode;

use hearth::access::accounts::AccountError;
use hearth::access::authority::Authority;
use hearth::clock::Clock;
use hearth::config::Config;
use hearth::db::{Conn, Db, DbError};
use hearth::log;
use hearth::mail::Courier;
use hearth::mail::plain::Plain;
use hearth::shipped;

/// What the audit trail calls whoever runs a command.
const THIS: &str = "command line";

/// What a command gives: an exit code, or why it could not be done.
pub type Outcome = Result<ExitCode, Failure>;

/// Why a command could not be done.
pub enum Failure {
    /// In one sentence, for the person who called it.
    Because(String),
    /// Settings that cannot be meant, a sentence each.
    Settings(Vec<String>),
    /// The database's own error, kept whole so that a lost race can be told from the rest.
    Db(DbError),
    /// Whoever read our output has stopped reading (`hearth verify | head`), which is theirs to decide.
    NobodyReads,
}

impl Failure {
    /// A failure in one sentence.
    pub fn because(sentence: impl Into<String>) -> Self {
        Self::Because(sentence.into())
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let error: Box<dyn Error> = Box::new(error);
        let error = match error.downcast::<DbError>() {
            Ok(error) => return Self::Db(*error),
            Err(error) => error,
        };
        let error = match error.downcast::<AccountError>().map(|error| *error) {
            Ok(AccountError::Db(error)) => return Self::Db(error),
            Ok(refused) => return Self::Because(refused.to_string()),
            Err(error) => error,
        };
        match error.downcast_ref::<io::Error>() {
            Some(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Because(error.to_string()),
        }
    }
}

/// Writes a line to standard output; a reader who has gone away is a [`Failure`], not a panic.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($words)*)
    }};
}
pub(crate) use say;

/// Ends the program: 0 when it was done, 1 when not, 2 when its settings cannot be meant, with the sentences on standard
/// error.
pub fn exit(outcome: Outcome) -> ExitCode {
    let code = match outcome {
        Ok(code) => code,
        Err(Failure::NobodyReads) => ExitCode::SUCCESS,
        Err(Failure::Because(sentence)) => complain(&sentence),
        Err(Failure::Db(error)) => complain(&error.to_string()),
        Err(Failure::Settings(sentences)) => {
            for sentence in sentences {
                complain(&sentence);
            }
            ExitCode::from(WRONGLY_CALLED)
        }
    };
    log::flush();
    code
}

/// As clap ends the program when its words are wrong.
const WRONGLY_CALLED: u8 = 2;

fn complain(sentence: &str) -> ExitCode {
    log::complain(&format!("hearth: {sentence}"));
    ExitCode::FAILURE
}

/// The settings of this run, with logging begun as they say.
fn settings() -> Result<Config, Failure> {
    match read_settings() {
        (Some(config), faults) if faults.is_empty() => {
            log::begin(&config);
            Ok(config)
        }
        (_, faults) => Err(Failure::Settings(faults)),
    }
}

/// The settings, and a sentence on each that cannot be meant. Nothing is opened or made.
fn read_settings() -> (Option<Config>, Vec<String>) {
    let (config, faults) = Config::faults_of_env();
    let mut faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    if let Some(config) = &config {
        let database = Db::check_url(&config.database_url).err();
        faults.extend(database.map(|fault| fault.to_string()));
        let mail = Courier::faults(config);
        faults.extend(mail.iter().map(ToString::to_string));
        let alarm = Plain::faults(config);
        faults.extend(alarm.iter().map(ToString::to_string));
    }
    (config, faults)
}

/// What time it is for this run.
fn clock(config: &Config) -> Clock {
    config.today.map_or(Clock::System, Clock::Fixed)
}

/// The database, if it is there and is neither older nor newer than this version. Every command that uses a register opens
/// it here; `migrate` refuses a newer one too, and `backup` copies whatever there is.
fn open_ready(config: &Config) -> Result<Db, Failure> {
    let db = Db::open_existing(&config.database_url, config.database_connections)?;
    shipped::must_be_ready(&db)?;
    Ok(db)
}

/// The authority with this DfE code.
fn find_authority(conn: &mut Conn, code: &str) -> Result<Authority, Failure> {
    let found = hearth::access::authority::by_code(conn, code)?;
    found.ok_or_else(|| {
        Failure::because(format!(
            "there is no local authority with the code {code:?}: use the three digits of the Department for Education, such as 878"
        ))
    })
}

/// A command's work in a transaction can fail for reasons of its own; only the database's may be tried again.
impl hearth::db::Conflict for Failure {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::Because(_) | Self::Settings(_) | Self::NobodyReads => None,
        }
    }
}
