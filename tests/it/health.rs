//! What watches the service from outside.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use hearth::db::DbError;
use hearth::jobs::{Services, runner};
use hearth::mail::Courier;
use hearth::on_each;

use super::app::TestApp;

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
    let folder = app.folder().join("mail");
    let services = Services {
        db: app.db.clone(),
        clock: app.clock.clone(),
        courier: Courier::from_settings(folder.to_str().unwrap(), "hearth@ashdale.example")
            .unwrap(),
        base_url: app.url.clone(),
        late_after: Duration::from_secs(24 * 3600),
    };
    runner::run_due(&services, app.clock.now());
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
fn an_unknown_address_gets_a_page_that_says_what_to_do() {
    let app = TestApp::start();
    let page = app.browser().open("/no/such/page").expect(404);
    assert_eq!(page.h1(), "Page not found");
    assert!(page.headers.contains_key("content-security-policy"));
}
