//! A large list is read while its sender goes on: one of an authority at a time, with how far it is, and it can be stopped.

use std::fmt::Write;

use super::count;
use crate::app::{MANAGER, OFFICER, OTHER, TestApp};
use crate::browser::{Browser, Page};
use crate::imports::send;

/// A list of so many children, each with an address of its own.
fn list(children: usize) -> String {
    let mut list = String::from("Forename,Surname,DOB,Address,Postcode,Notes\n");
    for child in 0..children {
        let letter = |place: usize| char::from(b'a' + u8::try_from(child / place % 26).unwrap());
        let name: String = [1, 26, 676, 17_576].map(letter).iter().collect();
        // Those who were born on one day have names that begin otherwise, and no day is a month.
        let first = char::from(b'A' + u8::try_from(child / 1_536).unwrap());
        let (day, month, year) = (child % 16 + 13, child / 16 % 12 + 1, child / 192 % 8 + 2012);
        let notes = "x".repeat(120);
        writeln!(
            list,
            "{first}{name},Moss{name},{day:02}/{month:02}/{year},{child} High Street,AA3 1AB,{notes}"
        )
        .unwrap();
    }
    list
}

/// Looks again and again until the list has ended.
fn until_it_ends(browser: &mut Browser) -> Page {
    for _ in 0..100_000 {
        let page = browser.open("/imports/under-way");
        if page.status != 200 || page.h1() != "A list is being read" {
            return page;
        }
        page.says("of 100");
    }
    panic!("it does not end");
}

#[test]
fn a_large_list_is_read_beside_other_work_and_no_other_of_the_authority_with_it() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let answer = send(&mut officer, "large.csv", &list(4_000), &[]).expect(303);
    assert_eq!(answer.headers["location"], "/imports/under-way");
    let mut other = app.signed_in(OTHER);
    let refused = send(
        &mut other,
        "other.csv",
        "Name,DOB\nAda Moss,3/4/2014\n",
        &[],
    )
    .expect(409);
    refused.says("A list of your authority is being read (one that a colleague sent)");
    refused.keeps_quiet_about("large.csv");
    let elsewhere = &mut app.signed_in("officer@brackwater.example");
    send(
        elsewhere,
        "theirs.csv",
        "Name,DOB\nAda Moss,3/4/2014\n",
        &[],
    )
    .expect(303);
    officer.open("/children").expect(200);
    until_it_ends(&mut officer)
        .expect(200)
        .says("4,000 children are new on the register");
    assert_eq!(count(&app, "list_row"), 4_001);
    send(
        &mut other,
        "other.csv",
        "Name,DOB\nAda Moss,3/4/2014\n",
        &[],
    )
    .expect(303);
}

#[test]
fn a_list_that_was_stopped_is_owed_a_look() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    send(&mut officer, "large.csv", &list(12_000), &[]).expect(303);
    let mut other = app.signed_in(OTHER);
    other
        .open("/imports/under-way")
        .expect(200)
        .says("sent by Olu Officer");
    let page = officer.open("/imports/under-way").expect(200);
    let stopped = page.form("/imports/under-way/stop").send(&mut officer);
    // It may have ended before the page after the button was made.
    let ended = match stopped.status {
        422 => stopped,
        _ => until_it_ends(&mut officer).expect(422),
    };
    ended.says("Reading the list was stopped");
    assert!(count(&app, "child") < 12_000);
    assert_eq!(
        count(&app, "list_import WHERE ended_at IS NULL"),
        count(&app, "duty WHERE kind = 'rows_of_list' AND state = 'open'")
    );
    let mut manager = app.signed_in(MANAGER);
    send(
        &mut manager,
        "small.csv",
        "Name,DOB\nAda Moss,3/4/2014\n",
        &[],
    )
    .expect(303);
}

#[test]
fn a_list_of_which_most_rows_are_refused_is_refused_as_a_whole() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let wrong: String = (0..1_500)
        .map(|row| format!("Ada Moss,31/02/20{:02}\n", row % 20))
        .collect();
    let page = send(
        &mut officer,
        "wrong.csv",
        &format!("Name,DOB\n{wrong}"),
        &[],
    )
    .expect(422);
    page.says("Most rows cannot be read").says("line 2");
    assert_eq!(
        (count(&app, "list_import"), count(&app, "unplaced_row")),
        (0, 0)
    );
}
