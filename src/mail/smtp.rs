//! A mail server: how it is reached, what it said, and a few connections to it that are kept for the next mail.
//!
//! lettre speaks to the server; which step a refusal answers is asked for here, because a server that turns *us* away
//! (wrong password, closed port) must not be taken for one that refuses this mail: one mistake in a setting would kill
//! every mail in the outbox. A connection that is kept is not tested by a NOOP of its own: the MAIL of the next message
//! is the test. A message goes out in one write; in two, the second would wait until the server confirms the first.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::server_url;
use super::server_words::without_addresses;
use super::setting::SettingError;
use super::trust::Trust;
use crate::rules::bounce::Command;
use crate::rules::delivery::{Answer, Refusal};

/// A mail server; clones share its connections.
#[derive(Clone)]
pub struct Server(Arc<Pool>);

struct Pool {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    /// How long to wait for a connection, and for the answer to a command.
    timeout: Duration,
    kept: Mutex<Vec<SmtpConnection>>,
}

/// How the way to the server is kept from being read.
enum Security {
    /// TLS from the first byte (`smtps://`).
    Wrapped(TlsParameters),
    /// STARTTLS, or nothing is said.
    Required(TlsParameters),
    /// STARTTLS where the server offers it: for this machine itself.
    Offered(TlsParameters),
    /// None: for this machine itself.
    Plain,
}

/// The registered ports: RFC 8314 (465, 587) and RFC 5321 (25).
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;
const SMTP: u16 = 25;

impl Server {
    /// Reads a URL. To another machine TLS is required; a URL that allows less is refused.
    ///
    /// # Errors
    /// If the URL is not understood, or would send mail unencrypted to another machine.
    pub(super) fn from_url(
        setting: &str,
        timeout: Duration,
        trust: &Trust,
    ) -> Result<Self, SettingError> {
        let url = Url::parse(setting).map_err(|cause| SettingError::Url(cause.to_string()))?;
        server_url::must_be_meant(&url)?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| SettingError::Url("no host".to_owned()))?;
        // An address of version 6 stands in brackets in a URL, and nowhere else.
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let (security, port) = security(&url, &host, trust)?;
        Ok(Self(Arc::new(Pool {
            port: url.port().unwrap_or(port),
            security,
            credentials: credentials(&url)?,
            host,
            timeout,
            kept: Mutex::default(),
        })))
    }

    /// Hands a message over. Of connections that were kept, those that the server has closed meanwhile are forgotten.
    pub(super) fn send(&self, envelope: &Envelope, message: &[u8]) -> Answer {
        let message = ready_for_data(message);
        while let Some(mut line) = self.0.take() {
            match begin(&mut line, envelope) {
                Ok(()) => return self.go_on(line, envelope, message),
                Err(Unbegun::NoUtf8) => return self.put_back(line),
                Err(Unbegun::Smtp(error)) if is_an_answer(&error) => {
                    return self.refused(line, Command::Mail, &error);
                }
                Err(Unbegun::Smtp(error)) if error.is_timeout() => {
                    return sort(Command::Mail, &error);
                }
                Err(Unbegun::Smtp(_)) => line.abort(),
            }
        }
        let mut line = match self.0.connect() {
            Ok(line) => line,
            Err(error) => return sort(Command::Connection, &error),
        };
        match begin(&mut line, envelope) {
            Ok(()) => self.go_on(line, envelope, message),
            Err(Unbegun::NoUtf8) => self.put_back(line),
            Err(Unbegun::Smtp(error)) => self.refused(line, Command::Mail, &error),
        }
    }

    /// Nothing was said to the server of this message.
    fn put_back(&self, line: SmtpConnection) -> Answer {
        self.0.keep(line);
        Answer::Unsendable {
            reason: "the mail server takes no addresses with letters beyond ASCII (SMTPUTF8)"
                .to_owned(),
        }
    }

    fn go_on(&self, mut line: SmtpConnection, envelope: &Envelope, message: String) -> Answer {
        match hand_over(&mut line, envelope.to(), message, self.0.timeout) {
            Ok(response) => {
                self.0.keep(line);
                let lines: Vec<&str> = response.message().collect();
                Answer::Accepted {
                    reply: without_addresses(&format!("{} {}", response.code(), lines.join(" "))),
                }
            }
            Err((command, error)) => self.refused(line, command, &error),
        }
    }

    /// After a refusal the connection is as good as before, once the server has forgotten the message.
    fn refused(&self, mut line: SmtpConnection, command: Command, error: &Error) -> Answer {
        if is_an_answer(error) && line.command(Rset).is_ok() {
            self.0.keep(line);
        } else {
            line.abort();
        }
        sort(command, error)
    }
}

impl Pool {
    fn take(&self) -> Option<SmtpConnection> {
        self.lines().pop()
    }

    fn keep(&self, line: SmtpConnection) {
        self.lines().push(line);
    }

    fn lines(&self) -> MutexGuard<'_, Vec<SmtpConnection>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> Result<SmtpConnection, Error> {
        let hello = ClientId::default();
        let wrapped = match &self.security {
            Security::Wrapped(tls) => Some(tls),
            _ => None,
        };
        let place = (self.host.as_str(), self.port);
        let mut line = SmtpConnection::connect(place, Some(self.timeout), &hello, wrapped, None)?;
        match &self.security {
            Security::Required(tls) => line.starttls(tls, &hello)?,
            Security::Offered(tls) if line.can_starttls() => line.starttls(tls, &hello)?,
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            line.auth(&[Mechanism::Plain, Mechanism::Login], credentials)?;
        }
        Ok(line)
    }
}

/// Says good-bye to the server, which need not wait for us until it loses its patience.
impl Drop for Pool {
    fn drop(&mut self) {
        while let Some(mut line) = self.take() {
            let _ = line.set_timeout(Some(Duration::from_secs(1)));
            let _ = line.command(Quit);
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.host, self.0.port)
    }
}

/// As for people: there may be a password in it.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

/// Why a message was not begun.
enum Unbegun {
    /// An address has letters that the server does not offer to take (RFC 6531, 3.1); it is not asked.
    NoUtf8,
    Smtp(Error),
}

fn begin(line: &mut SmtpConnection, envelope: &Envelope) -> Result<(), Unbegun> {
    let mut addresses = envelope.to().iter().chain(envelope.from());
    let mut options = Vec::new();
    if !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Unbegun::NoUtf8);
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    let mail = Mail::new(envelope.from().cloned(), options);
    line.command(mail).map_err(Unbegun::Smtp)?;
    Ok(())
}

fn hand_over(
    line: &mut SmtpConnection,
    to: &[Address],
    message: String,
    timeout: Duration,
) -> Result<Response, (Command, Error)> {
    for address in to {
        let answer = line.command(Rcpt::new(address.clone(), Vec::new()));
        answer.map_err(|error| (Command::Rcpt, error))?;
    }
    let of_data = |error| (Command::Data, error);
    line.command(Data).map_err(of_data)?;
    // Looking for viruses, a server takes its time over the message. On a line where no time can be set the answer says what is wrong.
    let _ = line.set_timeout(Some(timeout * LONGER_FOR_THE_MESSAGE));
    let response = line.command(message).map_err(of_data)?;
    let _ = line.set_timeout(Some(timeout));
    Ok(response)
}

/// How many times as long as for a command is waited for the answer to a message.
const LONGER_FOR_THE_MESSAGE: u32 = 3;

/// RFC 5321 section 4.5.2: a line that begins with a dot gets another, and a dot alone ends the message.
fn ready_for_data(message: &[u8]) -> String {
    let message = String::from_utf8_lossy(message);
    let mut ready = String::with_capacity(message.len() + message.len() / 64 + 5);
    for line in message.split_inclusive("\r\n") {
        if line.starts_with('.') {
            ready.push('.');
        }
        ready.push_str(line);
    }
    if !ready.ends_with("\r\n") {
        ready.push_str("\r\n");
    }
    ready.push_str(".\r\n");
    ready
}

fn security(url: &Url, host: &str, trust: &Trust) -> Result<(Security, u16), SettingError> {
    let tls = url
        .query_pairs()
        .find(|(key, _)| key == "tls")
        .map(|(_, value)| value.into_owned());
    let is_here = is_this_machine(url);
    let in_the_open = |tls| {
        Err(SettingError::PlainText {
            tls,
            host: host.to_owned(),
        })
    };
    let parameters = || {
        let parameters = trust.parameters(host);
        parameters.map_err(|cause| SettingError::Url(cause.to_string()))
    };
    match (url.scheme(), tls.as_deref()) {
        ("smtps", _) => Ok((Security::Wrapped(parameters()?), SUBMISSIONS)),
        (_, Some("required")) => Ok((Security::Required(parameters()?), SUBMISSION)),
        (_, None) if !is_here => Ok((Security::Required(parameters()?), SUBMISSION)),
        (_, Some("opportunistic")) if is_here => Ok((Security::Offered(parameters()?), SMTP)),
        (_, Some("opportunistic")) => in_the_open("opportunistic"),
        (_, None | Some("none")) if is_here => Ok((Security::Plain, SMTP)),
        (_, Some("none")) => in_the_open("none"),
        (_, other) => Err(SettingError::Tls(other.unwrap_or_default().to_owned())),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SettingError> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    let decoded = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded
            .map(|text| text.into_owned())
            .map_err(|_| SettingError::Url("user or password is not text in UTF-8".to_owned()))
    };
    Ok(Some(Credentials::new(
        decoded(url.username())?,
        decoded(password)?,
    )))
}

/// A scheme that is not the web's has its host as a name, even when that is an IP address.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost")
                || name
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether the server said something about the message, rather than that it stops speaking (421) or nothing.
fn is_an_answer(error: &Error) -> bool {
    error.status().is_some_and(|code| u16::from(code) != 421)
}

/// No answer at all, and 421 (RFC 5321 section 3.8), say nothing of the message.
fn sort(command: Command, error: &Error) -> Answer {
    let words = without_addresses(&error.to_string());
    match error.status().map(u16::from) {
        None => Answer::Unreachable { reason: words },
        Some(421) if command != Command::Data => Answer::Unreachable { reason: words },
        Some(code) => Answer::Refused(Refusal {
            command: Some(command),
            code,
            words,
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_at_the_beginning_of_a_line_ends_no_message() {
        assert_eq!(
            ready_for_data(b"a\r\n.\r\n..b\r\n"),
            "a\r\n..\r\n...b\r\n.\r\n"
        );
        assert_eq!(ready_for_data(b".a"), "..a\r\n.\r\n");
        assert_eq!(ready_for_data(b"a\r\n"), "a\r\n.\r\n");
    }

    #[test]
    fn a_url_says_how_the_server_is_reached() {
        let read =
            |url: &str| Server::from_url(url, Duration::from_secs(1), &Trust::default()).unwrap();
        for (url, port, is_encrypted) in [
            ("smtp://mail.example", 587, true),
            ("smtps://user:pass@mail.example", 465, true),
            ("smtp://mail.example:2525?tls=required", 2525, true),
            ("smtp://localhost", 25, false),
            ("smtp://[::1]:2525", 2525, false),
        ] {
            let server = read(url);
            assert_eq!(server.0.port, port, "{url}");
            let is_plain = matches!(server.0.security, Security::Plain);
            assert_eq!(!is_plain, is_encrypted, "{url}");
        }
        assert_eq!(read("smtp://[::1]:2525").0.host, "::1");
        let url = Url::parse("smtp://a%40b:c%2Fd@mail.example").unwrap();
        let read = credentials(&url).unwrap();
        assert!(read == Some(Credentials::new("a@b".to_owned(), "c/d".to_owned())));
    }
}
