//! Who is the same child: twins under one number, missing middle names, and rows that cannot be read; each ends on the register
//! or with somebody who has to say what it is.

use hearth::clock::At;
use hearth::db::DbError;
use hearth::duty::ladder;
use hearth::policy::rulebook;

use super::{count, figures, take};
use crate::app::{MANAGER, OFFICER, OTHER, TestApp, moment};

/// Opens what has lapsed by a moment.
fn sweep(app: &TestApp, now: &str) {
    let authority = app.eyes(MANAGER).authority();
    let now = moment(now);
    app.write(|tx| {
        let book = rulebook::load(tx, authority, now.date())?;
        ladder::climb(tx, authority, &book, &app.url, At::of(now))?;
        Ok::<_, DbError>(())
    });
}

const OWED: &str = "duty WHERE kind = 'rows_of_list' AND state = 'open'";

#[test]
fn twins_with_one_number_are_two_children_and_a_later_list_finds_both() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Case number,Forename,Surname,DOB,Postcode,NHS number\n\
        1,Ava,Moss,03/04/2015,M1 1AA,9990000018\n\
        2,Eva,Moss,03/04/2015,M1 1AA,9990000018\n";
    let page = take(&mut browser, list);
    assert_eq!(figures(&page), [2, 0, 0, 0, 0, 0]);
    page.says("Line 3 has the same NHS number for another child. It was kept for neither");
    assert_eq!(count(&app, "child WHERE nhs_number IS NOT NULL"), 0);
    assert_eq!(figures(&take(&mut browser, list)), [0, 0, 2, 0, 0, 0]);
}

#[test]
fn a_number_of_the_family_is_no_childs() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Case number,Forename,Surname,DOB,Postcode\n\
        F100,Ava,Moss,03/04/2015,M1 1AA\n\
        F100,Eva,Moss,03/04/2015,M1 1AA\n\
        F100,Ian,Moss,07/08/2012,M1 1AA\n";
    assert_eq!(figures(&take(&mut browser, list)), [3, 0, 0, 0, 0, 0]);
    assert_eq!(figures(&take(&mut browser, list)), [0, 0, 3, 0, 0, 0]);
    let later = "Case number,Forename,Surname,DOB,Postcode\nF100,Uma,Moss,01/02/2016,M1 1AA\n";
    assert_eq!(figures(&take(&mut browser, later)), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn a_number_of_another_child_on_the_register_is_not_kept() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = |name: &str, born: &str| {
        format!("Name,DOB,UPN,Postcode\n{name},{born},B801200005001,M1 1AA\n")
    };
    take(&mut browser, &list("Ada Moss", "03/04/2015"));
    let page = take(&mut browser, &list("Bo Vale", "01/02/2012"));
    assert_eq!(figures(&page), [1, 0, 0, 0, 0, 0]);
    page.says("who is another child. It was not kept");
    let page = take(&mut browser, &list("Eda Moss", "03/04/2015"));
    assert_eq!(
        figures(&page),
        [0, 0, 0, 0, 1, 0],
        "a twin, or a slip: somebody has to say"
    );
}

#[test]
fn a_missing_middle_name_is_a_question_and_the_answer_holds() {
    for (answer, children) in [("same", 1), ("another_child", 2)] {
        let app = TestApp::start();
        let mut browser = app.signed_in(OFFICER);
        let with =
            "Forename,Middle name,Surname,DOB,Postcode\nAda,Mary Jane,Moss,03/04/2015,M1 1AA\n";
        let without = "Forename,Surname,DOB,Postcode\nAda,Moss,03/04/2015,M1 1AA\n";
        take(&mut browser, with);
        let page = take(&mut browser, without);
        assert_eq!(figures(&page), [0, 0, 0, 0, 1, 0]);
        assert_eq!((count(&app, "child"), count(&app, OWED)), (1, 1));
        let row = page.link("Q-");
        let page = browser.open(&row).expect(200);
        page.says("a middle name is missing").says("M1 1AA");
        let form = page.form(&format!("{row}/answer"));
        let held = browser
            .open("/children")
            .link("Moss")
            .replace("/children/", "");
        let value = match answer {
            "same" => format!("same_child:{held}"),
            other => other.to_owned(),
        };
        form.set("answer", &value).send(&mut browser).expect(200);
        assert_eq!((count(&app, "child"), count(&app, OWED)), (children, 0));
        let page = take(&mut browser, without);
        assert_eq!(
            figures(&page),
            [0, 0, 1, 0, 0, 0],
            "{answer}: it is not asked again"
        );
    }
}

#[test]
fn one_list_that_may_have_one_child_twice_asks() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Forename,Surname,DOB,Postcode\n\
        William,Moss,03/04/2015,M1 1AA\n\
        Billy,Moss,03/04/2015,M1 1AA\n\
        Ada,Moss,05/06/2014,M1 1AA\n\
        Ada,Moss,06/05/2014,M1 1AA\n";
    let page = take(&mut browser, list);
    assert_eq!(figures(&page), [2, 0, 0, 0, 2, 0]);
    page.says("This may be the same child as on line 2: given names alike (one name for another)");
    assert_eq!(count(&app, OWED), 1);
    assert_eq!(count(&app, "unplaced_row"), 2);
    // Who came onto the register with the other line can be chosen.
    browser.open(&page.link("Q-")).says("It is William Moss");
}

#[test]
fn a_match_changes_no_address_and_a_namesake_is_a_question() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = |postcode: &str| {
        format!("Name,DOB,Address,Postcode\nMohammed Ali,01/01/2015,1 High Street,{postcode}\n")
    };
    take(&mut browser, &list("AA3 1AB"));
    let page = take(&mut browser, &list("AA9 9ZZ"));
    assert_eq!(figures(&page), [0, 0, 0, 0, 1, 0]);
    assert_eq!(
        (count(&app, "address"), count(&app, "claimed_address")),
        (1, 0)
    );
}

#[test]
fn a_refused_row_is_owed_a_look_and_lapses() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let page = take(&mut officer, "Name,DOB\nAda Moss,31/02/2015\n");
    assert_eq!(figures(&page), [0, 0, 0, 0, 0, 1]);
    let row = page.link("Q-");
    assert_eq!(count(&app, OWED), 1);
    app.signed_in(OTHER).open(&row).expect(404);
    app.signed_in("officer@brackwater.example")
        .open(&row)
        .expect(404);
    app.go_to("2026-12-07");
    app.signed_in(MANAGER)
        .open("/work")
        .says("Rows of a list to look at");
    sweep(&app, "2026-12-07T09:00:00");
    assert_eq!(
        count(&app, "lapse WHERE closed_at IS NULL AND child_id IS NULL"),
        1
    );
    let mut manager = app.signed_in(MANAGER);
    manager
        .open(&row)
        .form(&format!("{row}/answer"))
        .set("answer", "dealt_with")
        .set(
            "because",
            "Born on 28 February; put on the register by hand",
        )
        .send(&mut manager)
        .expect(200);
    assert_eq!(count(&app, OWED), 0);
    assert_eq!(
        count(&app, "lapse WHERE closed_at IS NULL AND child_id IS NULL"),
        0
    );
    manager.open(&row).says("It is dealt with");
}

#[test]
fn a_row_that_was_mended_answers_itself() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let page = take(
        &mut browser,
        "Name,DOB,Notes\nAda Moss,31/02/2015,\"a, b\"\nBo Vale,3/4/2014,\n",
    );
    assert_eq!(figures(&page), [1, 0, 0, 0, 0, 1]);
    let file = browser
        .open(&page.link("Download the refused rows"))
        .expect(200);
    let mended = file.text.replace("31/02/2015", "28/02/2015");
    assert_eq!(figures(&take(&mut browser, &mended)), [1, 0, 0, 0, 0, 0]);
    assert_eq!(count(&app, OWED), 0);
    assert_eq!(count(&app, "unplaced_row WHERE answer = 'mended'"), 1);
}

#[test]
fn one_name_is_enough_and_is_found() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list =
        "Forename,Surname,DOB,Postcode\nSuharto,,03/04/2015,M1 1AA\n,Sukarno,03/04/2016,M1 1AA\n";
    let page = take(&mut browser, list);
    assert_eq!(figures(&page), [2, 0, 0, 0, 0, 0]);
    page.says("The child is held with one name");
    assert_eq!(figures(&take(&mut browser, list)), [0, 0, 2, 0, 0, 0]);
    for name in ["Suharto", "Sukarno"] {
        let found = browser.open(&format!("/search?q={name}")).expect(200);
        let page = browser.open(&found.link(name)).expect(200);
        assert_eq!(page.h1(), name);
        assert!(!found.words().contains(&format!("{name},")), "{name}");
    }
}

#[test]
fn an_answer_that_leads_to_another_question_leaves_the_row_waiting() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = |given: &str, status: &str| {
        format!(
            "Forename,Surname,DOB,Postcode,EHE status,Closed on,Closure reason\n{given},Reed,03/04/2015,M1 1AA,{status}\n"
        )
    };
    take(
        &mut browser,
        &list("Jonathan", "Closed,01/09/2025,Returned to school"),
    );
    let page = take(&mut browser, &list("Jon", "Current,,"));
    let row = page.link("Q-");
    let held = browser
        .open("/children?status=any")
        .link("Reed")
        .replace("/children/", "");
    let page = browser.open(&row).expect(200);
    page.form(&format!("{row}/answer"))
        .set("answer", &format!("same_child:{held}"))
        .send(&mut browser)
        .expect(200)
        .says("The answer leads to another question");
    assert_eq!(count(&app, OWED), 1);
    browser
        .open(&row)
        .form(&format!("{row}/answer"))
        .set("answer", "back")
        .send(&mut browser)
        .expect(200);
    assert_eq!(count(&app, OWED), 0);
    browser.open("/children").says("Reed");
}

#[test]
fn whoever_was_put_on_the_register_meanwhile_is_asked_about() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = |given: &str, notes: &str| {
        format!("Forename,Surname,DOB,Postcode,Notes\n{given},Reed,03/04/2015,M1 1AA,{notes}\n")
    };
    take(&mut browser, &list("Jonathan", ""));
    let first = take(&mut browser, &list("Jon", "a")).link("Q-");
    let second = take(&mut browser, &list("Jon", "b")).link("Q-");
    assert_ne!(first, second);
    let another = |browser: &mut crate::browser::Browser, row: &str| {
        let form = browser.open(row).form(&format!("{row}/answer"));
        form.set("answer", "another_child")
            .send(browser)
            .expect(200)
    };
    another(&mut browser, &first);
    assert_eq!(count(&app, "child"), 2);
    another(&mut browser, &second).says("The answer leads to another question");
    assert_eq!(count(&app, "child"), 2);
    browser
        .open(&second)
        .says("Somebody was put on the register since then");
}

#[test]
fn rows_that_contradict_each_other_are_not_joined_by_one_between_them() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Name,DOB,UPN\nAda Moss,03/04/2015,B801200005001\nAda Moss,03/04/2015,\nAda Moss,03/04/2015,A801200005002\n";
    let page = take(&mut browser, list);
    let [new, _, known, _, look_at, refused] = figures(&page);
    assert_eq!((new, known, look_at + refused), (1, 1, 1));
    let cases = "Case number,Name,DOB\n1,Bo Vale,01/01/2015\n2,Bo Vale,01/01/2015\n";
    assert_eq!(figures(&take(&mut browser, cases)), [1, 0, 0, 0, 1, 0]);
}

#[test]
fn a_row_that_is_held_is_known_however_like_another_row_it_is() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let held = "Forename,Surname,DOB,Postcode\nJonathan,Reed,03/04/2015,M1 1AA\n";
    take(&mut browser, held);
    let list = "Forename,Surname,DOB,Postcode\nJon,Reed,03/04/2015,M1 1AA\nJonathan,Reed,03/04/2015,M1 1AA\n";
    assert_eq!(figures(&take(&mut browser, list)), [0, 0, 1, 0, 1, 0]);
}

#[test]
fn the_same_row_in_a_list_of_somebody_else_is_theirs_to_answer_too() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let list = "Name,DOB\nAda Moss,31/02/2015\n";
    take(&mut officer, list);
    let mut other = app.signed_in(OTHER);
    let page = take(&mut other, list);
    let row = page.link("Q-");
    assert_eq!((count(&app, "unplaced_row"), count(&app, OWED)), (1, 2));
    let file = other.open(&page.link("Download the refused rows"));
    assert!(file.text.contains("31/02/2015"), "{}", file.text);
    other
        .open(&row)
        .form(&format!("{row}/answer"))
        .set("answer", "dealt_with")
        .set("because", "It names no child of ours")
        .send(&mut other)
        .expect(200);
    assert_eq!(count(&app, OWED), 0);
}

#[test]
fn a_list_with_one_birthday_for_everybody_is_refused_at_once() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let letters = |row: u32| -> String {
        let letter = |place: u32| char::from(b'a' + u8::try_from(row / place % 26).unwrap());
        [1, 26, 676].map(letter).iter().collect()
    };
    let rows: String = (0..2_000)
        .map(|row| format!("B{} M{},01/01/2015\n", letters(row), letters(row)))
        .collect();
    let list = format!("Name,DOB\n{rows}");
    crate::imports::send(&mut browser, "list.csv", &list, &[])
        .expect(422)
        .says("different children of the list were born on 1 January 2015");
    let same = format!("Name,DOB\n{}", "Ada Moss,03/04/2015\n".repeat(5_000));
    assert_eq!(figures(&take(&mut browser, &same)), [1, 0, 4_999, 0, 0, 0]);
}

#[test]
fn what_a_list_tells_of_a_held_child_and_is_not_added_is_said() {
    let app = TestApp::start();
    let mut manager = app.signed_in(MANAGER);
    const HEADINGS: &str = "Name,DOB,UPN,Parent name\n";
    take(
        &mut manager,
        &[HEADINGS, "Ada Moss,03/04/2015,,Sam Moss\n"].concat(),
    );
    let again = take(
        &mut manager,
        &[HEADINGS, "Ada Moss,03/04/2015,B801200005001,Alex Reed\n"].concat(),
    );
    again
        .says("The list has the UPN B801200005001, and the record of C-")
        .says("The list names Alex Reed, who is not on the child’s record");
    let same = take(
        &mut manager,
        &[HEADINGS, "Ada Moss,03/04/2015,,SAM MOSS\n"].concat(),
    );
    same.keeps_quiet_about("who is not on the child’s record");
}
