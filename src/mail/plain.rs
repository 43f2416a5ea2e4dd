//! A mail of a few plain lines by a second mail server, to one address: how the watch says that something is wrong, perhaps with the
//! first one. It is in no outbox: the database may be what is wrong.

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};

use super::setting::SettingError;
use super::transport::Transport;
use super::trust::Trust;
use crate::config::Config;
use crate::rules::delivery::Answer;

/// A second mail server, and whom it is told.
#[derive(Clone, Debug)]
pub struct Plain {
    transport: Transport,
    from: Mailbox,
    to: Mailbox,
}

/// Why it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlainError {
    #[error("HEARTH_ALARM_MAIL: {0}")]
    Server(#[from] SettingError),
    #[error("HEARTH_ALARM_TO={0:?} is not an email address")]
    To(String),
    #[error("HEARTH_MAIL_FROM={0:?} is not an email address")]
    From(String),
}

impl Plain {
    /// As the settings say; none when there is no second server.
    ///
    /// # Errors
    /// If one of them is not understood.
    pub fn from_config(config: &Config) -> Result<Option<Self>, PlainError> {
        let (Some(server), Some(to)) = (&config.alarm_mail, &config.alarm_to) else {
            return Ok(None);
        };
        let trust = Trust::from_setting(config.mail_ca.as_deref())?;
        let from = config.mail_from.trim();
        Ok(Some(Self {
            transport: Transport::from_setting(server, &trust)?,
            from: from
                .parse()
                .map_err(|_| PlainError::From(from.to_owned()))?,
            to: to.trim().parse().map_err(|_| PlainError::To(to.clone()))?,
        }))
    }

    /// What [`Plain::from_config`] would refuse of the settings that are its own; nothing is made.
    pub fn faults(config: &Config) -> Vec<PlainError> {
        let (Some(server), Some(to)) = (&config.alarm_mail, &config.alarm_to) else {
            return Vec::new();
        };
        let server = Transport::check_setting(server);
        let to = to.trim().parse::<Mailbox>();
        let to = to.map_err(|_| PlainError::To(config.alarm_to.clone().unwrap_or_default()));
        let faults = [server.err().map(PlainError::Server), to.err()];
        faults.into_iter().flatten().collect()
    }

    /// Sends it now, once.
    ///
    /// # Errors
    /// What the server said, in a sentence.
    pub fn send(&self, subject: &str, words: &str) -> Result<(), String> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(words.to_owned())
            .map_err(|cause| format!("The alarm’s mail could not be written: {cause}."))?;
        let name = format!("alarm-{:016x}.eml", rand::random::<u64>());
        let said = |words: &str| Err(format!("The alarm’s mail was not taken: {words}."));
        match self.transport.send(&message, &name) {
            Answer::Accepted { .. } => Ok(()),
            Answer::Refused(refusal) => said(&refusal.words),
            Answer::Unreachable { reason }
            | Answer::NotHandedOver { reason }
            | Answer::Unsendable { reason } => said(&reason),
        }
    }
}
