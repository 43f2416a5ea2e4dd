//! Where mail goes: a mail server, a folder or the memory. Sorts what the server answers.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::{Message, SmtpTransport, Transport as _};
use url::{Host, Url};

use crate::rules::delivery::Answer;

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp {
        /// Host and port, for people; without the password.
        server: String,
        /// The connections to it.
        client: SmtpTransport,
    },
    /// Into a folder, as files that mail programs open: for trying Hearth out.
    Folder(PathBuf),
    /// Kept in memory, for tests.
    Memory(Arc<Mutex<Vec<Posted>>>),
}

/// A message as it went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The one address it went to.
    pub to: String,
    /// Headers and bodies.
    pub raw: String,
}

/// What is wrong with HEARTH_MAIL or HEARTH_MAIL_FROM; never repeats a URL, for it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// Not an address of a server.
    #[error(
        "HEARTH_MAIL is not understood: use smtp://USER:PASSWORD@HOST:PORT, smtps://… or the path of a folder ({0})"
    )]
    Url(String),
    /// A scheme that is not for mail.
    #[error(
        "HEARTH_MAIL begins with {0}://, but mail goes by smtp:// or smtps://, or into a folder"
    )]
    Scheme(String),
    /// An unknown value of `tls`.
    #[error(
        "HEARTH_MAIL has tls={0}: it can be required (the default), opportunistic, or none for this machine itself"
    )]
    Tls(String),
    /// Mail would be readable on the way.
    #[error(
        "HEARTH_MAIL has tls=none, but mail may go unencrypted only to this machine itself, not to {0}: remove tls=none, or use smtps://"
    )]
    PlainText(String),
    /// The sender is no address.
    #[error("HEARTH_MAIL_FROM={0:?} is not an email address: use one like hearth@example.gov.uk")]
    From(String),
    /// The folder cannot be made.
    #[error("the folder {folder} for mail cannot be made: {cause}")]
    Folder {
        /// Which folder.
        folder: String,
        /// Why.
        cause: io::Error,
    },
}

/// How long to wait for a connection, and for each answer: a server that is looking for viruses is slow.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Transport {
    /// Reads HEARTH_MAIL: an `smtp://` or `smtps://` URL with lettre's options, or the path of a folder, which is
    /// made. To other machines TLS is required unless the URL asks for `tls=opportunistic`.
    ///
    /// # Errors
    /// If the setting is not understood, or would send mail unencrypted to another machine.
    pub fn from_setting(setting: &str) -> Result<Self, SettingError> {
        match setting.split_once("://") {
            Some(("smtp" | "smtps", _)) => Self::smtp(setting, TIMEOUT),
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
            return Self::from_setting(setting).map(|_| ());
        }
        match fs::metadata(setting) {
            Ok(there) if !there.is_dir() => Err(SettingError::Folder {
                folder: setting.to_owned(),
                cause: io::ErrorKind::NotADirectory.into(),
            }),
            _ => Ok(()),
        }
    }

    /// A mail server, with another patience than usual.
    ///
    /// # Errors
    /// As [`Transport::from_setting`].
    pub fn smtp(setting: &str, timeout: Duration) -> Result<Self, SettingError> {
        let url =
            with_tls(Url::parse(setting).map_err(|cause| SettingError::Url(cause.to_string()))?)?;
        let builder = SmtpTransport::from_url(url.as_str())
            .map_err(|cause| SettingError::Url(cause.to_string()))?;
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        Ok(Self::Smtp {
            server: format!("{}{port}", url.host_str().unwrap_or_default()),
            client: builder
                .timeout(Some(timeout))
                .pool_config(PoolConfig::new().max_size(2))
                .build(),
        })
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

    /// What a transport of memory has kept; nothing for the others.
    pub fn posted(&self) -> Vec<Posted> {
        match self {
            Self::Memory(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            _ => Vec::new(),
        }
    }

    /// Hands a message over; `name` is the file it becomes in a folder.
    pub fn send(&self, message: &Message, name: &str) -> Answer {
        match self {
            Self::Smtp { client, .. } => send_by_smtp(client, message),
            Self::Folder(folder) => match write_whole(folder, name, &message.formatted()) {
                Ok(()) => Answer::Accepted {
                    reply: format!("written to {name}"),
                },
                Err(cause) => Answer::Temporary {
                    code: None,
                    reply: format!("the folder for mail cannot be written: {cause}"),
                },
            },
            Self::Memory(kept) => {
                let to = message
                    .envelope()
                    .to()
                    .first()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let raw = String::from_utf8_lossy(&message.formatted()).into_owned();
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(Posted { to, raw });
                Answer::Accepted {
                    reply: "kept in memory".to_owned(),
                }
            }
        }
    }
}

impl std::fmt::Display for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Smtp { server, .. } => write!(f, "the mail server {server}"),
            Self::Folder(path) => write!(f, "the folder {}", path.display()),
            Self::Memory(_) => f.write_str("memory"),
        }
    }
}

/// The URL as lettre reads it, where no `tls` means unencrypted: here it means required, but for this machine.
fn with_tls(mut url: Url) -> Result<Url, SettingError> {
    let host = url
        .host()
        .ok_or_else(|| SettingError::Url("no host".to_owned()))?
        .to_owned();
    let tls = url
        .query_pairs()
        .find(|(key, _)| key == "tls")
        .map(|(_, value)| value.into_owned());
    match (url.scheme(), tls.as_deref()) {
        ("smtps", _) | (_, Some("required" | "opportunistic")) => {}
        (_, None | Some("none")) if is_this_machine(&url) => url.set_query(None),
        (_, None) => url.set_query(Some("tls=required")),
        (_, Some("none")) => return Err(SettingError::PlainText(host.to_string())),
        (_, Some(other)) => return Err(SettingError::Tls(other.to_owned())),
    }
    Ok(url)
}

/// A scheme that is not the web's has its host as a name, even when that is an IP address.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost")
                || name
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Connects first and sends then: a server that turns *us* away (wrong password, closed door) must not be taken
/// for one that refuses this mail, or one mistake in a setting would kill every mail in the outbox.
fn send_by_smtp(client: &SmtpTransport, message: &Message) -> Answer {
    match client.test_connection() {
        Ok(true) => {}
        Ok(false) => {
            return Answer::Unreachable {
                reason: "the connection was lost".to_owned(),
            };
        }
        Err(error) => {
            return Answer::Unreachable {
                reason: without_addresses(&error.to_string()),
            };
        }
    }
    match client.send(message) {
        Ok(response) => {
            let lines: Vec<&str> = response.message().collect();
            Answer::Accepted {
                reply: without_addresses(&format!("{} {}", response.code(), lines.join(" "))),
            }
        }
        Err(error) => sort(&error),
    }
}

/// RFC 5321 section 4.2.1: 4yz is for now, 5yz is for good; no answer at all is neither.
fn sort(error: &lettre::transport::smtp::Error) -> Answer {
    let words = without_addresses(&error.to_string());
    match error.status().map(u16::from) {
        Some(421) => Answer::Unreachable { reason: words },
        Some(code) if code >= 500 && !is_ours_to_mend(code, &words) => Answer::Permanent {
            code: Some(code),
            reply: words,
        },
        Some(code) => Answer::Temporary {
            code: Some(code),
            reply: words,
        },
        None => Answer::Unreachable { reason: words },
    }
}

/// Refusals that say something about our settings and nothing about this mail: signing in (RFC 4954) and the
/// sender's own address (RFC 3463: X.1.7 and X.1.8).
fn is_ours_to_mend(code: u16, words: &str) -> bool {
    matches!(code, 530 | 534 | 535 | 538) || words.contains("5.1.7 ") || words.contains("5.1.8 ")
}

/// As much of an answer as helps.
const ANSWER_LENGTH: usize = 400;

/// The server's words on one line, short, and without the addresses that servers like to repeat.
fn without_addresses(words: &str) -> String {
    let kept: Vec<&str> = words
        .split_whitespace()
        .map(|word| {
            if word.contains('@') {
                "(address)"
            } else {
                word
            }
        })
        .collect();
    kept.join(" ").chars().take(ANSWER_LENGTH).collect()
}

/// Writes under another name first, so that whoever watches the folder never reads half a message.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let mut file = fs::File::create(&unfinished)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say_is_kept_short_and_without_addresses() {
        let said =
            without_addresses("550 5.1.1 <sam@example.org>:\r\n Recipient  address rejected");
        assert_eq!(said, "550 5.1.1 (address) Recipient address rejected");
        assert_eq!(
            without_addresses(&"é".repeat(1000)).chars().count(),
            ANSWER_LENGTH
        );
    }

    #[test]
    fn a_refusal_of_our_own_address_or_password_is_no_fault_of_the_mail() {
        assert!(is_ours_to_mend(535, "5.7.8 Error: authentication failed"));
        assert!(is_ours_to_mend(
            553,
            "5.1.8 (address) Sender address rejected: Domain not found"
        ));
        assert!(!is_ours_to_mend(550, "5.1.1 (address) User unknown"));
    }
}
