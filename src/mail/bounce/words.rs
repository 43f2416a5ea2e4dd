//! A report in words alone, as qmail (QSBMF), older Exim and Sendmail, and many gateways send it. It is one if a mail server
//! sent it; what it says of the mail is what stands before the mail that it gives back.

use mail_parser::{Addr, Address, Message};

use super::header;
use super::report::Report;
use crate::rules::bounce::Became;

/// Whom such reports come from, as far as the @; the last is Exchange's.
const SENDERS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "mail-daemon",
    "mailer_daemon",
    "postmaster",
    "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
];

/// What their subjects have in them.
const SUBJECTS: &[&str] = &[
    "undeliver",
    "undelivered",
    "non delivery",
    "non-delivery",
    "nondelivery",
    "not delivered",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "delivery report",
    "mail delivery failed",
    "failure notice",
    "returned mail",
    "unzustellbar",
    "konnte nicht zugestellt werden",
    "non remis",
    "non distribuable",
    "no se puede entregar",
    "mancato recapito",
    "niet bezorgd",
    "nie dostarczono",
];

/// Where the mail that came back begins.
const RETURNED: &[&str] = &[
    "--- below this line is a copy of the message",
    "--- enclosed is a copy of the message",
    "------ this is a copy of",
    "------ this is a copy",
    "--- the header of the original",
    "----- original message",
    "-----original message",
    "--- original message",
    "----- message header follows",
    "original message headers:",
    "original message follows",
    "message header follows",
    "return-path:",
];

/// That the server goes on.
const DELAYED: &[&str] = &[
    "will be retried",
    "will keep trying",
    "will continue to",
    "still being retried",
    "has not yet been delivered",
    "this is a warning message only",
    "you do not need to resend",
    "delayed",
];

/// As much of the words as is read.
const READ_AT_MOST: usize = 6_000;

/// The report, if the message is one.
pub(super) fn report(message: &Message<'_>) -> Option<Report> {
    let words = before_returned(&message.body_text(0).unwrap_or_default());
    let folded = words.to_lowercase();
    // "Hi. This is the …" is how QSBMF begins, by which machines know it.
    let is_qsbmf = folded.trim_start().starts_with("hi. this is the");
    let is_report = is_qsbmf || is_from_a_server(message) || has_its_subject(message);
    if !is_report && header(message, "X-Failed-Recipients").is_none() {
        return None;
    }
    let became = match DELAYED.iter().any(|it| folded.contains(it)) {
        true => Became::Delayed,
        false => Became::Lost,
    };
    Some(Report {
        last: header(message, "X-Failed-Recipients")
            .and_then(first_address)
            .or_else(|| is_qsbmf.then(|| named_recipient(&words))?),
        ..Report::of(became, "", &words)
    })
}

fn is_from_a_server(message: &Message<'_>) -> bool {
    let is_server = |address: &Addr<'_>| {
        let address = address.address().unwrap_or_default().to_lowercase();
        let name = address.split('@').next().unwrap_or_default();
        SENDERS.contains(&name)
    };
    message.from().is_some_and(|from| match from {
        Address::List(list) => list.iter().any(is_server),
        Address::Group(groups) => groups.iter().flat_map(|it| &it.addresses).any(is_server),
    })
}

fn has_its_subject(message: &Message<'_>) -> bool {
    let subject = message.subject().unwrap_or_default().to_lowercase();
    // An answer to a report is a letter.
    let is_answer = ["re:", "aw:", "fw:", "fwd:"]
        .iter()
        .any(|it| subject.starts_with(it));
    !is_answer && SUBJECTS.iter().any(|it| subject.contains(it))
}

fn before_returned(text: &str) -> String {
    let mut words = String::new();
    for line in text.lines() {
        let folded = line.trim_start_matches(['>', ' ']).to_lowercase();
        let is_returned = RETURNED.iter().any(|it| folded.starts_with(it));
        if is_returned || words.len() + line.len() > READ_AT_MOST {
            break;
        }
        words.push_str(line);
        words.push('\n');
    }
    words
}

/// A paragraph of QSBMF about a recipient begins with the address: `<leader@example.gov.uk>:`.
fn named_recipient(words: &str) -> Option<String> {
    let in_line = |line: &str| {
        Some(
            line.trim()
                .strip_prefix('<')?
                .strip_suffix(">:")?
                .to_lowercase(),
        )
    };
    words.lines().find_map(in_line)
}

fn first_address(value: &str) -> Option<String> {
    let first = value.split([',', ' ']).find(|it| it.contains('@'))?;
    Some(first.trim_matches(['<', '>']).to_lowercase())
}
