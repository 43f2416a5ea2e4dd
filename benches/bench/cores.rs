//! Which core a thread runs on: the service on one, whoever asks it on another, so that one core's worth is measured.

use std::collections::HashMap;
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// The core of the service.
pub const SERVICE: usize = 0;
/// The core of the load, where there is one.
#[allow(dead_code)]
pub const LOAD: usize = 1;

/// Keeps this thread, and those it starts, on one core. On a machine with a single core everything shares it.
pub fn stay_on(core: usize) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut set = CpuSet::new();
    if set.set(core % cores).is_ok() {
        let _ = sched_setaffinity(Pid::from_raw(0), &set);
    }
}

/// The processor time that each thread of this program but the present one has used so far, by the thread.
#[allow(dead_code)]
pub fn used_by_others() -> HashMap<String, u64> {
    let own = nix::unistd::gettid().to_string();
    let threads = std::fs::read_dir("/proc/self/task").expect("the threads");
    threads
        .filter_map(Result::ok)
        .map(|thread| (thread.file_name().to_string_lossy().into_owned(), thread))
        .filter(|(name, _)| *name != own)
        .filter_map(|(name, thread)| {
            let used = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            Some((name, used.split(' ').next()?.parse().ok()?))
        })
        .collect()
}

/// How much more the other threads have used by now. What a thread used that has ended since is not counted.
#[allow(dead_code)]
pub fn used_since(before: &HashMap<String, u64>) -> Duration {
    let more = used_by_others()
        .into_iter()
        .map(|(name, used)| used.saturating_sub(before.get(&name).copied().unwrap_or_default()));
    Duration::from_nanos(more.sum())
}
