//! A panic is a line of the log: with its place, and under the reference of the request. The default hook writes to standard
//! error by itself, in another form, and waits for whoever does not read.

use std::panic::{self, PanicHookInfo};

use tracing::subscriber::NoSubscriber;

/// From now on a panic is logged.
pub(super) fn become_lines() {
    panic::set_hook(Box::new(log));
}

fn log(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    let place = place.unwrap_or_else(|| "a place unknown".to_owned());
    let words = words(info);
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("without a name");
    if tracing::dispatcher::get_default(|log| log.is::<NoSubscriber>()) {
        super::complain(&format!("hearth: panicked at {place}: {words}"));
    } else {
        tracing::error!(place, words, thread, "panicked");
    }
}

/// What was said, if it was written into the program. What was made up at run time may hold what a family wrote: a text that was
/// cut in the middle of a letter is repeated by its panic.
fn words<'a>(info: &PanicHookInfo<'a>) -> &'a str {
    match info.payload().downcast_ref::<&'static str>() {
        Some(words) => words,
        None => "words that are not kept, for they may name somebody",
    }
}
