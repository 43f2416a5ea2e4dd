//! What ships beside the program: the unit of systemd is as closed as the manual says.

use std::path::Path;
use std::process::Command;

/// As systemd-analyze counts it: 0 is closed, 10 open.
const EXPOSURE: &str = "1.1";

#[test]
fn the_unit_of_systemd_is_as_closed_as_the_manual_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("systemd-analyze");
    command
        .args(["security", "--offline=true", "--no-pager", "--threshold=25"])
        .arg(root.join("docs/operations/hearth.service"));
    let Ok(output) = command.output() else {
        assert!(
            std::env::var_os("HEARTH_TEST_ALL").is_none(),
            "HEARTH_TEST_ALL is set and systemd-analyze is not there"
        );
        println!("skipped: systemd-analyze is not there");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "more open than 2.5: {said}");
    let level = format!("exposure level for hearth.service: {EXPOSURE} ");
    assert!(said.contains(&level), "not {EXPOSURE}: {said}");
    let manual = std::fs::read_to_string(root.join("docs/operating.md")).unwrap();
    assert!(manual.contains(&format!("an exposure of {EXPOSURE}")));
}
