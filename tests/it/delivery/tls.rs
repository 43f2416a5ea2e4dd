//! Mail goes to another machine over TLS only, to a server for which somebody who is trusted vouches.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hearth::mail::{Transport, Trust};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

use super::Office;
use crate::smtp::{Behaviour, Encryption, SmtpServer};

/// A certificate authority of a test's own, with its certificate in a file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut about = CertificateParams::new(Vec::new()).unwrap();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let folder = tempfile::tempdir().unwrap();
        let certificate = about.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(about, key),
            folder,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn trust(&self) -> Trust {
        Trust::from_setting(Some(&self.file())).unwrap()
    }

    /// What a server shows that it is this host.
    fn vouch_for(&self, host: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let about = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = about.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        Arc::new(config)
    }
}

/// Puts one mail and tries to send it; what the outbox says of it when it was not.
fn send_one(server: &SmtpServer, url: &str, trust: &Trust) -> Result<(), String> {
    let transport = Transport::smtp(url, Duration::from_secs(5), trust).unwrap();
    let office = Office::sending_by(transport);
    office.put_one();
    let done = office.deliver();
    assert_eq!(done.sent + done.retried, 1, "{done:?}");
    assert_eq!(server.received().len(), done.sent as usize);
    match office.overview().undelivered.first() {
        None => Ok(()),
        Some(held_up) => Err(held_up.last_answer.clone()),
    }
}

fn starttls(server: &SmtpServer) -> String {
    format!("{}?tls=required", server.url())
}

fn wrapped(server: &SmtpServer) -> String {
    server.url().replace("smtp://", "smtps://")
}

#[test]
fn mail_goes_over_starttls_to_a_server_that_our_own_authority_vouches_for() {
    let authority = Authority::new();
    let offered = Encryption::Offered(authority.vouch_for("127.0.0.1"));
    let server = SmtpServer::start_with(offered, Behaviour::Accept);
    send_one(&server, &starttls(&server), &authority.trust()).unwrap();
    assert!(server.received()[0].encrypted);
}

#[test]
fn mail_goes_over_tls_from_the_first_byte() {
    let authority = Authority::new();
    let wrapping = Encryption::Wrapping(authority.vouch_for("127.0.0.1"));
    let server = SmtpServer::start_with(wrapping, Behaviour::Accept);
    send_one(&server, &wrapped(&server), &authority.trust()).unwrap();
    assert!(server.received()[0].encrypted);
}

#[test]
fn a_server_that_nobody_who_is_trusted_vouches_for_gets_nothing() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for trust in [Trust::default(), ours.trust()] {
        let offered = Encryption::Offered(theirs.vouch_for("127.0.0.1"));
        let server = SmtpServer::start_with(offered, Behaviour::Accept);
        let refusal = send_one(&server, &starttls(&server), &trust).unwrap_err();
        assert!(refusal.contains("invalid peer certificate"), "{refusal}");
        assert!(server.recipients().is_empty());

        let wrapping = Encryption::Wrapping(theirs.vouch_for("127.0.0.1"));
        let server = SmtpServer::start_with(wrapping, Behaviour::Accept);
        let refusal = send_one(&server, &wrapped(&server), &trust).unwrap_err();
        assert!(refusal.contains("invalid peer certificate"), "{refusal}");
    }
}

#[test]
fn a_server_that_shows_the_certificate_of_another_host_gets_nothing() {
    let authority = Authority::new();
    let offered = Encryption::Offered(authority.vouch_for("mail.elsewhere.example"));
    let server = SmtpServer::start_with(offered, Behaviour::Accept);
    let refusal = send_one(&server, &starttls(&server), &authority.trust()).unwrap_err();
    assert!(refusal.contains("invalid peer certificate"), "{refusal}");
}

#[test]
fn a_server_elsewhere_that_cannot_encrypt_gets_nothing() {
    let server = SmtpServer::start(Behaviour::Accept);
    let refusal = send_one(&server, &starttls(&server), &Trust::default()).unwrap_err();
    assert!(refusal.contains("STARTTLS"), "{refusal}");
}

#[test]
fn a_file_without_a_certificate_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing here").unwrap();
    let broken = folder.path().join("broken.pem");
    std::fs::write(
        &broken,
        "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for file in [empty, broken, folder.path().join("missing.pem")] {
        let refusal = Trust::from_setting(Some(&file)).unwrap_err().to_string();
        let name = format!("HEARTH_MAIL_CA={}", file.display());
        assert!(refusal.starts_with(&name), "{refusal}");
    }
}
