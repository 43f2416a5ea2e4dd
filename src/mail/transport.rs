//! Where mail goes: a mail server, a folder or the memory. Sorts what the server answers.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::Message;

pub use super::setting::SettingError;
use super::smtp::Server;
use super::trust::Trust;
use crate::config::folder;
use crate::rules::delivery::Answer;

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(Server),
    /// Into a folder, as files that mail programs open: for trying Hearth out.
    Folder(PathBuf),
    /// Kept in memory, for tests.
    Memory(Arc<Mutex<Vec<Posted>>>),
    /// To a mail server that is played, for simulations.
    Played(Play),
}

/// A mail server that is played: what it answers to a message.
#[derive(Clone)]
pub struct Play(Arc<dyn Fn(Posted) -> Answer + Send + Sync>);

impl Play {
    /// A server that answers by a function.
    pub fn new(answer: impl Fn(Posted) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }
}

impl std::fmt::Debug for Play {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Play")
    }
}

/// A message as it went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The one address it went to.
    pub to: String,
    pub raw: String,
}

/// How long to wait for a connection, and for the answer to a command; for that to a message thrice as long.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Transport {
    /// Reads HEARTH_MAIL: an `smtp://` or `smtps://` URL, or the path of a folder, which is made. To other machines
    /// mail goes over TLS only, and only if somebody who is trusted vouches for them: a URL that allows anything else is
    /// refused.
    ///
    /// # Errors
    /// If the setting is not understood, or would send mail unencrypted to another machine.
    pub fn from_setting(setting: &str, trust: &Trust) -> Result<Self, SettingError> {
        match setting.split_once("://") {
            Some(("smtp" | "smtps", _)) => Self::smtp(setting, TIMEOUT, trust),
            Some((scheme, _)) => Err(SettingError::Scheme(scheme.to_owned())),
            None => Self::folder(setting),
        }
    }

    /// Whether HEARTH_MAIL is understood; a folder is not made.
    ///
    /// # Errors
    /// As [`Transport::from_setting`].
    pub fn check_setting(setting: &str) -> Result<(), SettingError> {
        if setting.contains("://") {
            return Self::from_setting(setting, &Trust::default()).map(|_| ());
        }
        if looks_like_a_server(setting) {
            return Err(SettingError::Url(
                "a mail server has smtp:// or smtps:// before its name".to_owned(),
            ));
        }
        folder::can_be_made(Path::new(setting)).map_err(|cause| SettingError::Folder {
            folder: setting.to_owned(),
            cause,
        })
    }

    /// A mail server, with another patience than usual.
    ///
    /// # Errors
    /// As [`Transport::from_setting`].
    pub fn smtp(setting: &str, timeout: Duration, trust: &Trust) -> Result<Self, SettingError> {
        Server::from_url(setting, timeout, trust).map(Self::Smtp)
    }

    /// A folder, which is made.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn folder(path: impl AsRef<Path>) -> Result<Self, SettingError> {
        let path = path.as_ref();
        make_private(path).map_err(|cause| SettingError::Folder {
            folder: path.display().to_string(),
            cause,
        })?;
        Ok(Self::Folder(path.to_owned()))
    }

    /// The memory.
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// What a transport of memory has kept; none for the others.
    pub fn posted(&self) -> Vec<Posted> {
        match self {
            Self::Memory(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// Hands a message over; `name` is the file it becomes in a folder.
    pub fn send(&self, message: &Message, name: &str) -> Answer {
        match self {
            Self::Smtp(server) => server.send(message.envelope(), &message.formatted()),
            Self::Folder(folder) => match write_whole(folder, name, &message.formatted()) {
                Ok(()) => Answer::Accepted {
                    reply: format!("written to {name}"),
                },
                Err(cause) => Answer::NotHandedOver {
                    reason: format!("the folder for mail cannot be written: {cause}"),
                },
            },
            Self::Memory(kept) => {
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Posted::of(message));
                Answer::Accepted {
                    reply: "kept in memory".to_owned(),
                }
            }
            Self::Played(Play(answer)) => answer(Posted::of(message)),
        }
    }

    /// Seconds by which a mail that failed is tried again later than the rules say, so that no two that failed together
    /// are tried again together. What is played is the same each time.
    pub(super) fn jitter(&self) -> u32 {
        match self {
            Self::Played(_) => 0,
            _ => rand::random_range(0..JITTER_SECONDS),
        }
    }
}

/// Whether somebody left out the slashes of a URL, or the whole scheme, or named an address: a folder of that name would be made.
fn looks_like_a_server(setting: &str) -> bool {
    let has_a_scheme = setting.starts_with("smtp:") || setting.starts_with("smtps:");
    let is_one_name = !setting.contains(['/', '\\']);
    let ends_with_a_port = setting
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    has_a_scheme || (is_one_name && (setting.contains('@') || ends_with_a_port))
}

/// The longest jitter.
const JITTER_SECONDS: u32 = 30;

impl Posted {
    fn of(message: &Message) -> Self {
        let to = message.envelope().to().first();
        Self {
            to: to.map(ToString::to_string).unwrap_or_default(),
            raw: String::from_utf8_lossy(&message.formatted()).into_owned(),
        }
    }
}

impl std::fmt::Display for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Smtp(server) => write!(f, "the mail server {server}"),
            Self::Folder(path) => write!(f, "the folder {}", path.display()),
            Self::Memory(_) => f.write_str("memory"),
            Self::Played(_) => f.write_str("a mail server that is played"),
        }
    }
}

/// For a file that is its owner's alone: a mail may hold a link that signs in.
fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Writes under another name first, so that whoever watches the folder never reads half a message.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let mut file = private().open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
