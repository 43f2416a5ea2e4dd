//! Servers that some tests need and that a machine may lack: a PostgreSQL server, a WebDriver.

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
