//! Which core a thread runs on: the service on one, whoever asks it on another, so that one core's worth is measured.

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

/// The processor time that all threads of this program but the present one have used so far.
#[allow(dead_code)]
pub fn time_of_other_threads() -> std::time::Duration {
    let own = nix::unistd::gettid().to_string();
    let threads = std::fs::read_dir("/proc/self/task").expect("the threads");
    let nanoseconds = threads
        .filter_map(Result::ok)
        .filter(|thread| thread.file_name().to_string_lossy() != own)
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|used| used.split(' ').next()?.parse::<u64>().ok())
        .sum();
    std::time::Duration::from_nanos(nanoseconds)
}
