//! `hearth user` and `hearth authority`: accounts, posts and how an authority is reached.

use std::io::Write;
use std::process::Stdio;

use super::{Machine, SAM, Said, list};

#[test]
fn an_account_gets_a_link_or_a_password() {
    let machine = Machine::ready();
    let sam = [
        "user",
        "add",
        "--email",
        "sam@ashdale.example",
        "--name",
        "Sam Lee",
        "--role",
        "manager",
        "--authority",
        "991",
    ];
    machine
        .run(&sam)
        .expect(0)
        .says("http://127.0.0.1:8080/password/");
    machine
        .run(&sam)
        .complains("sam@ashdale.example already has an account");
    let mut child = machine
        .command(&[
            "user",
            "add",
            "--email",
            "jo@ashdale.example",
            "--name",
            "Jo",
            "--role",
            "officer",
            "--authority",
            "991",
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"short\n").unwrap();
    Said::of(child.wait_with_output().unwrap()).complains("12 characters or more");
    machine
        .run(&[
            "user",
            "add",
            "--email",
            "p@x.example",
            "--name",
            "P",
            "--role",
            "parent",
            "--authority",
            "991",
        ])
        .complains("a parent's account is made by the link");
}

/// The words of `hearth user add` for somebody at the invented authority.
fn add_user<'a>(email: &'a str, role: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["user", "add", "--email", email, "--name", "Sam Lee"];
    words.extend(["--role", role, "--authority", "991"]);
    words.extend(more);
    words
}

#[test]
fn who_leaves_is_out_and_their_children_wait_for_another() {
    let machine = Machine::ready();
    machine.run(&add_user(SAM, "manager", &[])).expect(0);
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "991"])
        .expect(0);
    machine.change("UPDATE child SET officer_id = (SELECT id FROM account)");
    machine.change(
        "INSERT INTO session (token_hash, account_id, created_at, seen_at, expires_at)
         SELECT 'x', id, created_at, created_at, created_at FROM account",
    );
    let leave = ["user", "leave", "--email", SAM, "--authority", "991"];
    machine
        .run(&leave)
        .expect(0)
        .says("can no longer sign in")
        .says("have ended: 2.")
        .says("now have none: 2.");
    assert_eq!(machine.count("session"), 0);
    assert_eq!(machine.count("child WHERE officer_id IS NOT NULL"), 0);
    assert_eq!(machine.count("account WHERE left_on = '2026-11-23'"), 1);
    assert_eq!(
        machine.count("post_holder WHERE held_to = '2026-11-22'"),
        2,
        "the last day of a post is the day before"
    );
    for (action, times) in [
        ("account_added", 1),
        ("post_given", 2),
        ("account_left", 1),
        ("child_without_officer", 3),
    ] {
        let rows = format!("audit_event WHERE actor = 'command line' AND action = '{action}'");
        assert_eq!(machine.count(&rows), times, "{action}");
    }
    machine.run(&leave).complains("nobody who works there");
    machine
        .run(&["user", "link", "--email", SAM, "--authority", "991"])
        .complains("nobody who works there");
    machine.run(&add_user(SAM, "officer", &[])).expect(0);
    assert_eq!(machine.count("account WHERE left_on IS NULL"), 1);
}

#[test]
fn a_new_password_link_is_mailed_and_ends_the_ones_before() {
    let machine = Machine::ready();
    machine.run(&add_user(SAM, "officer", &[])).expect(0);
    machine
        .run(&["user", "link", "--email", SAM, "--authority", "991"])
        .expect(0)
        .says("on its way to sam@ashdale.example");
    assert_eq!(
        machine.count(
            "outgoing_mail WHERE kind = 'invitation' AND recipient = 'sam@ashdale.example'
             AND body_text LIKE '%/password/%'"
        ),
        1
    );
    assert_eq!(machine.count("sign_in_link WHERE used_at IS NULL"), 1);
    machine
        .run(&["user", "link", "--email", SAM, "--authority", "992"])
        .complains("nobody who works there");
}

#[test]
fn a_post_with_one_holder_passes_to_the_next() {
    let machine = Machine::ready();
    let head = ["--post", "head_of_service"];
    machine.run(&add_user(SAM, "manager", &head)).expect(0);
    machine
        .run(&add_user("jo@ashdale.example", "manager", &head))
        .expect(0)
        .says("Whoever was head of service before is that no longer");
    for mailbox in ["old@ashdale.example", "new@ashdale.example"] {
        machine
            .run(&["authority", "991", "--mailbox", mailbox])
            .expect(0);
    }
    for (post, holder) in [
        ("head_of_service", "account_id IS NOT NULL"),
        ("duty_mailbox", "email = 'new@ashdale.example'"),
    ] {
        let held = format!("post_holder WHERE post = '{post}' AND held_to IS NULL");
        assert_eq!(machine.count(&held), 1, "{post}");
        assert_eq!(machine.count(&format!("{held} AND {holder}")), 1, "{post}");
    }
    machine
        .run(&["user", "list", "--authority", "991"])
        .expect(0)
        .says("sam@ashdale.example\tSam Lee\tmanager\t\n")
        .says("jo@ashdale.example\tSam Lee\tmanager\thead_of_service\n")
        .says("new@ashdale.example\t\tmailbox\tduty_mailbox\n");
}

#[test]
fn a_post_is_only_for_whoever_may_answer() {
    let machine = Machine::ready();
    for (role, post, who) in [
        ("officer", "head_of_service", "it is for managers"),
        ("officer", "safeguarding_lead", "it is for managers"),
        (
            "administrator",
            "team_leader",
            "it is for officers and managers",
        ),
    ] {
        machine
            .run(&add_user(SAM, role, &["--post", post]))
            .complains(who);
    }
    assert_eq!(machine.count("account WHERE email LIKE 'sam@%'"), 0);
    machine
        .run(&add_user(SAM, "officer", &["--post", "team_leader"]))
        .expect(0);
}

#[test]
fn an_authority_says_how_it_is_reached() {
    let machine = Machine::ready();
    machine
        .run(&[
            "authority",
            "991",
            "--mailbox",
            "duty@ashdale.example",
            "--colour",
            "#1d70b8",
        ])
        .expect(0)
        .says("Ashdale Council keeps its register here");
    let unsaid = "authority WHERE telephone IS NULL AND complaints_to IS NULL AND code = '991'";
    assert_eq!(
        machine.count(unsaid),
        1,
        "what was not said is not empty words"
    );
    let noted = "audit_event WHERE action = 'authority_described' AND actor = 'command line'";
    assert_eq!(machine.count(noted), 1);
    machine
        .run(&["authority", "991", "--colour", "blue"])
        .complains("is not a colour");
}
