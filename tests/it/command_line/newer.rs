//! A database that a newer program has brought up: this one says so and leaves it alone.

use super::{Machine, SAM, Said, list};

/// A step of which this program knows nothing, as a newer one writes it down.
const STEP: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9998')";
const WITHOUT_STEP: &str = "DELETE FROM __diesel_schema_migrations WHERE version = '9998'";
/// A kind of duty that a newer program brought without a step.
const WORD: &str = "INSERT INTO duty_kind (word) VALUES ('annual_tea')";
const WITHOUT_WORD: &str = "DELETE FROM duty_kind WHERE word = 'annual_tea'";

#[test]
fn every_command_refuses_a_database_with_a_step_that_it_does_not_know() {
    let machine = Machine::ready();
    machine.run(&["jobs", "run"]).expect(0);
    machine.change(STEP);
    let held = held(&machine);
    let account = format!("--email {SAM} --authority 991");
    let children = list("real_life.csv");
    let value = "first_contact --tier green --from 2027-01-04 --reason X --authority 991";
    for line in [
        "serve".to_owned(),
        "migrate".to_owned(),
        "jobs run".to_owned(),
        "verify".to_owned(),
        "mail bounce".to_owned(),
        format!("user add {account} --name Sam --role officer"),
        format!("user link {account}"),
        format!("user leave {account}"),
        "user list --authority 991".to_owned(),
        "authority 991 --mailbox duty@ashdale.example".to_owned(),
        "policy list --authority 991".to_owned(),
        format!("policy set {value} 8 working_day --source Y"),
        format!("policy withdraw {value}"),
        "policy commence --from 2027-09-01 --reason X --authority 991".to_owned(),
        "policy end-commencement --reason X --authority 991".to_owned(),
        format!("calendar terms {children} --authority 991"),
        format!("import {children} --authority 991"),
        format!("import episodes {children} --authority 991"),
    ] {
        let said = refused(&machine, &line);
        said.complains("it holds the steps 9998, which this one does not know");
    }
    assert_eq!(self::held(&machine), held, "nothing was written");
    copy(&machine);
    machine.change(WITHOUT_STEP);
    machine.run(&["verify"]).expect(0);
}

#[test]
fn a_word_that_it_does_not_know_is_the_sign_of_a_newer_program_too() {
    let machine = Machine::ready();
    machine.run(&["jobs", "run"]).expect(0);
    machine.change(WORD);
    for line in ["serve", "migrate", "jobs run", "verify"] {
        let said = refused(&machine, line);
        said.complains("it holds the words annual_tea in duty_kind");
    }
    machine.change(WITHOUT_WORD);
    machine.run(&["migrate"]).expect(0).says("up to date");
    machine.run(&["verify"]).expect(0);
}

#[test]
fn the_refusal_says_what_to_do() {
    let machine = Machine::ready();
    machine.change(STEP);
    for words in [
        "a newer version of Hearth than this one",
        "nothing was changed",
        "Run the newer program, or restore the copy",
    ] {
        machine.run(&["verify"]).complains(words);
    }
}

fn refused(machine: &Machine, line: &str) -> Said {
    let words: Vec<&str> = line.split(' ').collect();
    let mut command = machine.command(&words);
    command.env("HEARTH_BIND", "127.0.0.1:0");
    command.stdin(std::process::Stdio::null());
    Said::of(command.output().unwrap())
}

/// How many rows there are of all that a command could have written.
fn held(machine: &Machine) -> Vec<i64> {
    let tables = [
        "account",
        "audit_event",
        "child",
        "duty_kind",
        "job_run",
        "list_import",
        "outgoing_mail",
        "policy",
        "school_term",
    ];
    tables.map(|table| machine.count(table)).to_vec()
}

/// A copy harms nobody, and is what somebody wants who does not know what to do.
fn copy(machine: &Machine) {
    if machine.place.is_a_file() {
        machine.run(&["backup", "copy.db"]).expect(0);
    }
}
