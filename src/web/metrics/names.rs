//! What each figure is, in the words that stand beside it (`# HELP`).

use metrics::{counter, describe_counter, describe_gauge, describe_histogram};

use crate::jobs::watch::Watched;
use crate::rules::delivery::Next;

const COUNTERS: &[(&str, &str)] = &[
    (
        "hearth_mail_total",
        "Tries to hand a mail over since the start, by result: sent, retry (it is tried again) or dead (it is not).",
    ),
    (
        "hearth_thread_restarts_total",
        "How often a thread died by a mistake of the program and was begun again, since the start.",
    ),
    (
        "hearth_log_lines_lost_total",
        "Lines of the log that could not be written since the start.",
    ),
];

const GAUGES: &[(&str, &str)] = &[
    (
        "hearth_database_answers",
        "1 if the database answered for these figures; at 0 those of mail, duties, lapses, sweep and backup are of an earlier time.",
    ),
    (
        "hearth_database_readers",
        "How many connections may read the database at once.",
    ),
    (
        "hearth_database_readers_in_use",
        "How many connections read the database just now.",
    ),
    (
        "hearth_database_writers_waiting",
        "How many wait for their turn to write the database.",
    ),
    (
        "hearth_database_longest_write_seconds",
        "The longest time for which one transaction kept others from writing since these figures were read last.",
    ),
    (
        "hearth_mail_waiting",
        "Mails that are due and that nobody has tried yet, or for which no mail server could be reached.",
    ),
    (
        "hearth_mail_oldest_seconds",
        "How long ago the oldest of the mails that wait was written; 0 when none waits.",
    ),
    (
        "hearth_mail_held_up_seconds",
        "For how long mail waits while none is sent; 0 when none waits.",
    ),
    ("hearth_duties_open", "Duties that are open."),
    (
        "hearth_lapses_open",
        "Lapses that are open, by the last step of the ladder that was told; none where nobody was told yet.",
    ),
    (
        "hearth_sweep_age_seconds",
        "How long ago the last sweep for lapses began that was completed.",
    ),
    (
        "hearth_backup_age_seconds",
        "How long ago the last scheduled copy of the register began that was completed; only with HEARTH_BACKUP_FOLDER.",
    ),
    (
        "hearth_trouble",
        "1 while something that is watched does not do its work, 0 while it does.",
    ),
    (
        "hearth_good_seconds_ago",
        "How long ago something that is watched was last seen to do its work.",
    ),
    (
        "process_resident_memory_bytes",
        "Memory of the program that lies in the machine's own.",
    ),
    (
        "process_open_fds",
        "Files and connections that the program has open.",
    ),
    (
        "process_max_fds",
        "How many files and connections the program may have open.",
    ),
    (
        "process_start_time_seconds",
        "When the program began, in seconds since 1970.",
    ),
];

/// Says what each figure is. What has not happened yet is 0 and not missing, so that the first time is seen to be one more.
pub(super) fn describe() {
    describe_histogram!(
        "hearth_request_seconds",
        "How long requests took to be answered, by the pattern of their route, their method and the status of their answer."
    );
    for (name, help) in COUNTERS {
        describe_counter!(*name, *help);
    }
    for (name, help) in GAUGES {
        describe_gauge!(*name, *help);
    }
    for result in Next::WORDS {
        counter!("hearth_mail_total", "result" => *result).absolute(0);
    }
    for thread in Watched::THREADS {
        counter!("hearth_thread_restarts_total", "thread" => thread.as_str()).absolute(0);
    }
}
