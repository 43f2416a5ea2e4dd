//! A list answers no questions about a child whom its sender may not see.

use super::{count, figures, take};
use crate::app::{MANAGER, OFFICER, TestApp};
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
