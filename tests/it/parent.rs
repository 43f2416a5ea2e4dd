//! A parent at a telephone: asks for the link, opens it from the stored mail, and answers the questions.

use diesel::RunQueryDsl;
use diesel::sql_types::Text;

use super::app::{ASHDALE, TestApp};
use super::browser::{Browser, Form, Page};
use super::shared::reading::Mail;

/// The address of the parent of most journeys.
pub const PARENT: &str = "sam.parent@example.com";

pub fn notified(app: &TestApp) -> Browser {
    let mut browser = arrived(app);
    let page = browser.open("/family/notify");
    let page = fill_in_everything(page, &mut browser);
    page.form("/family/notify/answers")
        .send(&mut browser)
        .expect(200);
    browser
}

pub fn arrived(app: &TestApp) -> Browser {
    arrived_as(app, ASHDALE, PARENT)
}

pub fn arrived_as(app: &TestApp, authority: &str, email: &str) -> Browser {
    let link = ask_for_link(app, authority, email);
    let mut browser = app.browser();
    let page = browser.open(&link).expect(200);
    page.form(&link).send(&mut browser).expect(200);
    browser
}

pub fn ask_for_link(app: &TestApp, authority: &str, email: &str) -> String {
    let mut browser = app.browser();
    let path = format!("/notify/{authority}");
    let page = browser.open(&path).expect(200);
    page.form(&path)
        .set("email", email)
        .send(&mut browser)
        .expect(200);
    link_in_mail(app)
}

pub fn answer(page: Page, browser: &mut Browser, fill: impl FnOnce(Form) -> Form) -> Page {
    fill(page.form(&page.path)).send(browser).expect(200)
}

pub fn fill_in_everything(page: Page, browser: &mut Browser) -> Page {
    let page = fill_in_you(page, browser);
    let page = fill_in_child(page, browser);
    fill_in_the_end(page, browser)
}

pub fn fill_in_you(page: Page, browser: &mut Browser) -> Page {
    let page = answer(page, browser, |form| {
        form.set("name", "Sam Parent").set("telephone", "")
    });
    assert_eq!(page.path, "/family/notify/address");
    answer(page, browser, |form| {
        form.set("line_1", "12 Hill Road")
            .set("town", "Ashdale")
            .set("postcode", "aa3 1ab")
    })
}

pub fn fill_in_name(page: Page, browser: &mut Browser, given: &str, family: &str) -> Page {
    answer(page, browser, |form| {
        form.set("given_names", given).set("family_name", family)
    })
}

pub fn fill_in_child(page: Page, browser: &mut Browser) -> Page {
    let page = fill_in_name(page, browser, "Ada Mary", "Byron");
    let page = answer(page, browser, |form| {
        form.set_date("born", "4", "april", "2015")
    });
    page.says("(optional)");
    let page = answer(page, browser, |form| form);
    let page = answer(page, browser, |form| form.set("relationship", "mother"));
    let page = answer(page, browser, |form| form.set("home", "with_me"));
    assert_eq!(page.path, "/family/notify/children/1/school");
    let page = answer(page, browser, |form| form);
    answer(page, browser, |form| form.set("reason", "not_given"))
}

pub fn fill_in_the_end(page: Page, browser: &mut Browser) -> Page {
    assert_eq!(page.path, "/family/notify/children");
    let page = page
        .form("/family/notify/children")
        .set("another", "no")
        .send(browser)
        .expect(200);
    assert_eq!(page.path, "/family/notify/contact");
    answer(page, browser, |form| form.set("preference", "by letter"))
}

#[derive(diesel::QueryableByName)]
struct Stored {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    body_text: String,
    #[diesel(sql_type = Text)]
    body_html: String,
}

impl Stored {
    fn mail(&self) -> Mail {
        let (subject, text, html) = (&self.subject, &self.body_text, &self.body_html);
        Mail::of(&format!(
            "Subject: {subject}\r\nContent-Type: multipart/alternative; boundary=part\r\n\r\n\
             --part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
             --part\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--part--\r\n"
        ))
    }
}

/// The mails of the outbox as they will be read, the oldest first.
pub fn mails(app: &TestApp) -> Vec<Mail> {
    let query = "SELECT subject, body_text, body_html FROM outgoing_mail ORDER BY id";
    let mails: Vec<Stored> = app.read(|conn| Ok(diesel::sql_query(query).load(conn)?));
    mails.iter().map(Stored::mail).collect()
}

pub fn newest_mail(app: &TestApp) -> Mail {
    mails(app).pop().expect("a mail")
}

pub fn link_in_mail(app: &TestApp) -> String {
    let mail = newest_mail(app);
    let link = mail
        .text
        .split_whitespace()
        .find(|word| word.contains("/notify/link/"));
    link.expect("a link")
        .strip_prefix(&app.url)
        .expect("a link to us")
        .to_owned()
}
