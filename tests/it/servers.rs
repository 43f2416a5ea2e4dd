//! Servers and programs that some tests need and that a machine may lack: a PostgreSQL server, a WebDriver, Prometheus.

/// The address in `variable`; without it the test is skipped, and says so. `HEARTH_TEST_ALL=1` allows no skipping:
/// a run that is meant to be complete must not pass because a server is missing.
pub fn wanted(variable: &str) -> Option<String> {
    if let Ok(address) = std::env::var(variable) {
        return Some(address);
    }
    assert!(
        std::env::var_os("HEARTH_TEST_ALL").is_none(),
        "HEARTH_TEST_ALL is set and {variable} is not"
    );
    println!("skipped: {variable} is not set");
    None
}

/// Whether the machine has a program that some tests need; as [`wanted`], where it has not.
pub fn has(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&folders).any(|folder| folder.join(program).is_file()) {
        return true;
    }
    assert!(
        std::env::var_os("HEARTH_TEST_ALL").is_none(),
        "HEARTH_TEST_ALL is set and {program} is not there"
    );
    println!("skipped: {program} is not there");
    false
}
