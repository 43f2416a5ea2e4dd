//! What watches the service from outside.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use hearth::access::session;
use hearth::clock::At;
use hearth::db::DbError;
use hearth::jobs::{Services, runner};
use hearth::mail::Courier;
use hearth::on_each;
use hearth::proof::verify;

use super::app::{MANAGER, OFFICER, TestApp};

const ADMIN: &str = "admin@ashdale.example";

/// The jobs of this program, with mail going into its folder.
fn services(app: &TestApp) -> Services {
    let folder = app.folder().join("mail");
    Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::from_settings(folder.to_str().unwrap(), "hearth@ashdale.example")
            .unwrap(),
        base_url: app.url.clone(),
        late_after: Duration::from_secs(24 * 3600),
        backups: None,
    }
}

#[test]
fn a_living_service_says_so() {
    let app = TestApp::start();
    let page = app.browser().open("/health/live").expect(200);
    assert!(page.text.contains("\"status\":\"live\""));
}

#[test]
fn it_is_ready_while_the_sweep_runs_in_time() {
    let app = TestApp::start();
    let mut browser = app.browser();
    let page = browser.open("/health/ready").expect(503);
    assert_eq!(
        page.text,
        r#"{"status":"not ready","database":"answers","jobs":"late","last_sweep":null}"#
    );
    runner::run_due(&services(&app), app.clock.now());
    let page = browser.open("/health/ready").expect(200);
    assert_eq!(
        page.text,
        r#"{"status":"ready","database":"answers","jobs":"in time","last_sweep":"2026-11-23T09:00:00Z"}"#
    );
    app.go_to("2026-11-25");
    let page = browser.open("/health/ready").expect(503);
    assert!(page.text.contains("\"jobs\":\"late\""), "{}", page.text);
}

#[test]
fn it_is_not_ready_when_the_database_is_gone() {
    let app = TestApp::start();
    app.ending
        .leave_unproved("a table is taken away, so there is nothing left to prove it from");
    app.write(|tx| {
        on_each!(tx, |conn| conn.batch_execute("DROP TABLE job_run"))?;
        Ok::<_, DbError>(())
    });
    let page = app.browser().open("/health/ready").expect(503);
    assert!(
        page.text.contains("\"database\":\"does not answer\""),
        "{}",
        page.text
    );
}

#[test]
fn it_is_not_ready_on_a_database_of_another_version() {
    let app = TestApp::start();
    runner::run_due(&services(&app), app.clock.now());
    app.browser().open("/health/ready").expect(200);
    let change = |statement: &str| {
        app.write(|tx| {
            on_each!(tx, |conn| conn.batch_execute(statement))?;
            Ok::<_, DbError>(())
        });
    };
    // The newer program keeps its runs elsewhere.
    change("INSERT INTO __diesel_schema_migrations (version) VALUES ('9998')");
    change("ALTER TABLE job_run RENAME TO runs");
    let page = app.browser().open("/health/ready").expect(503);
    assert_eq!(
        page.text,
        r#"{"status":"not ready","database":"newer than this program","jobs":"unknown","last_sweep":null}"#
    );
    change("ALTER TABLE runs RENAME TO job_run");
    change("DELETE FROM __diesel_schema_migrations WHERE version = '9998'");
    app.browser().open("/health/ready").expect(200);
    // An older copy was put back under the program.
    change("DELETE FROM mail_kind WHERE word = 'postponed'");
    let page = app.browser().open("/health/ready").expect(503);
    assert!(
        page.text.contains("older than this program"),
        "{}",
        page.text
    );
    change("INSERT INTO mail_kind (word) VALUES ('postponed')");
}

#[test]
fn an_unknown_address_gets_a_page_that_says_what_to_do() {
    let app = TestApp::start();
    let page = app.browser().open("/no/such/page").expect(404);
    assert_eq!(page.h1(), "Page not found");
    assert!(page.headers.contains_key("content-security-policy"));
}

#[test]
fn a_late_sweep_is_told_on_every_page_of_the_staff_until_it_has_run() {
    let app = TestApp::start();
    let services = services(&app);
    let swept = |now| runner::run_due(&services, now);
    let warned = |who: &str, path: &str| {
        let page = app.signed_in(who).open(path);
        page.all(".govuk-notification-banner__heading")
    };
    let promised = || {
        let now = app.clock.now();
        let proof = app.read(|conn| verify::verify(conn, None, At::of(now), services.late_after));
        let sweep = proof.into_iter().find(|it| it.promise.contains("sweep"));
        sweep.expect("the promise").holds()
    };
    let everybody = [
        (OFFICER, "/work"),
        (OFFICER, "/children"),
        (OFFICER, "/children/C-0000-0000"),
        (MANAGER, "/lapses"),
        (ADMIN, "/admin/mail"),
    ];
    swept(app.clock.now());
    for (who, path) in everybody {
        assert_eq!(warned(who, path), Vec::<String>::new(), "{who} {path}");
    }
    assert!(promised());

    app.go_to("2026-11-25");
    for (who, path) in everybody {
        let told = warned(who, path).concat();
        assert!(
            told.contains("since 23 November 2026 at 09:00"),
            "{who} {path}: {told:?}"
        );
    }
    assert!(warned(OFFICER, "/work").concat().contains("Tell Ade Admin"));
    assert!(
        warned(ADMIN, "/admin/mail")
            .concat()
            .contains("Mail and jobs")
    );
    app.browser().open("/health/ready").expect(503);
    assert!(!promised());
    let (_, account) = super::routes::records::parent(&app, "parent@home.example");
    let token = app.write(|tx| session::begin(tx, account, app.clock.now()));
    let mut parent = app.browser();
    parent.set_cookie("hearth_session", Some(&token));
    let page = parent.open("/family").expect(200);
    assert_eq!(page.all(".govuk-notification-banner"), Vec::<String>::new());

    swept(app.clock.now());
    for (who, path) in everybody {
        assert_eq!(warned(who, path), Vec::<String>::new(), "{who} {path}");
    }
    app.browser().open("/health/ready").expect(200);
    assert!(promised());
}

#[test]
fn a_sweep_of_a_wrong_clock_proves_nothing() {
    let app = TestApp::start();
    app.go_to("2031-01-01");
    runner::run_due(&services(&app), app.clock.now());
    app.go_to("2026-11-23");
    app.browser().open("/health/ready").expect(503);
    let page = app.signed_in(OFFICER).open("/work").expect(200);
    assert!(!page.all(".govuk-notification-banner").is_empty());
    runner::run_due(&services(&app), app.clock.now());
    app.browser().open("/health/ready").expect(200);
}
