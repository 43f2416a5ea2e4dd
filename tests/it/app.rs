//! Starts the real program for one test: its own database, its own clock, its own port.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{LazyLock, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::RunQueryDsl;
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{AccountKey, Act, AuthorityKey, Role, Viewer, authority, password};
use hearth::clock::{At, Clock};
use hearth::config::Config;
use hearth::db::{Conflict, Conn, Db, DbError};
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::EmailAddress;
use hearth::shipped;
use hearth::web::app::App;
use hearth::web::server;
use tempfile::TempDir;

use super::browser::Browser;
#[cfg(feature = "postgres")]
use super::postgres::Schema;
use super::shared::proving::{self, Ending};

/// Every test begins on this Monday at nine, England's time too.
pub const BEGINNING: &str = "2026-11-23T09:00:00";
/// The password of every member of staff.
pub const PASSWORD: &str = "three random words";
/// An invented authority: the code is outside the live range.
pub const ASHDALE: &str = "991";
/// Its invented neighbour.
pub const BRACKWATER: &str = "992";

/// An officer of Ashdale.
pub const OFFICER: &str = "officer@ashdale.example";
/// Another officer there.
pub const OTHER: &str = "other@ashdale.example";
/// Their manager, who is the team leader too.
pub const MANAGER: &str = "manager@ashdale.example";

/// The members of staff there are, with where they work.
pub const STAFF: &[(&str, &str, Role, &str)] = &[
    (OFFICER, "Olu Officer", Role::Officer, ASHDALE),
    (OTHER, "Ola Other", Role::Officer, ASHDALE),
    (MANAGER, "Mo Manager", Role::Manager, ASHDALE),
    (
        "admin@ashdale.example",
        "Ade Admin",
        Role::Administrator,
        ASHDALE,
    ),
    (
        "officer@brackwater.example",
        "Bo Officer",
        Role::Officer,
        BRACKWATER,
    ),
    (
        "manager@brackwater.example",
        "Bea Manager",
        Role::Manager,
        BRACKWATER,
    ),
];

/// A running program.
pub struct TestApp {
    pub db: Db,
    pub clock: Clock,
    pub url: String,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    folder: TempDir,
    place: Place,
    pub ending: Ending,
}

/// Where one test keeps its register: a file, or everything in a schema of `HEARTH_TEST_POSTGRES`.
pub struct Place {
    pub url: String,
    #[cfg(feature = "postgres")]
    _schema: Option<Schema>,
}

impl Place {
    /// Nothing is there yet, no tables either.
    pub fn empty(folder: &TempDir) -> Self {
        #[cfg(feature = "postgres")]
        if let Some(schema) = Schema::if_there_is_a_server() {
            return Self {
                url: schema.url.clone(),
                _schema: Some(schema),
            };
        }
        Self {
            url: format!("sqlite:{}", Self::file(folder).display()),
            #[cfg(feature = "postgres")]
            _schema: None,
        }
    }

    /// Wherever a URL says.
    #[cfg(feature = "postgres")]
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            _schema: None,
        }
    }

    /// With the authorities, the policy and the staff.
    fn fresh(folder: &TempDir) -> Self {
        let place = Self::empty(folder);
        if place.is_a_file() {
            std::fs::copy(&*TEMPLATE, Self::file(folder)).expect("a database");
        } else {
            first_register(&place.url);
        }
        place
    }

    pub fn is_a_file(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    fn file(folder: &TempDir) -> PathBuf {
        folder.path().join("hearth.db")
    }
}

impl TestApp {
    /// Starts with mail going into a folder.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts with settings of the test's own.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::fresh(&folder);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let config = config(&folder, &place.url, &address.to_string(), settings);
        let db = Db::open(&config.database_url, 4).expect("the database opens");
        let clock = Clock::stepped(moment(BEGINNING));
        let url = config.base_url.clone();
        let app = App::new(db.clone(), clock.clone(), config);
        let (server, thread) = serve(app, listener);
        Self {
            db,
            clock,
            url,
            server,
            thread: Some(thread),
            folder,
            place,
            ending: Ending::default(),
        }
    }

    /// The setting HEARTH_DATABASE_URL for this register, for programs of their own.
    pub fn database_url(&self) -> &str {
        &self.place.url
    }

    /// Moves the clock to nine in the morning of a day.
    pub fn go_to(&self, day: &str) {
        let day: NaiveDate = day.parse().expect("a day");
        self.clock.set(day.and_hms_opt(9, 0, 0).expect("nine"));
    }

    /// A browser nobody is signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// A browser somebody of the staff is signed in with, through the sign-in page.
    pub fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.open("/sign-in");
        page.form("/sign-in")
            .set("email", email)
            .set("password", PASSWORD)
            .send(&mut browser);
        browser
    }

    /// Reads from the database, for what no page shows.
    pub fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, DbError>) -> T {
        self.db.read_now(f).expect("a read")
    }

    /// Writes through the rooms, to set a scene.
    pub fn write<T, E: Conflict + std::fmt::Debug>(
        &self,
        f: impl Fn(&mut Conn) -> Result<T, E>,
    ) -> T {
        self.db.write_now(f).expect("a write")
    }

    /// The eyes of a member of staff.
    pub fn eyes(&self, email: &str) -> Viewer {
        let (_, _, _, code) = STAFF.iter().find(|staff| staff.0 == email).expect("staff");
        Viewer::program(self.authority(code), "test")
    }

    /// How often the audit trail of an authority says that something was done.
    pub fn events(&self, code: &str, action: &str) -> i64 {
        let asked = format!(
            "SELECT COUNT(*) AS number FROM audit_event JOIN authority ON authority.id = audit_event.authority_id
             WHERE authority.code = '{code}' AND audit_event.action = '{action}'"
        );
        let counted = self.read(|conn| Ok(diesel::sql_query(asked).get_result::<Counted>(conn)?));
        counted.number
    }

    /// The key of an authority.
    pub fn authority(&self, code: &str) -> AuthorityKey {
        self.read(|conn| authority::by_code(conn, code))
            .expect("the authority")
            .key
    }

    /// The key of a member of staff.
    pub fn account(&self, email: &str) -> AccountKey {
        let (_, _, _, code) = STAFF.iter().find(|staff| staff.0 == email).expect("staff");
        let authority = self.authority(code);
        let email = EmailAddress::parse(email).expect("an address");
        self.read(|conn| accounts::by_email(conn, authority, &email))
            .expect("the account")
            .key
    }

    /// What every test ends with, in the middle of one: runs the jobs that are due and proves every promise.
    pub fn prove(&self) {
        let services = proving::services(self.db.clone(), self.clock.clone());
        self.ending.prove(&services);
    }

    /// The folder of this test's files.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stopping = self.server.stop(false);
        actix_web::rt::System::new().block_on(stopping);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.prove();
    }
}

/// A moment in UTC.
pub fn moment(text: &str) -> NaiveDateTime {
    text.parse().expect("a moment")
}

fn config(folder: &TempDir, database: &str, address: &str, settings: &[(&str, &str)]) -> Config {
    let mail = folder.path().join("mail").display().to_string();
    let mut all = vec![
        ("HEARTH_DATABASE_URL", database),
        ("HEARTH_BIND", address),
        ("HEARTH_MAIL", mail.as_str()),
        ("HEARTH_WORKERS", "1"),
        // A test's clock jumps by hours, and the jobs run when the test says so.
        ("HEARTH_JOBS_LATE_AFTER", "1440"),
    ];
    all.retain(|(name, _)| !settings.iter().any(|(other, _)| other == name));
    all.extend_from_slice(settings);
    Config::from_vars(all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())))
        .expect("settings")
}

fn serve(app: App, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let server = server::server(app, listener).expect("a server");
            tell.send(server.handle()).expect("the test waits");
            server.await.expect("it ran");
        });
    });
    (told.recv().expect("the server started"), thread)
}

/// The file that each test copies.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let template = folder.join("template.db");
    first_register(&format!("sqlite:{}", folder.join("first.db").display()))
        .backup_to(&template.display().to_string())
        .expect("a copy");
    template
});

/// Hashing is slow on purpose.
static HASH: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD).expect("a hash"));

#[derive(diesel::QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// A register with the authorities, the policy and the staff in it.
fn first_register(url: &str) -> Db {
    let db = Db::open(url, 1).expect("a database");
    shipped::bring_up(&db).expect("tables");
    db.write_now(|tx| fill(tx, &HASH))
        .expect("authorities and staff");
    db
}

fn fill(tx: &mut Conn, hash: &str) -> Result<(), DbError> {
    let now = moment(BEGINNING);
    for (code, name) in [
        (ASHDALE, "Ashdale Council"),
        (BRACKWATER, "Brackwater Council"),
    ] {
        let key = authority::add(tx, code, name)?;
        let installer = Viewer::program(key, "test");
        authority::take_into_service(
            &mut Act::new(tx, &installer, At::of(now)),
            Some("duty@council.example"),
        )?;
        let shown = authority::Description {
            colour: "#0b4f6c",
            telephone: Some("01632 960000"),
            complaints_to: Some("complaints@council.example"),
        };
        authority::describe(&mut Act::new(tx, &installer, At::of(now)), &shown)?;
    }
    for (email, name, role, code) in STAFF {
        let authority = authority::by_code(tx, code)?.expect("the authority").key;
        let new = NewAccount {
            role: *role,
            email,
            name,
            password_hash: Some(hash),
        };
        let installer = Viewer::program(authority, "test");
        let account =
            accounts::add(&mut Act::new(tx, &installer, At::of(now)), &new).expect("an account");
        if *role == Role::Manager {
            for post in [Post::TeamLeader, Post::Manager] {
                accounts::give_post(
                    &mut Act::new(tx, &installer, At::of(now)),
                    post,
                    account,
                    now.date(),
                )
                .expect("a post");
            }
        }
    }
    Ok(())
}
