//! What carries the mail, in whose name, and where what comes back arrives: the settings of mail as one value.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lettre::Address;

use super::maildir;
use super::setting::SettingError;
use super::transport::Transport;
use super::trust::Trust;
use super::unwritten::Unwritten;
use crate::config::Config;

/// What carries the mail, and in whose name.
#[derive(Clone, Debug)]
pub struct Courier {
    pub transport: Transport,
    /// The address it comes from; the name beside it is the authority's.
    pub from: Address,
    /// The sender of the envelope: where a server sends what it cannot deliver.
    pub bounces_to: Address,
    /// Whether each mail names itself in that address.
    pub tagged: bool,
    /// The folder (a Maildir) in which what came back is found.
    pub bounces: Option<PathBuf>,
    /// How many connections to the mail server are open at once.
    pub connections: usize,
    /// How many mails are leased at once: few, because a crash leaves them waiting for the lease.
    pub leased_at_once: usize,
    /// What was taken by the server and could not be written down.
    pub unwritten: Unwritten,
    closing: Arc<AtomicBool>,
}

/// Connections, where nothing else is said.
const CONNECTIONS: usize = 4;

/// Mails leased at once for each connection.
const LEASED_EACH: usize = 16;

impl Courier {
    /// By a transport, in the name of an address, to which what cannot be delivered comes back.
    pub fn new(transport: Transport, from: Address) -> Self {
        Self {
            transport,
            bounces_to: from.clone(),
            from,
            tagged: false,
            bounces: None,
            connections: CONNECTIONS,
            leased_at_once: CONNECTIONS * LEASED_EACH,
            unwritten: Unwritten::default(),
            closing: Arc::default(),
        }
    }

    /// Sends one mail after the other: what a simulation does is the same each time.
    #[must_use]
    pub fn one_by_one(self) -> Self {
        Self {
            connections: 1,
            leased_at_once: 1,
            ..self
        }
    }

    /// Takes no further mail, because the program stops: what is under way is finished, the rest waits for the next
    /// start.
    pub fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    /// Whether it takes no further mail.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// From the settings HEARTH_MAIL and HEARTH_MAIL_FROM.
    ///
    /// # Errors
    /// If one of them is not understood, or mail would go unencrypted to another machine.
    pub fn from_settings(mail: &str, from: &str) -> Result<Self, SettingError> {
        Self::trusting(mail, from, &Trust::default())
    }

    fn trusting(mail: &str, from: &str, trust: &Trust) -> Result<Self, SettingError> {
        let from = sender(from)?;
        Ok(Self::new(Transport::from_setting(mail, trust)?, from))
    }

    /// From all settings of mail.
    ///
    /// # Errors
    /// As [`Courier::from_settings`].
    pub fn from_config(config: &Config) -> Result<Self, SettingError> {
        let trust = Trust::from_setting(config.mail_ca.as_deref())?;
        let courier = Self::trusting(&config.mail, &config.mail_from, &trust)?;
        Ok(Self {
            bounces_to: bounces_to(config)?,
            tagged: config.mail_bounces_tagged,
            bounces: config.mail_bounces.clone(),
            connections: config.mail_connections,
            leased_at_once: config.mail_connections * LEASED_EACH,
            ..courier
        })
    }

    /// What [`Courier::from_config`] would refuse; nothing is made.
    pub fn faults(config: &Config) -> Vec<SettingError> {
        let faults = [
            Transport::check_setting(&config.mail).err(),
            Trust::from_setting(config.mail_ca.as_deref()).err(),
            sender(&config.mail_from).err(),
            config
                .mail_bounces_to
                .as_ref()
                .and_then(|_| bounces_to(config).err()),
            config.mail_bounces.as_deref().and_then(not_a_maildir),
        ];
        faults.into_iter().flatten().collect()
    }
}

fn sender(from: &str) -> Result<Address, SettingError> {
    let address = from.trim().parse();
    address.map_err(|_| SettingError::From(from.to_owned()))
}

fn not_a_maildir(folder: &Path) -> Option<SettingError> {
    let cause = match maildir::check(folder) {
        Ok(()) => return None,
        Err(cause) if !folder.is_dir() => format!("it is not there ({cause})"),
        Err(cause) => format!("its folder new cannot be read or cur not made ({cause})"),
    };
    let folder = folder.display().to_string();
    Some(SettingError::Bounces { folder, cause })
}

fn bounces_to(config: &Config) -> Result<Address, SettingError> {
    let Some(given) = &config.mail_bounces_to else {
        return sender(&config.mail_from);
    };
    let address = given.trim().parse();
    address.map_err(|_| SettingError::BouncesTo(given.clone()))
}
