//! `hearth policy` and `hearth calendar`: what an administrator keeps on the pages, kept from the command line.

use super::Machine;

#[test]
fn the_policy_and_the_terms_are_kept_from_the_command_line_too() {
    let machine = Machine::ready();
    let set = |value: &str| {
        machine.run(&[
            "policy",
            "set",
            "recurring_check",
            value,
            "month",
            "--tier",
            "green",
            "--authority",
            "991",
            "--source",
            "Cabinet, 3 November 2026",
            "--reason",
            "More officers",
        ])
    };
    let refused = set("13").expect(1);
    assert!(
        refused.err.contains("must be 12 months or fewer"),
        "{}",
        refused.err
    );
    set("9").expect(0);
    let listed = machine
        .run(&["policy", "list", "--authority", "991"])
        .expect(0);
    assert!(
        listed.out.contains("Cabinet, 3 November 2026"),
        "{}",
        listed.out
    );
    assert!(listed.out.contains("The 2026 Act: not in force here."));
    let other = machine
        .run(&["policy", "list", "--authority", "992"])
        .expect(0);
    assert!(!other.out.contains("Cabinet"));
    set("8").expect(0);
    let today = "2026-11-23";
    let withdraw = || {
        machine.run(&[
            "policy",
            "withdraw",
            "recurring_check",
            "--tier",
            "green",
            "--authority",
            "991",
            "--from",
            today,
            "--reason",
            "A slip",
        ])
    };
    withdraw().expect(0).says("is withdrawn");
    withdraw()
        .expect(1)
        .complains("there is nothing to withdraw");

    let act = |words: &[&str]| {
        let reason = ["--authority", "991", "--reason", "SI 2027/1"];
        machine.run(&[&["policy"], words, &reason].concat())
    };
    act(&["end-commencement"])
        .expect(1)
        .complains("has no day of commencement here");
    act(&["commence", "--from", "2027-09-01"]).expect(0);
    act(&["end-commencement"])
        .expect(0)
        .says("not to be in force here after 23 November 2026");
    let listed = machine
        .run(&["policy", "list", "--authority", "991"])
        .expect(0);
    listed.says("The 2026 Act: not in force here.");

    let terms = machine.path("terms.csv");
    let file = terms.to_str().unwrap();
    let read = || machine.run(&["calendar", "terms", file, "--authority", "991"]);
    std::fs::write(
        &terms,
        "name,first_day,last_day,source\nAutumn,2/9/2026,1/9/2026,web\n",
    )
    .unwrap();
    let refused = read().expect(1);
    assert!(
        refused.out.contains("line 2, last_day: "),
        "{}",
        refused.out
    );
    std::fs::write(
        &terms,
        "name,first_day,last_day,source\nAutumn,2/9/2026,23/10/2026,web\n",
    )
    .unwrap();
    assert!(read().expect(0).out.contains("Added: 1."));
    assert!(read().expect(0).out.contains("On the calendar already: 1."));

    let episodes = machine.path("episodes.csv");
    std::fs::write(
        &episodes,
        "child,kind,started_on,source\nC-0000-0000,cin,1/3/2026,social_care\n",
    )
    .unwrap();
    let file = episodes.to_str().unwrap();
    let refused = machine
        .run(&["import", "episodes", file, "--authority", "991"])
        .expect(1);
    assert!(
        refused
            .out
            .contains("line 2, child: No child of this authority has it"),
        "{}",
        refused.out
    );
}
