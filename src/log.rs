//! The log. Whatever happens to standard error (closed, full, or a pipe that nobody reads), nothing panics over it and
//! nobody waits for it: lines go through a queue to a thread of its own, and what cannot be written is dropped and
//! counted. Lines name things and never a person.
//!
//! - `queue`: the queue, the thread behind it and what was lost.
//! - [`request`]: the reference of the request that something is done for.
//! - `panics`: a panic is a line like any other.

mod panics;
mod queue;
pub mod request;

use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};
use queue::{Line, Queue};

/// How many lines wait at most: a few seconds of a service in trouble, and two megabytes.
const LINES: usize = 8192;

/// How long the end of the program waits for lines to be written.
const PATIENCE: Duration = Duration::from_secs(2);

static QUEUE: OnceLock<Queue> = OnceLock::new();

/// The queue to standard error; its thread begins with the first line.
fn queue() -> &'static Queue {
    QUEUE.get_or_init(|| Queue::to(io::stderr(), LINES))
}

/// Begins to log as the settings say, for the whole process. A second time nothing is changed.
pub fn begin(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_default();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Line::on(queue()))
        .with_ansi(io::stderr().is_terminal())
        .log_internal_errors(false);
    let begun = match config.log_format {
        LogFormat::Text => tracing::subscriber::set_global_default(lines.finish()),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            tracing::subscriber::set_global_default(lines.finish())
        }
    };
    if begun.is_ok() {
        panics::become_lines();
    }
}

/// Puts a line of words on standard error, by the same queue.
pub fn complain(sentence: &str) {
    queue().offer(format!("{sentence}\n").into_bytes());
}

/// Waits until what was logged is written, or for two seconds: the end of a command keeps its last lines, and nobody who does
/// not read them keeps it from ending.
pub fn flush() {
    if let Some(queue) = QUEUE.get() {
        queue.flush(PATIENCE);
    }
}

/// How many lines could not be written since the program began.
pub fn lost() -> u64 {
    QUEUE.get().map_or(0, Queue::lost)
}
