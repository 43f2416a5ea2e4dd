//! A list answers no questions about a child whom its sender may not see.

use diesel::prelude::*;
use hearth::db::schema::{child, unplaced_row};

use super::{count, figures, take};
use crate::app::{MANAGER, OFFICER, OTHER, TestApp};
use crate::imports::send;

const HEADINGS: &str = "Name,DOB,UPN,Address,Postcode\n";
const HELD: &str = "Ada Moss,03/04/2015,B801200005001,1 High Street,AA3 1AB\n";

fn with_a_hidden_child() -> TestApp {
    let app = TestApp::start();
    let mut manager = app.signed_in(MANAGER);
    take(&mut manager, &[HEADINGS, HELD].concat());
    let child = manager.open("/children").link("Moss");
    manager
        .open(&child)
        .form("/restriction")
        .set("restricted", "yes")
        .send(&mut manager)
        .expect(200);
    app.signed_in(OFFICER).open(&child).expect(404);
    app
}

#[test]
fn whoever_fishes_reads_of_a_new_child() {
    for fished in [
        HELD,
        "Ada Moss,03/04/2015,,1 High Street,AA3 1AB\n",
        "Ada Moss,03/04/2015,,2 Low Road,AA9 9ZZ\n",
        "Ada Moss,03/04/2015,B801200005001,2 Low Road,AA9 9ZZ\n",
        "Eda Moss,03/04/2015,B801200005001,2 Low Road,AA9 9ZZ\n",
        "Bo Vale,01/02/2012,B801200005001,2 Low Road,AA9 9ZZ\n",
        "Ada Moss,03/04/2015,,2 Low Road,AA9 9ZZ\nAda Moss,03/04/2015,,2 Low Road,AA9 9ZZ\n",
    ] {
        let list = [HEADINGS, fished].concat();
        let app = with_a_hidden_child();
        let fresh = TestApp::start();
        let mut officer = app.signed_in(OFFICER);
        let mut stranger = fresh.signed_in(OFFICER);
        let trial = |browser: &mut crate::browser::Browser| {
            send(browser, "list.csv", &list, &[("dry_run", "yes")])
                .expect(200)
                .words()
        };
        assert_eq!(
            trial(&mut officer),
            trial(&mut stranger),
            "a trial: {fished}"
        );
        let (told, plain) = (take(&mut officer, &list), take(&mut stranger, &list));
        assert_eq!(figures(&told), figures(&plain), "{fished}");
        let words = told.words();
        for name in [" C-", "(C-", " Q-"] {
            assert!(!words.contains(name), "{fished}: {words}");
        }
        told.keeps_quiet_about("look at it");
        let file = |browser: &mut crate::browser::Browser, page: &crate::browser::Page| {
            browser.open(&page.link("1 as a file")).expect(200).text
        };
        assert_eq!(
            file(&mut officer, &told),
            file(&mut stranger, &plain),
            "{fished}"
        );
        // And when it is sent again.
        let (told, plain) = (take(&mut officer, &list), take(&mut stranger, &list));
        assert_eq!(figures(&told), figures(&plain), "again: {fished}");
        officer.open("/lapses").keeps_quiet_about("Rows of a list");
        assert_eq!(count(&app, "claimed_address"), 0, "{fished}");
        assert_eq!(
            count(&app, "address WHERE lived_to IS NOT NULL"),
            0,
            "{fished}"
        );
    }
}

#[test]
fn a_manager_is_asked_instead() {
    let app = with_a_hidden_child();
    let mut officer = app.signed_in(OFFICER);
    let list = [HEADINGS, "Ada Moss,03/04/2015,,2 Low Road,AA9 9ZZ\n"].concat();
    let told = take(&mut officer, &list);
    let place = officer.open("/imports").link("I-");
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open(&place).expect(200);
    page.says("This may be a child on the register");
    let row = page.link("Q-");
    officer.open(&row).expect(404);
    manager.open(&row).expect(200).says("Ada Moss");
    told.keeps_quiet_about("This may be a child");
    assert_eq!(
        count(&app, "duty WHERE kind = 'rows_of_list' AND state = 'open'"),
        1
    );
}

fn restrict(app: &TestApp, child: &str) {
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open(child).expect(200);
    page.form("/restriction")
        .set("restricted", "yes")
        .send(&mut manager)
        .expect(200);
    app.signed_in(OFFICER).open(child).expect(404);
}

/// The page of the child with these given names.
fn named(app: &TestApp, given_names: &str) -> String {
    let child = app.read(|conn| {
        Ok(child::table
            .filter(child::given_names.eq(given_names))
            .select(child::reference)
            .first::<String>(conn)?)
    });
    format!("/children/{child}")
}

fn answer_another(browser: &mut crate::browser::Browser, row: &str) -> crate::browser::Page {
    let form = browser.open(row).expect(200).form(&format!("{row}/answer"));
    form.set("answer", "another_child")
        .send(browser)
        .expect(200)
}

#[test]
fn an_answer_tells_nothing_of_whoever_was_hidden_since() {
    let list = |given: &str, upn: &str, notes: &str| {
        format!(
            "Forename,Surname,DOB,UPN,Postcode,Notes\n{given},Reed,03/04/2015,{upn},M1 1AA,{notes}\n"
        )
    };
    const UPN: &str = "B801200005001";
    for (hidden, asked) in [(("Jon", ""), ("Jon", "")), (("Bo", UPN), ("Jon", UPN))] {
        let scene = |is_hidden: bool| {
            let app = TestApp::start();
            let mut officer = app.signed_in(OFFICER);
            take(&mut officer, &list("Jonathan", "", ""));
            let row = take(&mut officer, &list(asked.0, asked.1, "a")).link("Q-");
            if is_hidden {
                let mut manager = app.signed_in(MANAGER);
                let page = take(&mut manager, &list(hidden.0, hidden.1, "b"));
                if page.words().contains("Q-") {
                    answer_another(&mut manager, &page.link("Q-"));
                }
                restrict(&app, &named(&app, hidden.0));
            }
            let told = answer_another(&mut officer, &row);
            let again = officer.open(&row).expect(200);
            let figures = figures(&take(&mut officer, &list(asked.0, asked.1, "a")));
            let words = |page: &crate::browser::Page| {
                let words = page.words();
                let keep = |word: &&str| !word.contains("-") && !word.contains(":");
                words
                    .split_whitespace()
                    .filter(keep)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            (app, words(&told), words(&again), figures)
        };
        let (app, told, again, figures) = scene(true);
        let (_, plain, plain_again, plain_figures) = scene(false);
        assert_eq!(told, plain, "{hidden:?}");
        assert_eq!(again, plain_again, "{hidden:?}");
        assert_eq!(figures, plain_figures, "{hidden:?}");
        assert_eq!(count(&app, "child"), 2);

        assert_eq!(
            count(&app, "unplaced_row WHERE answer IS NULL"),
            1,
            "{hidden:?}"
        );
        let asked = app.read(|conn| {
            Ok(unplaced_row::table
                .filter(unplaced_row::answer.is_null())
                .select(unplaced_row::reference)
                .first::<String>(conn)?)
        });
        let asked = format!("/rows/{asked}");
        app.signed_in(OFFICER).open(&asked).expect(404);
        answer_another(&mut app.signed_in(MANAGER), &asked);
        assert_eq!(count(&app, "child"), 3);
        assert_eq!(
            count(&app, "duty WHERE kind = 'rows_of_list' AND state = 'open'"),
            0
        );
    }
}

#[test]
fn what_a_stranger_would_be_asked_is_asked_however_it_is_with_a_hidden_child() {
    for fished in [
        // The second is like the first one, whoever that is.
        "Ada Moss,03/04/2015,,1 High Street,AA3 1AB\nAdda Moss,03/04/2015,,1 High Street,AA3 1AB\n",
        // And like nobody, but for a number that a hidden child has.
        "Zelda Quirk,01/01/2014,,1 Low Road,AA3 1AB\nZelds Quirk,01/01/2014,B801200005001,1 Low Road,AA3 1AB\n",
    ] {
        let list = [HEADINGS, fished].concat();
        let app = with_a_hidden_child();
        let fresh = TestApp::start();
        let mut officer = app.signed_in(OFFICER);
        let mut stranger = fresh.signed_in(OFFICER);
        let trial = |browser: &mut crate::browser::Browser| {
            send(browser, "list.csv", &list, &[("dry_run", "yes")])
                .expect(200)
                .words()
        };
        assert_eq!(trial(&mut officer), trial(&mut stranger), "{fished}");
        let (told, plain) = (take(&mut officer, &list), take(&mut stranger, &list));
        assert_eq!(figures(&told), figures(&plain), "{fished}");
        let (asked, plainly_asked) = (told.link("Q-"), plain.link("Q-"));
        let (answered, plainly) = (
            answer_another(&mut officer, &asked),
            answer_another(&mut stranger, &plainly_asked),
        );
        assert_eq!(answered.status, plainly.status, "{fished}");
        let again = |browser: &mut crate::browser::Browser| figures(&take(browser, &list));
        assert_eq!(
            again(&mut officer),
            again(&mut stranger),
            "sent again: {fished}"
        );
    }
}

#[test]
fn an_answer_that_names_a_hidden_child_is_read_by_who_may_see_them() {
    let app = with_a_hidden_child();
    let mut officer = app.signed_in(OFFICER);
    let page = take(&mut officer, "Name,DOB\nBo Vale,31/02/2015\n");
    let row = page.link("Q-");
    let hidden = named(&app, "Ada").replace("/children/", "");
    let mut manager = app.signed_in(MANAGER);
    let asked = manager.open(&row);
    let form = asked
        .form(&format!("{row}/answer"))
        .set("answer", "dealt_with");
    let form = form
        .set("because", "Now at the refuge")
        .set("child", &hidden);
    form.send(&mut manager).expect(200);
    manager.open(&row).says("Now at the refuge");
    let read = officer.open(&row).expect(200);
    read.keeps_quiet_about("refuge");
    read.keeps_quiet_about(&hidden);
}

#[test]
fn a_mended_row_is_mended_whoever_it_meets() {
    let mended = |app: &TestApp| {
        let mut officer = app.signed_in(OFFICER);
        let page = take(&mut officer, "Name,DOB\nAdda Moss,31/04/2015\n");
        let row = page.link("Q-");
        let file = officer.open(&page.link("Download the refused rows"));
        take(&mut officer, &file.text.replace("31/04/2015", "03/04/2015"));
        let words = officer.open(&row).expect(200).words();
        words.contains("It was mended and sent again")
    };
    assert!(mended(&TestApp::start()));
    assert!(mended(&with_a_hidden_child()));
}

#[test]
fn a_parent_of_a_hidden_child_is_nobody_to_whoever_may_not_see_the_child() {
    const PARENTS: &str = "Name,DOB,Parent name,Parent email,Parent phone\n";
    let app = TestApp::start();
    let mut manager = app.signed_in(MANAGER);
    let held = "Ada Moss,03/04/2015,Stefan Moss,stefan@home.example,07700 900593\n";
    take(&mut manager, &[PARENTS, held].concat());
    restrict(&app, &named(&app, "Ada"));
    let mut officer = app.signed_in(OFFICER);
    let invented = "Zoe Quark,05/06/2015,Stefan Moss,stefan@home.example,\n";
    take(&mut officer, &[PARENTS, invented].concat());
    let zoe = officer.open("/children").link("Quark");
    let page = officer.open(&zoe);
    page.says("Stefan Moss").keeps_quiet_about("900593");
}

#[test]
fn whoever_knows_only_the_reference_of_a_row_mends_nothing_by_it() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let page = take(&mut officer, "Name,DOB\nAda Moss,31/02/2015\n");
    let file = officer.open(&page.link("Download the refused rows"));
    let mended = file.text.replace("31/02/2015", "28/02/2015");
    let row = page.link("Q-");
    let mut other = app.signed_in(OTHER);
    other.open(&row).expect(404);
    take(&mut other, &mended);
    assert_eq!(count(&app, "unplaced_row WHERE answer IS NOT NULL"), 0);
    assert_eq!(
        count(&app, "duty WHERE kind = 'rows_of_list' AND state = 'open'"),
        1
    );
}
