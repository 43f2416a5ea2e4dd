//! The list of all settings, as `hearth config` and docs/operating.md show it.

/// A setting as `hearth config` and docs/operating.md list it.
pub struct Setting {
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: Preset,
    /// What it is for, in one sentence.
    pub purpose: &'static str,
}

/// What holds when a setting is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// As if this had been written.
    Value(&'static str),
    /// What no value says, in words.
    InWords(&'static str),
}

impl std::fmt::Display for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Value(words) | Self::InWords(words)) = self;
        f.write_str(words)
    }
}

/// All settings there are.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "HEARTH_ENV",
        default: Preset::Value("development"),
        purpose: "development or production; production refuses a fixed date and wants a secret, an https address and a mail server",
    },
    Setting {
        name: "HEARTH_DATABASE_URL",
        default: Preset::Value("sqlite:./var/hearth.db"),
        purpose: "where the register is kept: sqlite:PATH or, when built with it, postgres://USER@HOST/NAME",
    },
    Setting {
        name: "HEARTH_DATABASE_CONNECTIONS",
        default: Preset::Value("8"),
        purpose: "how many database connections may be open at once",
    },
    Setting {
        name: "HEARTH_BIND",
        default: Preset::Value("127.0.0.1:8080"),
        purpose: "the address and port the service listens on",
    },
    Setting {
        name: "HEARTH_BASE_URL",
        default: Preset::InWords("http:// and HEARTH_BIND"),
        purpose: "the address people reach the service at; links in mails start with it",
    },
    Setting {
        name: "HEARTH_WORKERS",
        default: Preset::InWords("one a processor core"),
        purpose: "how many threads answer requests",
    },
    Setting {
        name: "HEARTH_MAIL",
        default: Preset::Value("./var/mail"),
        purpose: "where mail goes: an smtp:// or smtps:// URL (TLS is required, but to this machine itself), or a folder that receives .eml files",
    },
    Setting {
        name: "HEARTH_MAIL_CA",
        default: Preset::InWords("none"),
        purpose: "a PEM file with the certificate of your own certificate authority, for a mail server whose certificate it signed",
    },
    Setting {
        name: "HEARTH_MAIL_FROM",
        default: Preset::Value("hearth@localhost"),
        purpose: "the address mail is sent from",
    },
    Setting {
        name: "HEARTH_MAIL_BOUNCES_TO",
        default: Preset::InWords("HEARTH_MAIL_FROM"),
        purpose: "the address that mail which cannot be delivered comes back to (the sender of the envelope)",
    },
    Setting {
        name: "HEARTH_MAIL_BOUNCES_TAGGED",
        default: Preset::Value("no"),
        purpose: "yes: each mail names itself in that address (bounces+M-7K4M-2QXD@…), if the mailbox takes what stands after a plus; no",
    },
    Setting {
        name: "HEARTH_MAIL_BOUNCES",
        default: Preset::InWords("none"),
        purpose: "a Maildir into which that address is delivered; the jobs read what came back from it",
    },
    Setting {
        name: "HEARTH_MAIL_CONNECTIONS",
        default: Preset::Value("4"),
        purpose: "how many connections to the mail server may be open at once",
    },
    Setting {
        name: "HEARTH_SECRET",
        default: Preset::InWords("made up at each start"),
        purpose: "at least 32 characters that sign form tokens; with a made-up one, open forms must be loaded again after a restart",
    },
    Setting {
        name: "HEARTH_TODAY",
        default: Preset::InWords("the real date"),
        purpose: "a fixed date (YYYY-MM-DD) for demonstrations and tests; refused in production",
    },
    Setting {
        name: "HEARTH_JOBS_EVERY",
        default: Preset::Value("15"),
        purpose: "minutes between runs of the jobs inside serve; 0 leaves them to cron (hearth jobs run)",
    },
    Setting {
        name: "HEARTH_JOBS_LATE_AFTER",
        default: Preset::Value("60"),
        purpose: "minutes without a completed sweep after which /health/ready fails; more than HEARTH_JOBS_EVERY",
    },
    Setting {
        name: "HEARTH_BACKUP_FOLDER",
        default: Preset::InWords("none"),
        purpose: "a folder into which the jobs write copies of the register, each checked before it counts; SQLite only",
    },
    Setting {
        name: "HEARTH_BACKUP_EVERY",
        default: Preset::Value("24"),
        purpose: "hours between two such copies",
    },
    Setting {
        name: "HEARTH_BACKUP_KEEP",
        default: Preset::Value("14"),
        purpose: "of how many days the newest copy is kept; the newest of each of 8 weeks, and all of the last 24 hours, are kept beside",
    },
    Setting {
        name: "HEARTH_BACKUP_AGE_RECIPIENT",
        default: Preset::InWords("none"),
        purpose: "a public key of age (age1…) for which copies are encrypted; keep the key that opens them on another machine",
    },
    Setting {
        name: "HEARTH_ALARM_HEARTBEAT",
        default: Preset::InWords("none"),
        purpose: "a URL that is called about once a minute while all that is watched does its work, for a monitor that misses it",
    },
    Setting {
        name: "HEARTH_ALARM_COMMAND",
        default: Preset::InWords("none"),
        purpose: "a program that is run with the word trouble or well, and what there is to say on its standard input",
    },
    Setting {
        name: "HEARTH_ALARM_MAIL",
        default: Preset::InWords("none"),
        purpose: "a second mail server (or a folder), as HEARTH_MAIL, by which HEARTH_ALARM_TO is told of trouble",
    },
    Setting {
        name: "HEARTH_ALARM_TO",
        default: Preset::InWords("none"),
        purpose: "the address that HEARTH_ALARM_MAIL writes to",
    },
    Setting {
        name: "HEARTH_METRICS_BIND",
        default: Preset::InWords("none"),
        purpose: "an address and port of their own for the metrics (Prometheus reads them); nobody else should reach it",
    },
    Setting {
        name: "HEARTH_LOG",
        default: Preset::Value("info"),
        purpose: "what is logged: error, warn, info or debug, or a filter such as hearth=debug",
    },
    Setting {
        name: "HEARTH_LOG_FORMAT",
        default: Preset::Value("text"),
        purpose: "text for people, or json: an object a line, for a program that collects logs",
    },
];
