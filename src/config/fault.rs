//! What can be wrong with settings.

/// Why the program does not start with these settings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A name that starts with `HEARTH_` and is none of ours.
    #[error("{0} is not a setting of Hearth; `hearth config` lists them all")]
    Unknown(String),
    /// A value that is no text.
    #[error("{0} is not understood: its value is not text in UTF-8")]
    NotText(String),
    /// A value that cannot be read.
    #[error("{name}={value:?} is not understood: {wanted}")]
    Value {
        name: &'static str,
        value: String,
        wanted: &'static str,
    },
    /// A value that was not meant as it stands; not repeated, for it may be a secret.
    #[error("{name} is not understood: {how}")]
    Slip { name: String, how: &'static str },
    /// A secret that anybody might guess.
    #[error("HEARTH_SECRET can be guessed, because {0}: make one with openssl rand -hex 32")]
    Guessable(&'static str),
    /// Two settings that do not go together.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl ConfigError {
    /// The setting, when it is one that is wrong by itself.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Unknown(name) | Self::NotText(name) => Some(name),
            Self::Slip { name, .. } => Some(name),
            Self::Value { name, .. } => Some(name),
            Self::Guessable(_) | Self::Contradiction(_) => None,
        }
    }
}
