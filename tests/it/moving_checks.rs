//! A check can be moved, but not away; and a child leaves the register only through a door.

use chrono::{Days, NaiveDateTime};
use hearth::access::{Act, Viewer, accounts};
use hearth::clock::At;
use hearth::duty::ladder;
use hearth::duty::owed::DutyState;
use hearth::duty::rest::{self, NewRest};
use hearth::intake::notification;
use hearth::jobs::runner::Stopping;
use hearth::jobs::{Services, runner};
use hearth::mail::Courier;
use hearth::policy::rulebook;
use hearth::register::child;
use hearth::rules::codes::ChildStatus;
use hearth::rules::duty::DutyKind;
use hearth::rules::identifiers::Reference;
use hearth::rules::tier::Tier;
use hearth::visit::check::Check;
use hearth::visit::{booked_elsewhere, postponed};

use super::app::{BEGINNING, BRACKWATER, MANAGER, OFFICER, TestApp, moment};
use super::browser::{Browser, Form};
use super::register_scene::{
    SceneChild, allocate, checks, child, complete, day, notification as notified, notify, sweep,
};

fn scene() -> (TestApp, SceneChild) {
    let app = TestApp::start();
    let ada = child(&app, OFFICER, "Ada Mary", "Field", "2015-04-03");
    allocate(&app, &ada, OFFICER);
    sweep(&app, OFFICER);
    (app, ada)
}

fn now() -> NaiveDateTime {
    moment(BEGINNING)
}

fn open(app: &TestApp, child: &SceneChild, kind: DutyKind) -> Option<Check> {
    let mut all = checks(app, child).into_iter();
    all.find(|check| check.kind == kind && check.state == DutyState::Open)
}

fn the(app: &TestApp, child: &SceneChild, kind: DutyKind) -> Check {
    open(app, child, kind).unwrap_or_else(|| panic!("no open {kind:?}"))
}

fn on(form: Form, day: &str, month: &str, year: &str) -> Form {
    form.set("mode", "phone").set_date("day", day, month, year)
}

#[test]
fn past_the_ceiling_only_a_manager_books_and_a_holiday_tells_the_manager() {
    let (app, ada) = scene();
    let check = the(&app, &ada, DutyKind::SuitabilityDecision);
    let path = format!("/checks/{}/bookings/new", check.reference);
    let mut officer = app.signed_in(OFFICER);
    let page = officer.open(&path).expect(200);
    page.says("You can book this check up to")
        .says("A later day needs a manager");
    let far = on(page.form("/bookings"), "6", "9", "2027").set("reason", "The family is away");
    let refused = far.send(&mut officer).expect(422);
    refused.says("For a later day ask a manager to book it");

    let mut manager = app.signed_in(MANAGER);
    let page = manager.open(&path).expect(200);
    page.keeps_quiet_about("A later day needs a manager");
    let far = on(page.form("/bookings"), "6", "9", "2027").set("reason", "The family is away");
    far.send(&mut manager).expect(200);
    let timeline = manager.open(&ada.path("/timeline")).expect(200);
    timeline
        .says("Put off for the first time")
        .says("A school holiday lies between, 1 August 2027 to 31 August 2027")
        .says("The family is away");

    manager
        .open(&format!("/checks/{}", check.reference))
        .expect(200);
    let authority = app.eyes(MANAGER).authority();
    let told = app.write(|tx| postponed::tell(tx, authority, &app.url, At::of(now())));
    assert_eq!(told, 0, "nobody is written to of what they did themselves");
    assert_eq!(
        the(&app, &ada, DutyKind::SuitabilityDecision).original_due_on,
        check.original_due_on
    );
}

#[test]
fn the_third_postponement_tells_the_manager() {
    let (app, ada) = scene();
    let check = the(&app, &ada, DutyKind::SuitabilityDecision);
    let path = format!("/checks/{}/bookings/new", check.reference);
    let mut officer = app.signed_in(OFFICER);
    for day in ["24", "25", "26", "27"] {
        let page = officer.open(&path).expect(200);
        let form = on(page.form("/bookings"), day, "11", "2026").set("reason", "They asked");
        let booked = form.send(&mut officer).expect(200);
        match day {
            "27" => booked.says("A manager hears of it today"),
            _ => booked.keeps_quiet_about("A manager hears of it"),
        };
    }
    let timeline = officer.open(&ada.path("/timeline")).expect(200);
    timeline
        .says("Put off for the first time")
        .says("Put off 3 times");
    let authority = app.eyes(OFFICER).authority();
    let tell = || app.write(|tx| postponed::tell(tx, authority, &app.url, At::of(now())));
    assert_eq!(tell(), 1, "the manager, of the check as it stands now");
    assert_eq!(tell(), 0, "and only once");
    let mail = app.read(|conn| hearth::mail::outbox::overview(conn, authority));
    assert_eq!(mail.waiting, 1);
}

/// Writes down on the child's page of addresses that the family lives at 3 New Road since a day of November 2026.
fn moves_to_new_road(officer: &mut Browser, child: &SceneChild, since: &str) {
    let page = officer.open(&child.path("/addresses")).expect(200);
    let form = page
        .form("/addresses")
        .set("lines", "3 New Road")
        .set("town", "Ashdale")
        .set("postcode", "AA3 2AB")
        .set("source", "parent")
        .set_date("lived_from", since, "11", "2026");
    form.send(officer).expect(200);
}

#[test]
fn a_move_owes_a_visit_to_the_new_address() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let ben = verified_at_home(&app, &mut officer);
    app.write(|tx| child::note_seen(tx, ben.key, now().date(), "Robin"));
    complete(&app, &ben, DutyKind::FirstMeeting, "Met");
    assert!(open(&app, &ben, DutyKind::AfterMove).is_none());
    app.go_to("2026-11-25");
    let mut officer = app.signed_in(OFFICER);
    moves_to_new_road(&mut officer, &ben, "24");

    let owed = the(&app, &ben, DutyKind::AfterMove);
    assert_eq!(
        owed.counted_from,
        day("2026-11-25"),
        "the day the move was heard of"
    );
    assert!(
        owed.why.contains("the authority heard of the new address"),
        "{}",
        owed.why
    );
    officer.open(&ben.path("")).says("Visit after a move");
    officer
        .open(&format!("/checks/{}/bookings/new", owed.reference))
        .expect(200)
        .says("3 New Road, Ashdale, AA3 2AB")
        .keeps_quiet_about("7 Mill Lane");
}

#[test]
fn a_move_owes_no_visit_of_its_own_while_a_first_meeting_is_owed_sooner() {
    let (app, ada) = scene();
    let mut officer = app.signed_in(OFFICER);
    let meeting = the(&app, &ada, DutyKind::FirstMeeting);
    assert!(meeting.due_on < now().date(), "it is late already");
    moves_to_new_road(&mut officer, &ada, "20");
    assert!(open(&app, &ada, DutyKind::AfterMove).is_none());
    officer
        .open(&format!("/checks/{}/bookings/new", meeting.reference))
        .expect(200)
        .says("3 New Road, Ashdale, AA3 2AB");
}

#[test]
fn a_visit_that_was_booked_before_a_move_is_confirmed_or_booked_again() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let ben = verified_at_home(&app, &mut officer);
    let check = the(&app, &ben, DutyKind::FirstMeeting);
    let path = format!("/checks/{}", check.reference);
    let page = officer.open(&format!("{path}/bookings/new")).expect(200);
    let visit = page
        .form("/bookings")
        .set("mode", "home_visit")
        .set("time", "10:30")
        .set_date("day", "25", "11", "2026");
    visit.send(&mut officer).expect(200);
    officer.open(&path).keeps_quiet_about("another address");
    let authority = app.eyes(OFFICER).authority();
    let tell = || app.write(|tx| booked_elsewhere::tell(tx, authority, &app.url, At::of(now())));
    assert_eq!(tell(), 0);

    app.clock.set(now() + chrono::TimeDelta::minutes(5));
    moves_to_new_road(&mut officer, &ben, "23");
    officer
        .open(&path)
        .says("Booked for another address than the child’s");
    officer
        .open(&ben.path(""))
        .says("Booked for another address; confirm or book again");
    officer
        .open("/work?whose=team")
        .says("First meeting on 25 November 2026");
    let tell_later = || {
        let later = now() + chrono::TimeDelta::minutes(6);
        app.write(|tx| booked_elsewhere::tell(tx, authority, &app.url, At::of(later)))
    };
    assert_eq!(tell_later(), 1, "whoever booked it");
    assert_eq!(tell_later(), 0, "and only once");
    let page = officer.open(&ben.path("/addresses")).expect(200);
    let form = page
        .form("/addresses")
        .set("lines", "5 Old Road")
        .set("town", "Ashdale")
        .set("postcode", "AA3 2AB")
        .set("source", "parent")
        .set_date("lived_from", "23", "11", "2026");
    form.send(&mut officer).expect(200);
    assert_eq!(tell_later(), 1, "another home is other news");
    assert_eq!(tell_later(), 0);

    let page = officer.open(&format!("{path}/bookings/new")).expect(200);
    page.says("5 Old Road");
    let confirm = page
        .form("/bookings")
        .set("unverified", "The mother gave it on the telephone");
    confirm.send(&mut officer).expect(200);
    officer
        .open(&path)
        .keeps_quiet_about("Booked for another address");
    officer
        .open(&ben.path("/timeline"))
        .says("First meeting booked for 25 November 2026");
    app.prove();

    app.clock.set(now() + chrono::TimeDelta::minutes(10));
    let receive = app.clock.now();
    notify_from_elsewhere_at(&app, "the-second-form", receive);
    officer.open(&path).says("before another address was told");
}

/// Ben, whose home an officer verified.
fn verified_at_home(app: &TestApp, officer: &mut Browser) -> SceneChild {
    let receipt = notify(app, None);
    let page = officer
        .open(&format!("/notifications/{receipt}"))
        .expect(200);
    let me = app.read(|conn| accounts::by_key(conn, app.account(OFFICER)));
    let ben = page.link("Ben Moss");
    let form = page.form("/acceptance").set("officer", &me.reference);
    form.send(officer).expect(200);
    let page = officer.open(&format!("{ben}/addresses")).expect(200);
    let form = page.form("/address-verification");
    form.set("how", "Seen on a visit").send(officer).expect(200);
    let reference = Reference::parse(ben.trim_start_matches("/children/")).unwrap();
    let viewer = app.eyes(OFFICER);
    let held = app.read(|conn| child::find(conn, &viewer, &reference));
    SceneChild {
        key: held.unwrap().key,
        reference,
    }
}

/// The family of that child notifies from another address.
fn notify_from_elsewhere(app: &TestApp, form_key: &str) {
    notify_from_elsewhere_at(app, form_key, now());
}

fn notify_from_elsewhere_at(app: &TestApp, form_key: &str, at: NaiveDateTime) {
    let mut again = notified(form_key, None);
    again.parent.home.lines = "12 New Street".to_owned();
    let (viewer, url) = (app.eyes(OFFICER), app.url.clone());
    app.write(|tx| {
        notification::receive(
            &mut Act::new(tx, &viewer, At::of(at)),
            &again,
            &url,
            at.date(),
        )
    });
}

#[test]
fn nobody_is_sent_to_a_verified_address_while_another_one_is_told() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let ben = verified_at_home(&app, &mut officer);
    notify_from_elsewhere(&app, "the-second-form");
    let check = the(&app, &ben, DutyKind::FirstMeeting);
    let page = officer
        .open(&format!("/checks/{}/bookings/new", check.reference))
        .expect(200);
    page.says("7 Mill Lane, Ashdale, AA3 2AB").says(
        "A parent has given another address on 23 November 2026: 12 New Street, Ashdale, AA3 2AB. Settle which is right.",
    );
    assert_eq!(page.all(".govuk-tag--green"), Vec::<String>::new());
    let settle = page.link("Settle where the child lives");
    let visit = page
        .form("/bookings")
        .set("mode", "home_visit")
        .set_date("day", "25", "11", "2026");
    let refused = visit.send(&mut officer).expect(422);
    refused.says("Settle first which address is right, or say why you book without");
    let knowing = refused
        .form("/bookings")
        .set("unverified", "The mother opened the door there today");
    knowing.send(&mut officer).expect(200);
    officer
        .open(&ben.path("/timeline"))
        .says("Another address was told and not settled: The mother opened the door there today");

    let both = officer.open(&settle).expect(200);
    let form = both.form("/address-settlement").set("right", "held");
    form.send(&mut officer).expect(200);
    let page = officer
        .open(&format!("/checks/{}/bookings/new", check.reference))
        .expect(200);
    page.says("Verified on 23 November 2026")
        .keeps_quiet_about("12 New Street");
}

#[test]
fn two_addresses_that_nobody_settles_have_a_clock() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let ben = verified_at_home(&app, &mut officer);
    complete(&app, &ben, DutyKind::FirstMeeting, "Met");
    notify_from_elsewhere(&app, "the-second-form");
    let owed = the(&app, &ben, DutyKind::AfterMove);
    assert_eq!(owed.counted_from, now().date());
    assert!(
        owed.why
            .contains("another address was told on 23 November 2026"),
        "{}",
        owed.why
    );
    app.prove();
    let settle = |officer: &mut Browser, right: &str| {
        let both = officer.open(&ben.path("/addresses")).expect(200);
        let form = both.form("/address-settlement").set("right", right);
        form.send(officer).expect(200);
    };
    settle(&mut officer, "held");
    assert!(open(&app, &ben, DutyKind::AfterMove).is_none());
    officer.open(&ben.path("/timeline")).says(
        "cancelled: Which address is right is settled: the child lives at the one that was held",
    );

    notify_from_elsewhere(&app, "the-third-form");
    let owed = the(&app, &ben, DutyKind::AfterMove);
    settle(&mut officer, "claimed");
    assert_eq!(
        the(&app, &ben, DutyKind::AfterMove).reference,
        owed.reference,
        "it stays as the visit after the move"
    );
    app.prove();
}

#[test]
fn a_parent_who_names_the_address_that_is_held_again_settles_what_was_told() {
    let app = TestApp::start();
    let mut officer = app.signed_in(OFFICER);
    let ben = verified_at_home(&app, &mut officer);
    complete(&app, &ben, DutyKind::FirstMeeting, "Met");
    notify_from_elsewhere(&app, "the-second-form");
    the(&app, &ben, DutyKind::AfterMove);
    let (viewer, url) = (app.eyes(OFFICER), app.url.clone());
    let again = notified("the-third-form", None);
    app.write(|tx| {
        notification::receive(
            &mut Act::new(tx, &viewer, At::of(now())),
            &again,
            &url,
            now().date(),
        )
    });
    assert!(open(&app, &ben, DutyKind::AfterMove).is_none());

    officer
        .open(&ben.path("/timeline"))
        .says("The address that was told is the one that is held");
    app.prove();

    notify_from_elsewhere(&app, "the-fourth-form");
    let owed = the(&app, &ben, DutyKind::AfterMove);
    let overdue = owed.due_on + Days::new(1);
    app.write(|tx| {
        let book = rulebook::load(tx, viewer.authority(), overdue)?;
        let at = At::of(overdue.and_time(now().time()));
        ladder::climb(tx, viewer.authority(), &book, &app.url, at)
    });
    let family = Viewer::program(viewer.authority(), "form");
    let again = notified("the-fifth-form", None);
    app.write(|tx| {
        notification::receive(
            &mut Act::new(tx, &family, At::of(now())),
            &again,
            &url,
            now().date(),
        )
    });
    assert!(
        open(&app, &ben, DutyKind::AfterMove).is_some(),
        "the family's word alone closes no lapse"
    );
}

fn note_whereabouts(officer: &mut Browser, child: &str, words: &str) {
    let page = officer.open(&format!("{child}/whereabouts")).expect(200);
    let form = page.form("/whereabouts").set("words", words);
    form.send(officer).expect(200);
}

/// Where the record stands, as the child's page says it.
fn status(officer: &mut Browser, child: &str) -> String {
    officer.open(child).all("h1 + p .govuk-tag")[0].clone()
}

#[test]
fn a_child_who_is_found_is_no_further_than_when_nobody_knew_where() {
    let app = TestApp::start();
    let receipt = notify(&app, None);
    let mut officer = app.signed_in(OFFICER);
    let page = officer
        .open(&format!("/notifications/{receipt}"))
        .expect(200);
    let [ben, dilys] = ["Ben Moss", "Dilys Moss"].map(|name| page.link(name));
    for child in [&ben, &dilys] {
        note_whereabouts(&mut officer, child, "The letter came back");
        assert_eq!(status(&mut officer, child), "Whereabouts unknown");
    }
    note_whereabouts(&mut officer, &ben, "The father rang");
    assert_eq!(status(&mut officer, &ben), "Notified");

    let page = officer.open(&format!("/notifications/{receipt}"));
    let me = app.read(|conn| accounts::by_key(conn, app.account(OFFICER)));
    let form = page.form("/acceptance").set("officer", &me.reference);
    form.send(&mut officer).expect(200);
    assert_eq!(status(&mut officer, &ben), "Active");
    assert_eq!(status(&mut officer, &dilys), "Whereabouts unknown");
    note_whereabouts(&mut officer, &dilys, "Seen at her aunt’s");
    assert_eq!(status(&mut officer, &dilys), "Active");
}

#[test]
fn a_lost_child_has_a_clock_and_is_found() {
    let (app, ada) = scene();
    let mut officer = app.signed_in(OFFICER);
    let page = officer.open(&ada.path("/whereabouts")).expect(200);
    page.form("/whereabouts")
        .send(&mut officer)
        .expect(422)
        .says("Say what happened and who told you");
    let form = page
        .form("/whereabouts")
        .set("words", "The house is empty; a neighbour says they left");
    form.send(&mut officer).expect(200);
    let find = the(&app, &ada, DutyKind::FindChild);
    assert!(
        find.why.contains("after nobody knew where the child is"),
        "{}",
        find.why
    );
    officer
        .open(&ada.path(""))
        .says("It is known where the child is")
        .says("Whereabouts");
    app.prove();

    let page = officer.open(&ada.path("/whereabouts")).expect(200);
    let form = page
        .form("/whereabouts")
        .set("words", "The mother rang: they are at her sister's");
    form.send(&mut officer).expect(200);
    assert!(open(&app, &ada, DutyKind::FindChild).is_none());
    let eyes = app.eyes(OFFICER);
    let record = app
        .read(|conn| child::by_key(conn, &eyes, ada.key))
        .unwrap();
    assert_eq!(record.status, ChildStatus::Active);
    assert!(
        open(&app, &ada, DutyKind::FirstMeeting).is_some(),
        "what was owed stays owed"
    );
}

#[test]
fn a_record_closes_through_a_door_with_its_evidence() {
    let (app, ada) = scene();
    let today = now().date();
    let rest = NewRest {
        reason: "Social care is leading".to_owned(),
        lead_name: "Sana Lead".to_owned(),
        ends_on: today + Days::new(30),
    };
    let eyes = app.eyes(MANAGER);
    app.write(|tx| rest::begin(&mut Act::new(tx, &eyes, At::of(now())), ada.key, &rest));
    let mut officer = app.signed_in(OFFICER);
    let desk = officer.open("/work").expect(200);
    desk.says("Nothing else has lapsed")
        .says("while another service leads")
        .keeps_quiet_about("Every check that was due has been done");
    let page = officer.open(&ada.path("/closure")).expect(200);
    page.keeps_quiet_about("Moved abroad")
        .keeps_quiet_about("Attends a school")
        .says("A manager closes this record, because a check has lapsed and is not done and nobody is on record as having seen the child.");
    let refused = page
        .form("/closure")
        .set("reason", "moved")
        .set("authority", BRACKWATER)
        .set_date("on", "23", "11", "2026")
        .set("evidence", "Bea there, by email");
    let refused = refused.send(&mut officer).expect(422);
    refused.says("A manager closes this record");
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open(&ada.path("/closure")).expect(200);
    let school = |form: Form| {
        form.set("reason", "returned_to_school")
            .set_date("on", "23", "11", "2026")
    };
    let refused = school(page.form("/closure")).send(&mut manager).expect(422);
    refused
        .says("Name the school")
        .says("Say who confirmed that the child attends");
    let tomorrow = page
        .form("/closure")
        .set("reason", "returned_to_school")
        .set_date("on", "24", "11", "2026")
        .set("named", "Hill Academy")
        .set("evidence", "Its office");
    tomorrow
        .send(&mut manager)
        .expect(422)
        .says("The day cannot be in the future");
    let whole = school(page.form("/closure"))
        .set("named", "Hill Academy")
        .set("evidence", "Its office, on the telephone");
    whole.send(&mut manager).expect(200);

    let all = checks(&app, &ada);
    assert!(all.iter().all(|check| check.state != DutyState::Open));
    let rests = app.read(|conn| rest::on(conn, ada.key, today + Days::new(1)));
    assert!(rests.is_none(), "a child who came back would rest");
    let page = manager.open(&ada.path("")).expect(200);
    page.says("Hill Academy. Its office, on the telephone")
        .says("cancelled");
    page.keeps_quiet_about("Close the record");
}

#[test]
fn a_manager_decides_on_a_tier_and_a_new_fact_ends_it() {
    let (app, ada) = scene();
    app.signed_in(OFFICER).open(&ada.path("/tier")).expect(403);
    let mut manager = app.signed_in(MANAGER);
    let page = manager.open(&ada.path("/tier")).expect(200);
    let decide = |form: Form, tier: &str| {
        form.set("tier", tier)
            .set("reason", "The school told us more than the record can hold")
            .set_date("ends_on", "31", "1", "2027")
    };
    let too_long = decide(page.form("/tier"), "red").set_date("ends_on", "31", "12", "2027");
    too_long
        .send(&mut manager)
        .expect(422)
        .says("Choose a last day from today to 23 February 2027");
    decide(page.form("/tier"), "red")
        .send(&mut manager)
        .expect(200);
    let tier = || {
        let eyes = app.eyes(MANAGER);
        app.read(|conn| child::by_key(conn, &eyes, ada.key))
            .unwrap()
            .tier
    };
    assert_eq!(tier(), Tier::Red);
    manager
        .open(&ada.path(""))
        .says("decided on red until 31 January 2027: The school told us more");

    let page = manager.open(&ada.path("/tier")).expect(200);
    decide(page.form("/tier"), "green")
        .send(&mut manager)
        .expect(200);
    assert_eq!(tier(), Tier::Green);
    let page = manager.open(&ada.path("/episodes")).expect(200);
    let plan = page
        .form("/episodes")
        .set("kind", "cp_plan")
        .set("category", "NEG")
        .set("source", "social_care")
        .set_date("started_on", "20", "11", "2026");
    plan.send(&mut manager).expect(200);
    assert_eq!(tier(), Tier::Red, "the new plan counts at once");
    manager
        .open(&ada.path("/timeline"))
        .says("is over: there is a new reason");
}

#[test]
fn a_tier_rises_by_the_passing_of_days() {
    let (app, ada) = scene();
    let eyes = app.eyes(OFFICER);
    let tier = || {
        app.read(|conn| child::by_key(conn, &eyes, ada.key))
            .unwrap()
            .tier
    };
    let services = Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::new(
            hearth::mail::Transport::memory(),
            "hearth@ashdale.example".parse().unwrap(),
        ),
        base_url: app.url.clone(),
        late_after: std::time::Duration::from_secs(3600),
        backups: None,
    };
    let mut officer = app.signed_in(OFFICER);
    let page = officer.open(&ada.path("/particulars")).expect(200);
    page.form("/particulars").send(&mut officer).expect(200);
    let before = tier();
    let later = now() + chrono::TimeDelta::days(120);
    app.clock.set(later);
    runner::run_scheduled(&services, later, &Stopping::default());
    let after = tier();
    assert!(after >= before);
    officer = app.signed_in(OFFICER);
    officer
        .open(&ada.path(""))
        .says("the time to do so has passed");
}
