//! Rows about one child: a row a spell, a row a contact, a row a visit; in any order, in one file or in many.

use super::{count, figures, registrations, take};
use crate::app::{MANAGER, OFFICER, TestApp};

const HEADINGS: &str = "Case number,Forename,Surname,DOB,Postcode,EHE status,Closed on,Closure reason,EHE start date\n";
const FIRST: &str =
    "77,Ada,Moss,03/04/2015,M1 1AA,Closed,01/09/2025,Returned to school,01/09/2023\n";
const SECOND: &str = "77,Ada,Moss,03/04/2015,M1 1AA,Current,,,01/10/2026\n";

fn expected() -> Vec<(String, String, Option<String>)> {
    let ada = |since: &str, until: Option<&str>| {
        (
            "Ada Moss".to_owned(),
            since.to_owned(),
            until.map(str::to_owned),
        )
    };
    vec![
        ada("2023-09-01", Some("2025-09-01")),
        ada("2026-10-01", None),
    ]
}

#[test]
fn two_spells_make_one_history_whatever_their_order_and_files() {
    for files in [
        vec![[HEADINGS, FIRST, SECOND].concat()],
        vec![[HEADINGS, SECOND, FIRST].concat()],
        vec![[HEADINGS, FIRST].concat(), [HEADINGS, SECOND].concat()],
        vec![[HEADINGS, SECOND].concat(), [HEADINGS, FIRST].concat()],
    ] {
        let app = TestApp::start();
        let mut browser = app.signed_in(OFFICER);
        for file in &files {
            take(&mut browser, file);
        }
        assert_eq!(registrations(&app), expected(), "{files:?}");
        let page = browser.open("/children").expect(200);
        page.says("Moss");
        let open = "duty WHERE child_id IS NOT NULL AND state = 'open'";
        assert_eq!(count(&app, open), 1, "the first check is owed: {files:?}");
        // And once more, all of it: nothing changes.
        for file in &files {
            let [new, changed, known, closed, look_at, refused] =
                figures(&take(&mut browser, file));
            assert_eq!((new, changed, closed, look_at, refused), (0, 0, 0, 0, 0));
            assert!(known > 0);
        }
        assert_eq!(registrations(&app), expected());
    }
}

#[test]
fn two_spells_that_are_over_leave_a_closed_record() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let later = "77,Ada,Moss,03/04/2015,M1 1AA,Closed,01/11/2026,Moved away,01/10/2026\n";
    let page = take(&mut browser, &[HEADINGS, later, FIRST].concat());
    assert_eq!(figures(&page), [0, 1, 0, 1, 0, 0]);
    assert_eq!(registrations(&app).len(), 2);
    browser.open("/children").keeps_quiet_about("Moss");
    browser.open("/children?status=any").says("Moss");
}

#[test]
fn a_row_a_contact_and_a_row_a_visit_are_one_child() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Forename,Surname,DOB,Postcode,Parent name,Parent email,Date of last visit\n\
        Ada,Moss,03/04/2015,M1 1AA,Jo Vale,jo@mail.example,01/05/2026\n\
        Ada,Moss,03/04/2015,M1 1AA,Pat Vale,pat@mail.example,02/09/2026\n\
        Ada,Moss,03/04/2015,M1 1AA,Jo Vale,jo@mail.example,03/06/2025\n";
    assert_eq!(figures(&take(&mut browser, list)), [1, 0, 2, 0, 0, 0]);
    let child = browser.open("/children").link("Moss");
    let page = browser.open(&child).expect(200);
    page.says("Jo Vale").says("Pat Vale");
    browser
        .open(&format!("{child}/timeline"))
        .says("The list has a last visit on 2 September 2026")
        .says("from lines 2, 3, 4 of a list")
        .says("Found in lists");
}

#[test]
fn a_closed_record_that_a_list_has_as_current_is_asked_about_and_opens_again() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    take(&mut officer, &[HEADINGS, FIRST].concat());
    let current = "77,Ada,Moss,03/04/2015,M1 1AA,Current,,,\n";
    let page = take(&mut officer, &[HEADINGS, current].concat());
    assert_eq!(figures(&page), [0, 0, 0, 0, 1, 0]);
    page.says("The record is closed, and the list has the child as current");
    let row = page.link("Q-");
    let page = officer.open(&row).expect(200);
    page.form(&format!("{row}/answer"))
        .set("answer", "back")
        .send(&mut officer)
        .expect(200);
    officer.open("/children").says("Moss");
    assert_eq!(
        registrations(&app)
            .iter()
            .filter(|it| it.2.is_none())
            .count(),
        1
    );
    assert_eq!(
        count(&app, "duty WHERE kind = 'rows_of_list' AND state = 'open'"),
        0
    );
    app.signed_in(MANAGER)
        .open(&row)
        .says("The child is on the register again");
}

#[test]
fn an_open_record_that_a_list_has_as_closed_is_asked_about_and_stays_open() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    take(&mut officer, &[HEADINGS, SECOND].concat());
    let ended = "77,Ada,Moss,03/04/2015,M1 1AA,Closed,01/11/2026,Moved away,01/10/2026\n";
    let page = take(&mut officer, &[HEADINGS, ended].concat());
    assert_eq!(figures(&page), [0, 0, 0, 0, 1, 0]);
    officer.open("/children").says("Moss");
    let row = page.link("Q-");
    officer
        .open(&row)
        .form(&format!("{row}/answer"))
        .set("answer", "dealt_with")
        .send(&mut officer)
        .expect(422)
        .says("Say what was done about it");
    officer
        .open(&row)
        .form(&format!("{row}/answer"))
        .set("answer", "dealt_with")
        .set(
            "because",
            "The family still educates at home, says the mother",
        )
        .send(&mut officer)
        .expect(200);
    // The very same row is not asked about again.
    let page = take(&mut officer, &[HEADINGS, ended].concat());
    assert_eq!(figures(&page), [0, 0, 0, 0, 1, 0]);
    assert_eq!(count(&app, "unplaced_row"), 1);
    assert_eq!(
        count(&app, "duty WHERE kind = 'rows_of_list' AND state = 'open'"),
        0
    );
}

#[test]
fn another_first_day_of_a_time_that_lasts_is_said() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = |day: &str| {
        format!("Forename,Surname,DOB,Status,Registered on\nAva,Stone,01/02/2014,Current,{day}\n")
    };
    take(&mut browser, &list("01/09/2021"));
    let again = take(&mut browser, &list("01/09/2023"));
    assert_eq!(figures(&again), [0, 0, 1, 0, 0, 0]);
    again.says("on the register since 1 September 2023, and the record since 1 September 2021");
    take(&mut browser, &list("01/09/2021")).keeps_quiet_about("and the record since");
}
