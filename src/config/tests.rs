//! Settings are read, refused and fall back as they are listed.
#![allow(clippy::unwrap_used)]

use super::*;

fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_vars(
        pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    )
}

#[test]
fn nothing_needs_to_be_set() {
    let config = with(&[("PATH", "/bin")]).unwrap();
    assert_eq!(config.base_url, "http://127.0.0.1:8080");
    assert!(config.secret.len() >= 32);
}

/// The settings of one run, but for the secret that is made up at each start.
fn settled(pairs: &[(&str, &str)]) -> String {
    let config = Config {
        secret: String::new(),
        ..with(pairs).unwrap()
    };
    format!("{config:?}")
}

#[test]
fn the_defaults_that_are_listed_are_those_that_hold() {
    let unset = settled(&[]);
    let mut in_words = Vec::new();
    for setting in SETTINGS {
        match setting.default {
            Preset::Value(value) => {
                assert_eq!(settled(&[(setting.name, value)]), unset, "{}", setting.name);
            }
            Preset::InWords(words) => in_words.push((setting.name, words)),
        }
        assert_eq!(settled(&[(setting.name, "")]), unset, "{}", setting.name);
    }
    let config = with(&[("HEARTH_BIND", "127.0.0.1:9999")]).unwrap();
    let cores = std::thread::available_parallelism().unwrap().get();
    let holds = [
        (
            "HEARTH_BASE_URL",
            "http:// and HEARTH_BIND",
            config.base_url == "http://127.0.0.1:9999",
        ),
        (
            "HEARTH_WORKERS",
            "one a processor core",
            config.workers == cores,
        ),
        ("HEARTH_MAIL_CA", "none", config.mail_ca.is_none()),
        (
            "HEARTH_MAIL_BOUNCES_TO",
            "HEARTH_MAIL_FROM",
            config.mail_bounces_to.is_none(),
        ),
        ("HEARTH_MAIL_BOUNCES", "none", config.mail_bounces.is_none()),
        (
            "HEARTH_SECRET",
            "made up at each start",
            config.secret != with(&[]).unwrap().secret,
        ),
        ("HEARTH_TODAY", "the real date", config.today.is_none()),
        (
            "HEARTH_BACKUP_FOLDER",
            "none",
            config.backup.folder.is_none(),
        ),
        (
            "HEARTH_BACKUP_AGE_RECIPIENT",
            "none",
            config.backup.recipient.is_none(),
        ),
    ];
    assert_eq!(in_words, holds.map(|(name, words, _)| (name, words)));
    for (name, _, holds) in holds {
        assert!(holds, "{name}");
    }
}

#[test]
fn a_mistyped_name_is_refused() {
    assert_eq!(
        with(&[("HEARTH_BNID", "x")]).unwrap_err(),
        ConfigError::Unknown("HEARTH_BNID".into())
    );
}

#[test]
fn production_refuses_a_fixed_date_a_missing_secret_plain_http_and_mail_that_goes_nowhere() {
    let secret = ("HEARTH_SECRET", "0123456789abcdef0123456789abcdef");
    let url = ("HEARTH_BASE_URL", "https://hearth.example/");
    let production = ("HEARTH_ENV", "production");
    let mail = ("HEARTH_MAIL", "smtps://mail.example");
    let from = ("HEARTH_MAIL_FROM", "hearth@council.example");
    let today = ("HEARTH_TODAY", "2026-11-23");
    for unfit in [
        vec![production, url, mail, from],
        vec![production, secret, mail, from],
        vec![production, secret, url, from],
        vec![production, secret, url, ("HEARTH_MAIL", "./var/mail"), from],
        vec![production, secret, url, mail],
        vec![production, secret, url, mail, from, today],
    ] {
        assert!(with(&unfit).is_err(), "{unfit:?}");
    }
    assert_eq!(
        with(&[production, secret, url, mail, from])
            .unwrap()
            .base_url,
        "https://hearth.example"
    );
}

#[test]
fn everything_that_is_wrong_is_found() {
    let pairs = [
        ("HEARTH_ENV", "production"),
        ("HEARTH_BNID", "x"),
        ("HEARTH_BIND", "here"),
        ("HEARTH_TODAY", "2026-11-23"),
        ("HEARTH_WORKERS", "none"),
        ("HEARTH_LOG", "debug"),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (config, faults) = Config::faults_of(pairs);
    assert_eq!(config.unwrap().log, "debug");
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let names = [
        "BNID",
        "BIND",
        "WORKERS",
        "TODAY",
        "SECRET",
        "BASE_URL",
        "MAIL",
        "MAIL_FROM",
    ];
    assert_eq!(faults.len(), names.len(), "{faults:?}");
    for (name, fault) in names.iter().zip(&faults) {
        assert!(fault.contains(&format!("HEARTH_{name}")), "{fault}");
    }
}

#[test]
fn values_that_make_no_sense_are_named() {
    for pair in [
        ("HEARTH_BIND", "here"),
        ("HEARTH_TODAY", "31/12/2026"),
        ("HEARTH_JOBS_EVERY", "-1"),
        ("HEARTH_JOBS_LATE_AFTER", "15"),
    ] {
        assert!(with(&[pair]).unwrap_err().to_string().contains(pair.0));
    }
}

#[test]
fn copies_are_of_sqlite_and_for_a_key_that_is_one() {
    let folder = ("HEARTH_BACKUP_FOLDER", "copies");
    assert_eq!(with(&[folder]).unwrap().backup.keep, 14);
    let server = ("HEARTH_DATABASE_URL", "postgres://hearth@host/name");
    let refused = with(&[folder, server]).unwrap_err().to_string();
    assert!(refused.contains("pg_dump"), "{refused}");
    for (name, value) in [
        ("HEARTH_BACKUP_EVERY", "0"),
        ("HEARTH_BACKUP_KEEP", "0"),
        ("HEARTH_BACKUP_AGE_RECIPIENT", "age1nonsense"),
    ] {
        let refused = with(&[(name, value)]).unwrap_err().to_string();
        assert!(refused.contains(name), "{refused}");
    }
}
