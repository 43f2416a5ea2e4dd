//! The policy as data: who sets a value, what is refused, and what parents are told.

use hearth::rules::policy::PolicyKey;

use super::app::{ASHDALE, OFFICER, TestApp};

const ADMINISTRATOR: &str = "admin@ashdale.example";

#[test]
fn an_administrator_sets_a_value_and_officers_read_it_with_its_source() {
    let app = TestApp::start();
    let mut admin = app.signed_in(ADMINISTRATOR);
    let overview = admin.open("/admin/policy").expect(200);
    for key in PolicyKey::ALL {
        let mark = if key.is_read() {
            ""
        } else {
            " Not used by Hearth yet"
        };
        overview.says(&format!("{}{mark}", key.label()));
    }
    overview.keeps_quiet_about("Recurring check Not used");
    admin
        .open("/admin/policy/s437_notice")
        .says("Hearth does not use this value yet");
    let page = admin.open("/admin/policy/recurring_check").expect(200);
    page.says("An open check keeps the day that it was given");
    let typed = page
        .form("/admin/policy/recurring_check")
        .set("tier", "green")
        .set("value", "13")
        .set("unit", "month")
        .set_date("from", "1", "12", "2026")
        .set("source", "cabinet of 3 November 2026")
        .set("reason", "We have more officers");
    let refused = typed.send(&mut admin).expect(422);
    refused.says(
        "must be 12 months or fewer (the 2019 guidance recommends contact at least once a year)",
    );
    let again = refused.form("/admin/policy/recurring_check");
    again.set("value", "9").send(&mut admin).expect(200);
    assert_eq!(app.events(ASHDALE, "policy_set"), 1);
    let read = app.signed_in(OFFICER).open("/policy").expect(200);
    read.says("9 months")
        .says("cabinet of 3 November 2026")
        .says("From 1 December 2026")
        .says("We have more officers");
    read.keeps_quiet_about("Change or withdraw");

    let page = admin.open("/admin/policy/recurring_check").expect(200);
    page.form("/withdrawal")
        .set("withdrawn_because", "Entered in error")
        .send(&mut admin)
        .expect(200);
    let read = app.signed_in(OFFICER).open("/policy").expect(200);
    read.keeps_quiet_about("9 months");
}

#[test]
fn what_was_entered_wrongly_today_is_put_right_today() {
    let app = TestApp::start();
    let mut admin = app.signed_in(ADMINISTRATOR);
    let set = |admin: &mut super::browser::Browser, value: &str| {
        let page = admin.open("/admin/policy/first_contact").expect(200);
        page.form("/admin/policy/first_contact")
            .set("tier", "green")
            .set("value", value)
            .set("unit", "working_day")
            .set_date("from", "23", "11", "2026")
            .set("source", "cabinet of 3 November 2026")
            .set("reason", "As decided")
            .send(admin)
            .expect(200);
    };
    set(&mut admin, "2");
    set(&mut admin, "8");
    assert_eq!(app.events(ASHDALE, "policy_corrected"), 1);
    let page = admin.open("/admin/policy/first_contact").expect(200);
    page.says("Green: 8 working days")
        .says("Entered today")
        .says("Green: 2 working days (cabinet of 3 November 2026). An error, put right on the same day");
    page.form("/withdrawal")
        .set("withdrawn_because", "The cabinet has not decided yet")
        .send(&mut admin)
        .expect(200)
        .says("Green: 10 working days");
    set(&mut admin, "9");
    app.go_to("2026-11-24");
    let mut admin = app.signed_in(ADMINISTRATOR);
    let page = admin.open("/admin/policy/first_contact").expect(200);
    assert!(!page.words().contains("Entered today"), "{}", page.words());
    page.says("Green: 9 working days");
}

#[test]
fn the_act_is_off_until_its_day_is_entered() {
    let app = TestApp::start();
    let mut admin = app.signed_in(ADMINISTRATOR);
    let page = admin.open("/admin/policy/cnis-2026").expect(200);
    page.says("is not in force here")
        .says("No date had been announced");
    page.form("/admin/policy/cnis-2026")
        .set_date("day", "1", "9", "2027")
        .set("reason", "SI 2027/1")
        .send(&mut admin)
        .expect(200);
    let page = admin.open("/admin/policy/cnis-2026").expect(200);
    page.says("It is entered to commence on 1 September 2027");
    page.form("/admin/policy/cnis-2026/end")
        .set_date("day", "24", "12", "2026")
        .set("reason", "Entered in error")
        .send(&mut admin)
        .expect(200);
    let page = admin.open("/admin/policy").expect(200);
    page.says("is not in force here, and nothing tells a parent that they must");
}

/// Words with which a text could tell a parent that they must.
const DUTY: &[&str] = &[
    "must",
    "required",
    "requires",
    "have to",
    "has to",
    "need to",
    "duty",
    "duties",
    "obliged",
    "obligation",
    "by law",
    "offence",
    "penalty",
    "compulsory",
];

/// What was read and says of nobody, or of the council, that they must; or that a parent need not.
const REVIEWED: &[&str] = &[
    "The council must try to find out which children in its area do not get a suitable education",
    "section 436A of the Education Act 1996 says that it must try to find out",
    "The authority may have to share it",
    "the child is of compulsory school age",
    "You do not have to agree to a visit",
    // Said while the 2026 Act is not in force: see `Policy::has_commenced`.
    "no parent has a duty to tell a council about home education",
    // What a form says of an answer that cannot be taken.
    "must be in the past",
    // A function's name.
    ".required(",
];

/// Where the words that parents read stand.
const FOR_PARENTS: &[&str] = &[
    "templates/parent",
    "templates/account/sign_in_again.html",
    "templates/email/layout.html",
    "templates/email/receipt",
    "templates/email/acknowledged",
    "templates/email/sign_in_link",
    "src/web/parent",
];

#[test]
fn nothing_tells_a_parent_that_they_must() {
    let mut read = 0;
    for place in FOR_PARENTS {
        for (file, text) in files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(place)) {
            read += 1;
            let words = words_of(&text);
            for duty in DUTY {
                assert!(
                    !has_word(&words, duty),
                    "{file} says “{duty}”: is it for a parent? {words}"
                );
            }
        }
    }
    assert!(read > 30, "only {read} files were read");
    assert!(
        has_word(&words_of("You must tell the council."), "must"),
        "the test can fail"
    );
}

fn files(place: &std::path::Path) -> Vec<(String, String)> {
    if place.is_file() {
        let text = std::fs::read_to_string(place).unwrap();
        return vec![(place.display().to_string(), text)];
    }
    let inside = std::fs::read_dir(place).unwrap();
    inside
        .flat_map(|entry| files(&entry.unwrap().path()))
        .collect()
}

/// The words of a file without its comments and attributes of Rust, and without the phrases that were reviewed.
fn words_of(text: &str) -> String {
    let lines = text.lines().map(str::trim_start);
    let said: Vec<&str> = lines
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter(|line| !line.starts_with("//") && !line.starts_with("#["))
        .filter(|line| !line.contains("characters or fewer"))
        .collect();
    REVIEWED
        .iter()
        .fold(said.join(" "), |words, phrase| words.replace(phrase, ""))
}

fn has_word(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let apart =
        |character: Option<char>| character.is_none_or(|it| !it.is_alphanumeric() && it != '_');
    text.match_indices(word).any(|(place, _)| {
        apart(text[..place].chars().next_back()) && apart(text[place + word.len()..].chars().next())
    })
}

#[test]
fn an_administrator_keeps_the_calendar() {
    let app = TestApp::start();
    let mut admin = app.signed_in(ADMINISTRATOR);
    let page = admin.open("/admin/calendar").expect(200);
    page.says("Boxing Day (substitute day)").says("2028");
    let day = |page: &super::browser::Page, number: &str| {
        page.form("/admin/calendar/days")
            .set_date("day", number, "12", "2026")
            .set("kind", "off")
            .set("day_name", "Day of the council")
            .set("day_source", "The council")
    };
    let refused = day(&page, "5").send(&mut admin).expect(422);
    refused.says("Nobody works on 5 December 2026 anyway");
    let page = day(&refused, "7").send(&mut admin).expect(200);
    page.says("Monday 7 December 2026").says("Day off here");
    let page = page.form("/removal").send(&mut admin).expect(200);
    page.keeps_quiet_about("Day off here");

    let list = "name,first_day,last_day,source\nAutumn 2,2/11/2026,18/12/2026,Council\nSpring 1,4/1/2027,1/1/2027,Council";
    let pasted = page.form("/admin/calendar/term-list").set("list", list);
    let refused = pasted.send(&mut admin).expect(422);
    refused.says("line 3, last_day: The last day must not be before the first");
    let mended = list.replace("1/1/2027", "12/2/2027");
    let again = refused
        .form("/admin/calendar/term-list")
        .set("list", &mended);
    let page = again.send(&mut admin).expect(200);
    page.says("Terms added: 2").says("Spring 1");
    let overlapping = page
        .form("/admin/calendar/terms")
        .set("name", "Spring")
        .set_date("first_day", "12", "2", "2027")
        .set_date("last_day", "19", "2", "2027")
        .set("source", "Council");
    overlapping
        .send(&mut admin)
        .expect(422)
        .says("overlap with Spring 1");
}
