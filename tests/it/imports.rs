//! Sending a list in the browser: a trial, the list in earnest, the rows to mend, and what is no list.

use super::app::{MANAGER, OFFICER, OTHER, TestApp};
use super::browser::{Browser, Page};
use super::shared::archives;
use hearth::intake::csv::mapping::Mapping;
use hearth::intake::list_import::{self, Order, Progress, Whose};

pub const REAL_LIFE: &str = include_str!("../files/list/real_life.csv");

/// Sends the form of `/imports` as a browser does; a form with a file is not urlencoded.
pub fn send(browser: &mut Browser, file_name: &str, file: &str, answers: &[(&str, &str)]) -> Page {
    send_bytes(browser, file_name, file.as_bytes(), answers)
}

fn send_bytes(
    browser: &mut Browser,
    file_name: &str,
    file: &[u8],
    answers: &[(&str, &str)],
) -> Page {
    let form = browser.open("/imports").form("/imports");
    let csrf = form.value("csrf").expect("a token").to_owned();
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        let head = format!("--edge\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    };
    part("name=\"csrf\"", csrf.as_bytes());
    for (name, value) in answers {
        part(&format!("name=\"{name}\""), value.as_bytes());
    }
    part(&format!("name=\"file\"; filename=\"{file_name}\""), file);
    body.extend(b"--edge--\r\n");
    post(browser, &body)
}

fn post(browser: &mut Browser, body: &[u8]) -> Page {
    let headers = [
        ("content-type", "multipart/form-data; boundary=edge"),
        ("sec-fetch-site", "same-origin"),
    ];
    browser.request_of_bytes("POST", "/imports", Some(body), &headers)
}

#[test]
fn a_workbook_is_read_and_the_sheet_asked_for_when_there_are_two() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let cell = |words: &str| format!("<c t=\"inlineStr\"><is><t>{words}</t></is></c>");
    let row = |words: [&str; 3]| format!("<row>{}</row>", words.map(cell).concat());
    let sheet = |name: &str| row(["Forename", "Surname", "DOB"]) + &row([name, "Moss", "3/4/2015"]);
    let (north, south) = (sheet("Ada"), sheet("Bo"));
    let sheets = [("North", north.as_str()), ("South", south.as_str())];
    let file = archives::excel(&sheets, "", "");
    let page = send_bytes(&mut browser, "list.xlsx", &file, &[("dry_run", "yes")]).expect(422);
    page.says("Several sheets of this workbook are lists of children: North, South")
        .says("Which sheet of the workbook");
    let answers = [("dry_run", "yes"), ("sheet", "South")];
    let page = send_bytes(&mut browser, "list.xlsx", &file, &answers).expect(200);
    page.says("list.xlsx (Excel workbook, sheet ‘South’)")
        .says("Of this workbook one sheet was read. Not read: ‘North’.");
    assert_eq!(
        page.form("/imports").value("sheet"),
        Some("South"),
        "the form means the same when it is sent again"
    );
}

#[test]
fn a_trial_comes_first_and_changes_nothing() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let page = browser.open("/imports").expect(200);
    assert_eq!(page.h1(), "Import a list");
    assert_eq!(
        page.form("/imports").value("dry_run"),
        Some("yes"),
        "a trial unless somebody takes the tick away"
    );
    let page = send(&mut browser, "list.csv", REAL_LIFE, &[("dry_run", "yes")]).expect(200);
    assert_eq!(page.h1(), "What the list would do");
    page.says("Nothing has been changed")
        .says("31 February 2015 is not a real date");
    browser
        .open("/children?status=any")
        .keeps_quiet_about("Moss");
    browser
        .open("/imports")
        .keeps_quiet_about("Earlier imports");
}

#[test]
fn a_list_goes_in_and_its_refused_rows_come_back_as_a_file() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let answer = send(&mut browser, "C:\\lists\\list.csv", REAL_LIFE, &[]).expect(303);
    let place = answer.headers["location"].clone();
    let page = browser.open(&place).expect(200);
    assert_eq!(page.h1(), "What became of the list");
    page.says("3 children are new on the register")
        .says("list.csv (UTF-8, comma)")
        .says("31/02/2015")
        .says("belongs to the authority with the code 992");
    let file = browser
        .open(&page.link("Download the refused rows"))
        .expect(200);
    assert!(
        file.text.contains("Lark") && !file.text.contains("Moss"),
        "{}",
        file.text
    );
    assert!(file.headers["content-disposition"].contains("attachment"));
    browser.open("/search?q=moss").says("Ada");
    browser
        .open("/imports")
        .says("Earlier imports")
        .says("Olu Officer");
}

#[test]
fn another_authority_sees_nothing_of_it() {
    let app = TestApp::start();
    let place =
        send(&mut app.signed_in(OFFICER), "list.csv", REAL_LIFE, &[]).headers["location"].clone();
    let mut elsewhere = app.signed_in("officer@brackwater.example");
    elsewhere.open(&place).expect(404);
    elsewhere.open(&format!("{place}/refused.csv")).expect(404);
    elsewhere.open("/imports").keeps_quiet_about("list.csv");
}

#[test]
fn headings_that_nobody_knows_can_be_mapped_on_the_page() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Surname,Forename,Arrived,Wibble\nMoss,Ada,03/04/2015,7\n";
    let page = send(&mut browser, "list.csv", list, &[("dry_run", "yes")]).expect(422);
    assert_eq!(page.errors().len(), 1);
    page.says("There is none for: date of birth")
        .says("Arrived");
    let answers = [
        ("heading", "Surname"),
        ("column", ""),
        ("heading", "Arrived"),
        ("column", "date_of_birth"),
        ("dry_run", "yes"),
    ];
    let page = send(&mut browser, "list.csv", list, &answers).expect(200);
    page.says("New on the register 1").says("Wibble");
    let wrong = [("heading", "Arrived"), ("column", "nonsense")];
    send(&mut browser, "list.csv", list, &wrong)
        .expect(422)
        .says("‘nonsense’ is not a column");
}

#[test]
fn what_was_mapped_for_the_trial_is_still_mapped_when_it_counts() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list =
        "Surname,Forename,DOB,Arrived,Wibble,Wobble,Wibble\nMoss,Ada,03/04/2015,01/09/2024,7,x,8\n";
    let answers = [
        ("heading", "Arrived"),
        ("column", "registered_on"),
        ("heading", "Wobble"),
        ("column", "ignore"),
        ("dry_run", "yes"),
    ];
    let trial = send(&mut browser, "list.csv", list, &answers).expect(200);
    trial.says("Arrived home educated since");
    let headings = ["Arrived", "Wibble", "Wobble"];
    let columns = ["registered_on", "", "ignore"];
    let form = trial.form("/imports");
    assert_eq!(form.values("heading"), headings);
    assert_eq!(form.values("column"), columns);
    let pairs = form
        .values("heading")
        .into_iter()
        .zip(form.values("column"));
    let again: Vec<_> = pairs
        .flat_map(|(heading, column)| [("heading", heading), ("column", column)])
        .collect();
    let answer = send(&mut browser, "list.csv", list, &again).expect(303);
    let page = browser.open(&answer.headers["location"]).expect(200);
    page.says("Arrived home educated since");
    let form = page.form("/imports");
    assert_eq!(form.values("heading"), headings);
    assert_eq!(form.values("column"), columns);
}

#[test]
fn any_words_of_a_heading_can_be_mapped() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Surname,Forename,\"Born, or so they say: \"\"day\"\" & <month>; é=1\",Surname\nMoss,Ada,03/04/2015,Lee\n";
    let page = send(&mut browser, "list.csv", list, &[("dry_run", "yes")]).expect(422);
    let form = page.form("/imports");
    let born = "Born, or so they say: \"day\" & <month>; é=1";
    assert_eq!(form.values("heading"), ["Surname", "Forename", born]);
    let pairs = form.values("heading").into_iter().flat_map(|heading| {
        let column = if heading == born { "date_of_birth" } else { "" };
        [("heading", heading), ("column", column)]
    });
    let answers: Vec<_> = pairs.chain([("dry_run", "yes")]).collect();
    let page = send(&mut browser, "list.csv", list, &answers).expect(200);
    page.says("New on the register 1");
    assert_eq!(page.form("/imports").values("heading"), [born]);
}

#[test]
fn a_column_that_repeats_another_is_named() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let list = "Surname,First name,First name,DOB\nMoss,Ada,Wren,03/04/2015\n";
    let page = send(&mut browser, "list.csv", list, &[("dry_run", "yes")]).expect(200);
    page.says("First name given names")
        .says("First name Not read (an earlier column is read as given names)");
}

#[test]
fn one_of_a_kind_is_told_as_one() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    for words in [
        "1 child is new on the register",
        "No child is new on the register",
    ] {
        let list = "Name,DOB\nAda Moss,03/04/2015\n";
        let answer = send(&mut browser, "list.csv", list, &[]).expect(303);
        let page = browser.open(&answer.headers["location"]);
        page.says(words).says("Row read 1");
    }
}

#[test]
fn a_list_is_read_again_by_its_sender_and_by_managers() {
    let app = TestApp::start();
    let mut sender = app.signed_in(OFFICER);
    let answer = send(&mut sender, "list.csv", REAL_LIFE, &[]).expect(303);
    let place = answer.headers["location"].clone();
    app.signed_in(MANAGER).open(&place).expect(200);
    let mut colleague = app.signed_in(OTHER);
    colleague.open(&place).expect(404);
    colleague.open(&format!("{place}/refused.csv")).expect(404);
    colleague.open("/imports").keeps_quiet_about("list.csv");
}

#[test]
fn an_import_that_was_cut_off_is_named_and_sent_again() {
    let app = TestApp::start();
    let ours = app.eyes(OFFICER);
    let order = Order {
        file_name: "cut_off.csv",
        bytes: REAL_LIFE.as_bytes(),
        mapping: &Mapping::default(),
        whose: Whose::One(&ours),
        dry_run: false,
    };
    let cut = std::panic::AssertUnwindSafe(|| {
        list_import::take(&app.db, &order, &app.clock, &mut |progress| {
            assert!(!matches!(progress, Progress::Taken(..)), "the power fails");
        })
    });
    assert!(std::panic::catch_unwind(cut).is_err());
    let mut browser = app.signed_in(MANAGER);
    let page = browser.open("/imports").expect(200);
    page.says("cut_off.csv")
        .says("Not finished: send the file again, what is there already is not taken twice");
    let reference = page.all(".hearth-table tbody th").remove(0);
    let page = browser.open(&page.link(&reference)).expect(200);
    assert_eq!(page.h1(), "This import is not finished");
    page.says("cut_off.csv").says("send the file again");
    browser
        .open(&format!("/imports/{reference}/refused.csv"))
        .expect(200);
    let answer = send(&mut browser, "cut_off.csv", REAL_LIFE, &[]).expect(303);
    browser
        .open(&answer.headers["location"])
        .says("Known, and unchanged 4");
}

#[test]
fn what_is_no_list_is_told_beside_the_field() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    for (name, content, words) in [
        ("", "", "Choose the file to read"),
        ("empty.csv", "", "The file is empty"),
        ("list.xlsx", "PK\u{3}\u{4}\u{14}", "workbook"),
        (
            "prose.csv",
            "Dear all,\nplease find attached.\n",
            "No line of headings",
        ),
    ] {
        let page = send(&mut browser, name, content, &[]).expect(422);
        assert!(
            page.errors()[0].contains(words),
            "{name}: {:?}",
            page.errors()
        );
        page.h1();
    }
    let large = "a,b\n".repeat(6 * 1024 * 1024);
    let page = send(&mut browser, "large.csv", &large, &[]).expect(413);
    page.says("The file must be smaller than 20 MB");
}

#[test]
fn a_form_without_its_token_or_torn_in_two_is_refused() {
    let app = TestApp::start();
    let mut browser = app.signed_in(OFFICER);
    let bare = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"l.csv\"\r\n\r\na,b\r\n--edge--\r\n";
    post(&mut browser, bare.as_bytes()).expect(403);
    post(
        &mut browser,
        b"--edge\r\ncontent-disposition: form-data; name=\"fi",
    )
    .expect(403);
    let answer = browser.request(
        "POST",
        "/imports",
        Some("csrf=x"),
        &[("sec-fetch-site", "same-origin")],
    );
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}

#[test]
fn a_list_that_has_another_address_raises_the_conflict_once_and_moves_nobody() {
    let app = TestApp::start();
    let mut browser = app.signed_in(MANAGER);
    let list = |street: &str, postcode: &str| {
        format!(
            "UPN,Surname,Forename,DOB,Address,Postcode\n\
             B801200005001,Moss,Ada,03/04/2015,\"{street}, Ashdale\",{postcode}\n"
        )
    };
    let take = |browser: &mut Browser, street: &str, postcode: &str| {
        let done = send(browser, "list.csv", &list(street, postcode), &[]).expect(303);
        browser.open(&done.headers["location"]).expect(200)
    };
    take(&mut browser, "1 High Street", "AA3 1AB");
    let child = browser.open("/children").expect(200).link("Moss");
    take(&mut browser, "1, High St", "AA3 1AB").keeps_quiet_about("another address");
    browser
        .open("/children/conflicts")
        .keeps_quiet_about("Moss");

    let trial = list("2 Low Road", "AA3 2AB");
    send(&mut browser, "list.csv", &trial, &[("dry_run", "yes")])
        .expect(200)
        .says("is on the register with another address");
    browser
        .open("/children/conflicts")
        .keeps_quiet_about("Moss");
    take(&mut browser, "2 Low Road", "AA3 2AB").says("is on the register with another address");
    browser.open("/children/conflicts").expect(200).says("Moss");
    let page = browser.open(&child).expect(200);
    page.says("1 High Street").says("2 Low Road");
    take(&mut browser, "2 Low Road", "AA3 2AB").keeps_quiet_about("another address");
    assert_eq!(app.events("991", "address_conflict"), 1);
}
