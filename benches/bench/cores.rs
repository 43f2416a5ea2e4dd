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
