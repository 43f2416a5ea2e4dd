//! What can be wrong with the settings of mail.

use std::io;

/// What is wrong with a setting of mail; never repeats a URL, for it may hold a password.
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
        "HEARTH_MAIL has tls={0}: it can be required (the default), or none or opportunistic for this machine itself"
    )]
    Tls(String),
    /// Mail would be readable on the way.
    #[error(
        "HEARTH_MAIL has tls={tls}, but mail may go unencrypted only to this machine itself, not to {host}: remove tls={tls}, or use smtps://"
    )]
    PlainText {
        /// What was asked for.
        tls: &'static str,
        host: String,
    },
    /// The file of a certificate authority is of no use.
    #[error("HEARTH_MAIL_CA={file} cannot be used: {cause}")]
    Authority { file: String, cause: String },
    /// The sender is no address.
    #[error("HEARTH_MAIL_FROM={0:?} is not an email address: use one like hearth@example.gov.uk")]
    From(String),
    /// The address for mail that comes back is none.
    #[error(
        "HEARTH_MAIL_BOUNCES_TO={0:?} is not an email address: use one like bounces@example.gov.uk"
    )]
    BouncesTo(String),
    /// The folder for mail that comes back is none that mail is delivered into.
    #[error(
        "HEARTH_MAIL_BOUNCES={folder} is no Maildir, because {cause}: name the one that the mail server delivers into, or make it (folders new, cur and tmp)"
    )]
    Bounces { folder: String, cause: String },
    /// The folder cannot be made.
    #[error("the folder {folder} for mail cannot be made: {cause}")]
    Folder { folder: String, cause: io::Error },
}
