//! What the machine says of the process, by the names that programs of all kinds give these figures. Only Linux says it where it is
//! looked for; elsewhere the figures are missing.

use std::fs;

use chrono::NaiveDateTime;
use metrics::gauge;

/// Notes when the program began.
pub(super) fn began(at: NaiveDateTime) {
    let since_1970 = at.and_utc().timestamp();
    if let Ok(seconds) = u32::try_from(since_1970) {
        gauge!("process_start_time_seconds").set(f64::from(seconds));
    }
}

/// Reads the figures of now.
pub(super) fn show() {
    if let Some(kilobytes) = figure("/proc/self/status", "VmRSS:") {
        gauge!("process_resident_memory_bytes").set(kilobytes * 1024.0);
    }
    if let Some(most) = figure("/proc/self/limits", "Max open files") {
        gauge!("process_max_fds").set(most);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        // One of them is this look itself.
        gauge!("process_open_fds").set(super::number(open.count().saturating_sub(1)));
    }
}

/// The first number of the line that begins so.
fn figure(file: &str, line: &str) -> Option<f64> {
    let text = fs::read_to_string(file).ok()?;
    let rest = text.lines().find_map(|it| it.strip_prefix(line))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_says_how_much_memory_and_how_many_files() {
        let memory = figure("/proc/self/status", "VmRSS:");
        assert!(memory.is_some_and(|kilobytes| kilobytes > 100.0));
        let files = figure("/proc/self/limits", "Max open files");
        assert!(files.is_some_and(|most| most >= 1.0));
        assert_eq!(figure("/proc/self/status", "No such line"), None);
    }
}
