//! Which certificate authorities may vouch for the mail server: those that this machine trusts, and the council's own.

use std::path::Path;
use std::{fs, io};

use lettre::transport::smtp::client::{Certificate, TlsParameters};

use super::setting::SettingError;

/// Who vouches for a mail server; without more, those that this machine trusts.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    own: Option<Certificate>,
}

/// How a certificate begins in a PEM file.
const BEGINNING: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Trust {
    /// Those that this machine trusts, and those of whom there is a certificate in this PEM file.
    ///
    /// # Errors
    /// If the file cannot be read or has no certificate in it.
    pub fn from_setting(file: Option<&Path>) -> Result<Self, SettingError> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let fault = |cause: String| SettingError::Authority {
            file: file.display().to_string(),
            cause,
        };
        let pem = fs::read(file).map_err(|cause: io::Error| fault(cause.to_string()))?;
        if !pem.windows(BEGINNING.len()).any(|part| part == BEGINNING) {
            return Err(fault("there is no certificate in it".to_owned()));
        }
        let own = Certificate::from_pem(&pem).map_err(|cause| fault(cause.to_string()))?;
        // A certificate that cannot be used is told here, and not by the first mail.
        let trust = Self { own: Some(own) };
        match trust.parameters("localhost") {
            Ok(_) => Ok(trust),
            Err(cause) => Err(fault(cause.to_string())),
        }
    }

    /// What a connection to this host asks of its certificate.
    pub(super) fn parameters(
        &self,
        host: &str,
    ) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let builder = TlsParameters::builder(host.to_owned());
        match &self.own {
            Some(own) => builder.add_root_certificate(own.clone()).build(),
            None => builder.build(),
        }
    }
}
