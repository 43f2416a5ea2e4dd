//! One connection type for the databases we speak to, opened by the scheme of its URL.

// diesel's derive writes undocumented items beside the enum.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{HandleError, ManageConnection, R2D2Connection};
use diesel::{Connection, ConnectionError, SqliteConnection};

use super::file::{OpenedFile, url_of};
use super::{DbError, Result as DbResult};
use crate::config::folder;

/// A connection to either database; queries are written once for both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(diesel::PgConnection),
}

/// The backend of [`Conn`], for boxed queries and for types that are columns.
pub type Backend = self::multi_connection_impl::MultiBackend;

/// Why a database could not be opened; says what to do, and never repeats a URL, for it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "HEARTH_DATABASE_URL is not understood: use sqlite:PATH for a file, or postgres://USER@HOST/NAME"
    )]
    Scheme,
    #[error(
        "HEARTH_DATABASE_URL names PostgreSQL, but this program was built without it: build with --features postgres"
    )]
    NoPostgres,
    #[error(
        "there is no database at {0}: run `hearth migrate` first to make one, or set HEARTH_DATABASE_URL to where it is"
    )]
    Missing(String),
    #[error("the folder {folder} for the database cannot be made: {cause}")]
    Folder {
        folder: String,
        cause: std::io::Error,
    },
    #[error("the file {file} for the database cannot be made: {cause}")]
    File { file: String, cause: std::io::Error },
    #[error(
        "HEARTH_DATABASE_URL names {0}, which is no file: name the file itself, such as sqlite:./var/hearth.db"
    )]
    NotAFile(String),
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
}

/// Which database a URL names. Diesel's own opener would take a mistyped URL for the name of a new file.
#[derive(Clone, Debug)]
pub(super) enum Scheme {
    Sqlite(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(String),
}

impl Scheme {
    pub(super) fn of(url: &str) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            #[cfg(feature = "postgres")]
            return Ok(Self::Postgres(with_patience(url)));
            #[cfg(not(feature = "postgres"))]
            return Err(OpenError::NoPostgres);
        }
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .unwrap_or(url);
        if path.is_empty() || path.contains('?') || has_a_scheme(path) {
            return Err(OpenError::Scheme);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }

    /// Refuses what cannot be meant as a database file; nothing is opened or made.
    pub(super) fn must_be_meant(&self) -> Result<(), OpenError> {
        let Some(path) = self.file() else {
            return Ok(());
        };
        let name = path.display().to_string();
        if name.ends_with('/') || path.metadata().is_ok_and(|there| !there.is_file()) {
            return Err(OpenError::NotAFile(name));
        }
        match path.parent() {
            Some(folder) => folder::can_be_made(folder).map_err(|cause| OpenError::Folder {
                folder: folder.display().to_string(),
                cause,
            }),
            None => Ok(()),
        }
    }

    fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    /// Refuses a database file that is not there, which opening would make.
    pub(super) fn must_be_there(&self) -> Result<(), OpenError> {
        match self {
            Self::Sqlite(path) if !path.exists() => {
                Err(OpenError::Missing(path.display().to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Makes the folder of a database file. The file holds personal data, so a new folder is the owner's alone.
    pub(super) fn prepare(&self) -> Result<(), OpenError> {
        let folder = self.file().and_then(Path::parent);
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        let Some(folder) = folder.filter(|folder| !folder.exists()) else {
            return Ok(());
        };
        make_private(folder).map_err(|cause| OpenError::Folder {
            folder: folder.display().to_string(),
            cause,
        })
    }

    fn open(&self) -> Result<Conn, ConnectionError> {
        match self {
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&url_of(path, "mode=rw"))?;
                conn.batch_execute(SQLITE_PRAGMAS)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(url) => {
                let mut conn = diesel::PgConnection::establish(url)?;
                conn.batch_execute("SET TIME ZONE 'UTC'; SET lock_timeout = '8s'")
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

/// Whether a path begins with a word and a colon, as URLs do, or with the colon of SQLite's `:memory:`, which keeps nothing. One
/// letter and a colon is a drive.
fn has_a_scheme(path: &str) -> bool {
    path.split_once(':').is_some_and(|(word, _)| {
        word.len() != 1 && word.chars().all(|sign| sign.is_ascii_alphanumeric())
    })
}

/// What a URL for PostgreSQL says besides, unless it says otherwise itself. Encryption by Kerberos is not tried: libpq would try it at
/// each connection, and its library ends a program that stops while a connection is being made with an abort. A server that was cut
/// off says nothing, so connections are given up when nobody answers for a while.
#[cfg(feature = "postgres")]
const BESIDES: &[(&str, &str)] = &[
    ("gssencmode", "disable"),
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];

#[cfg(feature = "postgres")]
fn with_patience(url: &str) -> String {
    let mut url = url.to_owned();
    for (what, how) in BESIDES {
        if !url.contains(&format!("{what}=")) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{what}={how}"));
        }
    }
    url
}

/// WAL lets pages be read while the sweep writes; FULL makes a committed lapse survive a power cut. Of pages that many
/// transactions of a sweep write, only the last state is copied into the file when the log may grow to 16 MiB first. What is
/// read comes from the file as it is mapped; the cache of a connection holds what it writes, and each of ten has one. Who waits
/// longer than a second for another program asks again, until their patience ends.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     PRAGMA wal_autocheckpoint = 4000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; PRAGMA mmap_size = 2147418112;
     PRAGMA temp_store = MEMORY;";

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(unix)]
fn make_private_file(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create_new(true).mode(0o600);
    options.open(file).map(drop)
}

#[cfg(not(unix))]
fn make_private_file(file: &Path) -> std::io::Result<()> {
    std::fs::File::create_new(file).map(drop)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Connections that are kept open.
pub(super) type Pool = diesel::r2d2::Pool<Opener>;
/// One of them, until it is put back.
pub(super) type Pooled = diesel::r2d2::PooledConnection<Opener>;

/// Opens connections for the pools.
#[derive(Clone, Debug)]
pub(super) struct Opener {
    scheme: Scheme,
    /// Not to wait for the disk.
    in_a_hurry: bool,
    /// For connections that never write.
    only_reads: bool,
    /// The file as it was when the program began; none before that, and where another program keeps the database.
    opened: Option<Arc<OpenedFile>>,
}

/// How long a connection is waited for.
const FREE_WITHIN: Duration = Duration::from_secs(5);

impl Opener {
    pub(super) fn new(scheme: Scheme) -> Self {
        Self {
            scheme,
            in_a_hurry: false,
            only_reads: false,
            opened: None,
        }
    }

    /// Opens no other file from now on than the one that is there now.
    pub(super) fn for_this_file(self) -> Self {
        Self {
            opened: self.file().map(|file| Arc::new(OpenedFile::at(file))),
            ..self
        }
    }

    /// The file as it was when the program began.
    pub(super) fn opened(&self) -> Option<&Arc<OpenedFile>> {
        self.opened.as_ref()
    }

    pub(super) fn for_reading(self) -> Self {
        Self {
            only_reads: true,
            ..self
        }
    }

    pub(super) fn in_a_hurry(self) -> Self {
        Self {
            in_a_hurry: true,
            ..self
        }
    }

    /// The database file; none where another program keeps the database.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.scheme {
            Scheme::Sqlite(path) => Some(path),
            #[cfg(feature = "postgres")]
            Scheme::Postgres(_) => None,
        }
    }

    /// Makes a file that is not there yet, for its owner only, whatever the umask says. What SQLite puts beside it has the same
    /// rights.
    pub(super) fn make_file(&self) -> Result<(), OpenError> {
        let Some(path) = self.file().filter(|path| !path.exists()) else {
            return Ok(());
        };
        make_private_file(path).map_err(|cause| OpenError::File {
            file: path.display().to_string(),
            cause,
        })
    }

    /// How many connections read and how many write, of so many. SQLite lets one write at a time.
    pub(super) fn shares(&self, size: u32) -> (u32, u32) {
        match &self.scheme {
            Scheme::Sqlite(_) => (size, 1),
            #[cfg(feature = "postgres")]
            Scheme::Postgres(_) => ((size - size / 2).max(1), (size / 2).max(1)),
        }
    }

    /// Keeps up to so many connections. Those to a file stay open: with the last one SQLite would put its log away. To a server that
    /// was started again they are broken; whoever reads takes another one then, and for whoever writes each is tried before.
    pub(super) fn pool(self, size: u32) -> Result<Pool, OpenError> {
        let longest = match self.file() {
            Some(_) => None,
            None => Some(Duration::from_secs(30 * 60)),
        };
        Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .idle_timeout(longest)
            .max_lifetime(longest)
            .connection_timeout(FREE_WITHIN)
            .test_on_check_out(longest.is_some() && !self.only_reads)
            .error_handler(Box::new(Silent))
            .build(self)
            .map_err(|cause| OpenError::Unreachable(cause.to_string()))
    }

    fn must_be_the_same(&self) -> Result<(), diesel::r2d2::Error> {
        match self.opened.as_ref().map(|file| file.must_be_the_same()) {
            Some(Err(cause)) => Err(diesel::r2d2::Error::ConnectionError(
                ConnectionError::BadConnection(cause.to_string()),
            )),
            Some(Ok(())) | None => Ok(()),
        }
    }

    /// A connection of its own, outside the pools.
    pub(super) fn open(&self) -> DbResult<Conn> {
        self.connect()
            .map_err(|cause| DbError::Unreachable(cause.to_string()))
    }
}

/// What a pool cannot open is said to whoever waits for it; told in the log besides, it would stand there each second.
#[derive(Debug)]
struct Silent;

impl<E> HandleError<E> for Silent {
    fn handle_error(&self, _error: E) {}
}

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    /// A connection that is opened late, after the file was replaced, would read another one, and write into its header.
    fn connect(&self) -> Result<Conn, Self::Error> {
        self.must_be_the_same()?;
        let mut conn = self
            .scheme
            .open()
            .map_err(diesel::r2d2::Error::ConnectionError)?;
        self.must_be_the_same()?;
        if let (true, Conn::Sqlite(conn)) = (self.in_a_hurry, &mut conn) {
            conn.batch_execute("PRAGMA synchronous = OFF")
                .map_err(diesel::r2d2::Error::QueryError)?;
        }
        if let (true, Conn::Sqlite(conn)) = (self.only_reads, &mut conn) {
            conn.batch_execute("PRAGMA query_only = ON")
                .map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}
