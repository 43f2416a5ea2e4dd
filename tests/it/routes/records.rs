//! One record of each kind, so that every address of the routes table can be asked for.

use hearth::access::absence::{self, NewAbsence};
use hearth::access::{AccountKey, Act, accounts, session, sign_in};
use hearth::clock::At;
use hearth::duty::{ladder, lapse, owed};
use hearth::jobs::{Services, runner};
use hearth::mail::returned::{self, Returned};
use hearth::mail::{Courier, MailKind, outbox};
use hearth::policy::calendar_book::{self, OtherDay, SourcedTerm};
use hearth::policy::rulebook;
use hearth::register::episode::{self, Episode};
use hearth::returns::census;
use hearth::rules::codes::{EpisodeKind, Source};
use hearth::rules::identifiers::{EmailAddress, Reference};
use hearth::rules::terms::Term;
use hearth::web::routes::Route;

use crate::app::{ASHDALE, BEGINNING, OFFICER, OTHER, TestApp, moment};
use crate::browser::Browser;
use crate::imports;
use crate::register_scene::{allocate, checks, child, day, notify, sweep};

/// As a machine names files: longer than a column, with no place to break.
const LONG_NAME: &str = "home_education_export_ashdale_20261123T090000Z_final_version_2_checked_by_the_team_and_then_again_really_final.csv";

/// A running program with one record of each kind, all of one authority.
pub struct Records {
    pub app: TestApp,
    child: String,
    episode: String,
    check: String,
    lapse: String,
    /// A return: a duty about no child.
    duty: String,
    notification: String,
    import: String,
    /// A row of it that has no place.
    row: String,
    absence: String,
    mail: String,
    /// One that came in and that nobody could place.
    message: String,
    told: String,
    day: String,
    term: String,
    password_link: String,
    parent_link: String,
    parent: String,
}

impl Records {
    pub fn new() -> Self {
        let app = TestApp::start();
        let now = moment(BEGINNING);
        let ada = child(&app, OFFICER, "Ada", "Field", "2015-04-03");
        allocate(&app, &ada, OFFICER);
        sweep(&app, OFFICER);
        let lapsed = checks(&app, &ada)
            .into_iter()
            .find_map(|check| {
                let lapse = app.read(|conn| lapse::of_duty(conn, check.key));
                lapse.map(|lapse| (check, lapse))
            })
            .expect("a lapse");
        let ours = app.eyes(OFFICER);
        let episode =
            app.write(|tx| episode::add(&mut Act::new(tx, &ours, At::of(now)), ada.key, &plan()));
        let (parent, parent_account) = parent(&app, "parent@home.example");
        let notification = notify(&app, Some(parent_account));
        let officer = app.account(OFFICER);
        let password_link = app.write(|tx| {
            let account = accounts::by_key(tx, officer)?;
            sign_in::password_link(&mut Act::new(tx, &ours, At::of(now)), &account)
        });
        let parent_link = link_of(&app, "another@home.example");
        let (day, term) = calendar(&app);
        let (mail, told) = mails(&app);
        let (import, row) = import(&app);
        Self {
            child: ada.reference.to_string(),
            episode: episode.to_string(),
            check: lapsed.0.reference.to_string(),
            lapse: lapsed.1.reference.to_string(),
            duty: census_return(&app),
            notification: notification.to_string(),
            import,
            row,
            absence: absence(&app),
            mail,
            message: message(&app),
            told,
            day,
            term,
            password_link,
            parent_link,
            parent,
            app,
        }
    }

    /// The route's address, with a record of ours for each placeholder.
    pub fn address(&self, route: &Route) -> String {
        fill(route.path, |before, name| match (before, name) {
            ("/children/", "reference") => &self.child,
            ("/checks/", "reference") => &self.check,
            ("/lapses/", "reference") => &self.lapse,
            ("/duties/", "reference") => &self.duty,
            ("/notifications/" | "/family/notifications/", "reference") => &self.notification,
            ("/imports/", "reference") => &self.import,
            ("/rows/", "reference") => &self.row,
            ("/absences/", "reference") => &self.absence,
            ("/admin/mail/", "reference") => &self.mail,
            ("/admin/mail/messages/", "reference") => &self.message,
            ("/told/", "reference") => &self.told,
            ("/family/notify/children/", "child") => "1",
            ("/notify/", "authority") => ASHDALE,
            ("/notify/link/", "link") => &self.parent_link,
            ("/password/", "link") => &self.password_link,
            (_, "episode") => &self.episode,
            ("/admin/calendar/days/", "reference") => &self.day,
            ("/admin/calendar/terms/", "reference") => &self.term,
            ("/admin/policy/", "key") => "first_contact",
            ("/assets/", "name") => "colour-1d70b8.css",
            _ => panic!(
                "{}: the test has no {{{name}}}; add one to its records",
                route.path
            ),
        })
    }

    /// A browser in which somebody is signed in, without the page for it.
    pub fn browser_of(&self, who: Somebody) -> Browser {
        let token = match who {
            Somebody::Nobody => return self.app.browser(),
            Somebody::Staff(email) => {
                let account = self.app.account(email);
                let now = moment(BEGINNING);
                self.app.write(|tx| session::begin(tx, account, now))
            }
            Somebody::TheParent => self.parent.clone(),
            Somebody::AnotherParent => parent(&self.app, "stranger@home.example").0,
        };
        let mut browser = self.app.browser();
        browser.set_cookie("hearth_session", Some(&token));
        browser
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Somebody {
    Nobody,
    Staff(&'static str),
    /// The parent who sent the notification.
    TheParent,
    /// A parent of the same authority whose children are not on the register.
    AnotherParent,
}

/// A path with something for each of its placeholders; `with` is given what stands before it and its name.
pub fn fill<'a>(path: &str, with: impl Fn(&str, &str) -> &'a str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("a closing bracket");
        filled.push_str(before);
        filled.push_str(with(before, name));
        rest = after;
    }
    filled + rest
}

fn plan() -> Episode {
    Episode {
        kind: EpisodeKind::Cin,
        category: None,
        started_on: day("2026-10-01"),
        ended_on: None,
        source: Source::SocialCare,
        contact: String::new(),
    }
}

fn message(app: &TestApp) -> String {
    let ashdale = app.authority(ASHDALE);
    let raw = b"From: somebody@elsewhere.example\r\nSubject: Hello\r\n\r\nA letter.\r\n";
    let now = moment(BEGINNING);
    let taken = app.write(|tx| returned::take(tx, raw, Some(ashdale), now));
    match taken {
        Returned::Unplaced(kept) => kept.reference,
        other => panic!("{other:?}"),
    }
}

/// The session and the account of a parent who followed the link in a mail.
pub fn parent(app: &TestApp, email: &str) -> (String, AccountKey) {
    let link = link_of(app, email);
    let now = moment(BEGINNING);
    let token = app.write(|tx| sign_in::with_parent_link(tx, &link, now));
    let signed_in = app.read(|conn| session::find(conn, &token, now));
    let account = signed_in.expect("a session").viewer.account();
    (token, account.expect("an account"))
}

fn link_of(app: &TestApp, email: &str) -> String {
    let (authority, now) = (app.authority(ASHDALE), moment(BEGINNING));
    let email = EmailAddress::parse(email).expect("an address");
    app.write(|tx| sign_in::parent_link(tx, authority, &email, now))
        .expect("not too many links")
}

/// A list that the officer sent, with rows that were refused.
fn import(app: &TestApp) -> (String, String) {
    let mut browser = app.signed_in(OFFICER);
    let answer = imports::send(&mut browser, LONG_NAME, imports::REAL_LIFE, &[]).expect(303);
    let (_, reference) = answer.headers["location"]
        .rsplit_once('/')
        .expect("its page");
    let page = browser.open(&format!("/imports/{reference}"));
    let row = page
        .all("tbody th")
        .into_iter()
        .find(|row| row.starts_with("Q-"));
    (reference.to_owned(), row.expect("a row that was refused"))
}

/// The next census return that the authority owes.
fn census_return(app: &TestApp) -> String {
    let authority = app.eyes(OFFICER).authority();
    let now = moment(BEGINNING);
    app.write(|tx| {
        let rulebook = rulebook::load(tx, authority, now.date())?;
        census::owe(tx, authority, &rulebook, hearth::clock::At::of(now))
    });
    let owed = app.read(|conn| owed::about_no_child(conn, authority));
    owed.first().expect("a return").reference.to_string()
}

/// The officer is away next week.
fn absence(app: &TestApp) -> String {
    let of = |email| {
        let key = app.account(email);
        let account = app.read(|conn| accounts::by_key(conn, key));
        Reference::parse(&account.reference).expect("a reference")
    };
    let new = NewAbsence {
        account: of(OFFICER),
        delegate: of(OTHER),
        starts_on: day("2026-11-30"),
        ends_on: day("2026-12-04"),
    };
    let (today, now) = (day("2026-11-23"), moment(BEGINNING));
    let ours = app.eyes(OFFICER);
    app.db
        .write_now(|tx| absence::add(&mut Act::new(tx, &ours, At::of(now)), &new, new.ends_on))
        .expect("an absence");
    let authority = app.authority(ASHDALE);
    let listed = app.read(|conn| absence::list(conn, authority, today));
    listed.first().expect("an absence").reference.clone()
}

/// A day off and a school term of the authority.
fn calendar(app: &TestApp) -> (String, String) {
    let (ours, now) = (app.eyes(OFFICER), moment(BEGINNING));
    let off = OtherDay {
        day: day("2027-05-04"),
        is_working: false,
        name: "Day of the council".to_owned(),
        source: "Council".to_owned(),
    };
    let autumn = SourcedTerm {
        term: Term {
            name: "Autumn 2".to_owned(),
            first_day: day("2026-11-02"),
            last_day: day("2026-12-18"),
        },
        source: "Council".to_owned(),
    };
    app.write(|tx| calendar_book::add_day(&mut Act::new(tx, &ours, At::of(now)), &off));
    app.write(|tx| calendar_book::add_term(&mut Act::new(tx, &ours, At::of(now)), &autumn));
    let days = app.read(|conn| calendar_book::days(conn, &ours));
    let terms = app.read(|conn| calendar_book::terms(conn, &ours));
    (days[0].reference.clone(), terms[0].reference.clone())
}

/// A mail that has been waiting since the parent notified, the receipt; and one that tells of a lapse.
fn mails(app: &TestApp) -> (String, String) {
    let authority = app.authority(ASHDALE);
    let now = moment(BEGINNING);
    app.write(|tx| {
        let book = rulebook::load(tx, authority, now.date())?;
        ladder::climb(tx, authority, &book, &app.url, At::of(now))
    });
    let services = Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::from_settings("smtp://127.0.0.1:1", "hearth@ashdale.example")
            .expect("settings"),
        base_url: app.url.clone(),
        late_after: std::time::Duration::from_secs(24 * 3600),
        backups: None,
    };
    runner::deliver_mail(&services);
    let overview = app.read(|conn| outbox::overview(conn, authority));
    let the = |is_digest: bool| {
        let mut held_up = overview.undelivered.iter();
        let mail = held_up.find(|mail| (mail.kind == MailKind::LapseDigest) == is_digest);
        mail.expect("a mail that is held up").reference.clone()
    };
    (the(false), the(true))
}
