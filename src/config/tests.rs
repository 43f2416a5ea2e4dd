//! Settings are read, refused and fall back as they are listed.
#![allow(clippy::unwrap_used)]

use super::*;

fn with(pairs: &[(&str, &str)]) -> Result<Config, Vec<ConfigError>> {
    Config::from_vars(
        pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    )
}

/// The one sentence that these settings are refused with.
fn refusal(pairs: &[(&str, &str)]) -> String {
    let faults = with(pairs).unwrap_err();
    assert_eq!(faults.len(), 1, "{pairs:?}: {faults:?}");
    faults[0].to_string()
}

const SECRET: (&str, &str) = ("HEARTH_SECRET", "9f2c61d07be84a35c0d1e7f6a2b85934");

/// What production needs, with a setting of the test's own in its place.
fn in_production(own: (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    let needed = [
        ("HEARTH_ENV", "production"),
        SECRET,
        ("HEARTH_BASE_URL", "https://hearth.example/"),
        ("HEARTH_MAIL", "smtps://mail.example"),
        ("HEARTH_MAIL_FROM", "hearth@council.example"),
    ];
    let others = needed.into_iter().filter(|(name, _)| *name != own.0);
    others.chain([own]).collect()
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
        (
            "HEARTH_ALARM_HEARTBEAT",
            "none",
            config.alarm_heartbeat.is_none(),
        ),
        (
            "HEARTH_ALARM_COMMAND",
            "none",
            config.alarm_command.is_none(),
        ),
        ("HEARTH_ALARM_MAIL", "none", config.alarm_mail.is_none()),
        ("HEARTH_ALARM_TO", "none", config.alarm_to.is_none()),
        ("HEARTH_METRICS_BIND", "none", config.metrics_bind.is_none()),
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
        [ConfigError::Unknown("HEARTH_BNID".into())]
    );
}

#[test]
fn production_refuses_a_fixed_date_a_missing_secret_plain_http_and_mail_that_goes_nowhere() {
    let secret = SECRET;
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
fn what_is_wrong_by_itself_is_told_once() {
    let wrong = in_production(("HEARTH_BASE_URL", "https://hearth.example/register"));
    assert!(refusal(&wrong).contains("HEARTH_BASE_URL is not understood"));
    let wrong = refusal(&in_production(("HEARTH_MAIL", "\"smtps://mail.example\"")));
    assert!(wrong.contains("HEARTH_MAIL is not understood"), "{wrong}");
}

#[test]
fn values_that_make_no_sense_are_named() {
    for pair in [
        ("HEARTH_BIND", "here"),
        ("HEARTH_TODAY", "31/12/2026"),
        ("HEARTH_TODAY", "0026-12-31"),
        ("HEARTH_JOBS_EVERY", "-1"),
        ("HEARTH_JOBS_EVERY", "1441"),
        ("HEARTH_JOBS_LATE_AFTER", "15"),
        ("HEARTH_JOBS_LATE_AFTER", "0"),
        ("HEARTH_JOBS_LATE_AFTER", "10081"),
        ("HEARTH_LOG", "loud"),
        ("HEARTH_SECRET", "short"),
    ] {
        let faults = with(&[pair]).unwrap_err();
        let told = faults
            .iter()
            .all(|fault| fault.to_string().contains(pair.0));
        assert!(told, "{faults:?}");
    }
}

#[test]
fn the_address_of_the_service_is_an_address_and_nothing_more() {
    for wrong in [
        "hearth.example",
        "localhost:8080",
        "ftp://hearth.example",
        "https://",
        "https:hearth.example",
        "https:/hearth.example",
        "https:///hearth.example",
        "https://hearth.example/register",
        "https://hearth.example//",
        "https://hearth.example/?a=b",
        "https://hearth.example/#top",
        "https://sam@hearth.example",
        "https://sam:s3cret@hearth.example",
        "https://hearth.example:99999",
    ] {
        let said = refusal(&[("HEARTH_BASE_URL", wrong)]);
        assert!(said.starts_with("HEARTH_BASE_URL is"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    for (given, holds) in [
        ("https://hearth.example", "https://hearth.example"),
        ("HTTPS://Hearth.Example:443/", "https://hearth.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ] {
        let config = with(&[("HEARTH_BASE_URL", given)]).unwrap();
        assert_eq!(config.base_url, holds);
    }
}

#[test]
fn production_refuses_what_only_a_developer_can_mean() {
    for (own, words) in [
        (("HEARTH_LOG", "off"), "a fault would stay hidden"),
        (
            ("HEARTH_LOG", "info,hearth=off"),
            "a fault would stay hidden",
        ),
        (
            ("HEARTH_LOG", "info,hearth::mail=off"),
            "a fault would stay hidden",
        ),
        (("HEARTH_BIND", "127.0.0.1:0"), "with a port"),
        (
            ("HEARTH_BASE_URL", "https://localhost"),
            "that people reach",
        ),
        (
            ("HEARTH_BASE_URL", "https://127.0.0.1:8443"),
            "that people reach",
        ),
        (("HEARTH_BASE_URL", "https://[::]"), "that people reach"),
        (("HEARTH_MAIL", "smtp-mail"), "a folder tells nobody"),
        (
            ("HEARTH_MAIL_FROM", "hearth@mailhost"),
            "that people can answer",
        ),
        (
            ("HEARTH_MAIL_BOUNCES_TO", "bounces@localhost"),
            "other mail servers reach",
        ),
    ] {
        let said = refusal(&in_production(own));
        assert!(said.contains(own.0) && said.contains(words), "{said}");
        if !own.1.contains('/') {
            assert!(with(&[own]).is_ok(), "{own:?}");
        }
    }
}

#[test]
fn a_secret_that_can_be_guessed_is_refused_in_production() {
    for guessed in [
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "abababababcdababababababababababcd",
        "0123456789abcdef0123456789abcdef",
        "abcabcabcabcabcabcabcabcabcabcabc",
        "a8Kd02nQx91La8Kd02nQx91La8Kd02nQx91L",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "zyxwvutsrqponmlkjihgfedcba9876543210",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "this-is-our-very-long-Secret-of-2026",
        "CHANGEME-7d1f0c9be2a4865310fce97a2bd4",
        "$(openssl rand -hex 32)$(openssl rand)",
    ] {
        let said = refusal(&in_production(("HEARTH_SECRET", guessed)));
        assert!(said.starts_with("HEARTH_SECRET"), "{said}");
        assert!(!said.contains(guessed), "it stays a secret: {said}");
    }
    for _ in 0..500 {
        let made = made_up_secret();
        assert_eq!(secret::weakness(&made), None, "{made}");
        assert_eq!(secret::weakness(&made[..32]), None, "{made}");
    }
}

#[test]
fn a_filter_that_would_silence_hearth_by_a_slip_is_refused() {
    use log_filter::{Heard, heard};
    for meant in [
        "error",
        "warn",
        "INFO",
        "debug",
        "trace",
        "hearth",
        "hearth=debug",
        "warn,hearth=debug",
        "info,hearth::mail=trace",
        "hearth=info,actix_web=debug",
        "info,hearth[request]=debug",
    ] {
        assert_eq!(heard(meant), Some(Heard::Yes), "{meant}");
    }
    assert_eq!(heard("off"), Some(Heard::Off));
    for slip in [
        "loud",
        "hearth=loud",
        "haerth=debug",
        "actix_web=debug",
        "hearth::mail=debug",
        "info,",
        "info, hearth=debug",
        "=info",
        "hearth=",
        "infos",
        "debug;hearth",
    ] {
        assert_eq!(heard(slip), None, "{slip}");
        assert!(refusal(&[("HEARTH_LOG", slip)]).contains("HEARTH_LOG"));
    }
}

#[test]
fn what_a_shell_or_a_file_should_have_taken_away_is_told() {
    for (name, value, words) in [
        (
            "HEARTH_DATABASE_URL",
            "\"sqlite:./var/hearth.db\"",
            "quotation marks",
        ),
        ("HEARTH_MAIL", "'./var/mail'", "quotation marks"),
        ("HEARTH_MAIL", "./var/mail ", "space"),
        ("HEARTH_DATABASE_URL", "sqlite:./var/hearth.db\r", "space"),
        ("HEARTH_MAIL", "./var/\u{7}mail", "control character"),
        (
            "HEARTH_DATABASE_URL",
            "sqlite:${HOME}/hearth.db",
            "no shell",
        ),
        ("HEARTH_MAIL_BOUNCES", "$(pwd)/bounces", "no shell"),
        ("HEARTH_DATABASE_URL", "sqlite:~/hearth.db", "the ~"),
        ("HEARTH_MAIL", "~/mail", "the ~"),
    ] {
        let said = refusal(&[(name, value)]);
        assert!(said.contains(name) && said.contains(words), "{said}");
    }
}

#[test]
fn what_goes_out_is_not_read_as_what_came_back() {
    let folder = "./var/mail";
    let pair = [("HEARTH_MAIL", folder), ("HEARTH_MAIL_BOUNCES", folder)];
    assert!(refusal(&pair).contains("HEARTH_MAIL_BOUNCES is the folder of HEARTH_MAIL"));
}

#[test]
fn a_folder_is_tried_without_being_made() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(folder::can_be_made(place.path()).is_ok());
    assert!(folder::can_be_made(&place.path().join("a/b/c")).is_ok());
    assert!(folder::can_be_made("".as_ref()).is_ok());
    assert!(folder::can_be_made(&file).is_err());
    assert!(folder::can_be_made(&file.join("a/b")).is_err());
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn copies_are_of_sqlite_and_for_a_key_that_is_one() {
    let folder = ("HEARTH_BACKUP_FOLDER", "copies");
    assert_eq!(with(&[folder]).unwrap().backup.keep, 14);
    let server = ("HEARTH_DATABASE_URL", "postgres://hearth@host/name");
    assert!(refusal(&[folder, server]).contains("pg_dump"));
    for (name, value) in [
        ("HEARTH_BACKUP_EVERY", "0"),
        ("HEARTH_BACKUP_KEEP", "0"),
        ("HEARTH_BACKUP_AGE_RECIPIENT", "age1nonsense"),
    ] {
        assert!(refusal(&[(name, value)]).contains(name));
    }
}

#[test]
fn alarms_leave_by_another_way_and_metrics_have_a_place_of_their_own() {
    let to = ("HEARTH_ALARM_TO", "on-call@council.example");
    assert!(refusal(&[to]).contains("go together"));
    let same = [to, ("HEARTH_MAIL", "one"), ("HEARTH_ALARM_MAIL", "one")];
    assert!(refusal(&same).contains("another server"));
    let bind = [
        ("HEARTH_BIND", "127.0.0.1:8080"),
        ("HEARTH_METRICS_BIND", "127.0.0.1:8080"),
    ];
    assert!(refusal(&bind).contains("of its own"));
    for url in ["ftp://host/", "nonsense", "https://"] {
        assert!(refusal(&[("HEARTH_ALARM_HEARTBEAT", url)]).contains("HEARTH_ALARM_HEARTBEAT"));
    }
}
