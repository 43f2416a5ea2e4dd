//! The table, row by row, with wordings as large servers use them; names and numbers are invented.

use super::Cause::{Content, Full, Gone, Moment, OurFault, TooBig, Unclear};
use super::Command::{Connection, Data, Mail, Rcpt};
use super::*;
use proptest::prelude::*;

/// What a server answers to a command.
const ON_THE_LINE: &[(Command, u16, &str, Cause)] = &[
    // Postfix
    (
        Rcpt,
        550,
        "5.1.1 (address): Recipient address rejected: User unknown in virtual mailbox table",
        Gone,
    ),
    (
        Rcpt,
        450,
        "4.1.1 (address): Recipient address rejected: unverified address",
        Moment,
    ),
    (
        Rcpt,
        450,
        "4.2.0 (address): Recipient address rejected: Greylisted, see help",
        Moment,
    ),
    (Rcpt, 554, "5.7.1 (address): Relay access denied", OurFault),
    (Rcpt, 454, "4.7.1 (address): Relay access denied", OurFault),
    (
        Rcpt,
        554,
        "5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org",
        OurFault,
    ),
    (
        Mail,
        553,
        "5.1.8 (address): Sender address rejected: Domain not found",
        OurFault,
    ),
    (Mail, 550, "5.1.0 (address): Sender rejected", OurFault),
    (Mail, 552, "5.3.4 Message size exceeds fixed limit", TooBig),
    (Data, 550, "5.7.1 Message contains spam or virus", Content),
    (Data, 552, "5.3.4 Message too big", TooBig),
    (Rcpt, 452, "4.3.1 Insufficient system storage", Full),
    (
        Rcpt,
        504,
        "5.5.2 (ashdale): Helo command rejected: need fully-qualified hostname",
        OurFault,
    ),
    // Exim
    (Rcpt, 550, "Unrouteable address", Gone),
    (Rcpt, 550, "Unknown local part leader", Gone),
    (Rcpt, 550, "relay not permitted", OurFault),
    (Rcpt, 550, "Sender verify failed", OurFault),
    (Rcpt, 550, "Administrative prohibition", Content),
    (
        Data,
        550,
        "This message was classified as SPAM and may not be delivered",
        Content,
    ),
    (
        Rcpt,
        451,
        "Temporary local problem - please try later",
        Moment,
    ),
    // Sendmail
    (Rcpt, 550, "5.1.1 (address)... User unknown", Gone),
    (Rcpt, 550, "5.7.1 (address)... Relaying denied", OurFault),
    (
        Mail,
        553,
        "5.5.4 (address)... Real domain name required for sender address",
        OurFault,
    ),
    (
        Rcpt,
        550,
        "5.1.2 (address)... Host unknown (Name server: mail.example.: host not found)",
        Gone,
    ),
    // Microsoft 365 and Exchange
    (
        Rcpt,
        550,
        "5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR03FT000]",
        Gone,
    ),
    (
        Rcpt,
        550,
        "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        Gone,
    ),
    (
        Rcpt,
        550,
        "5.7.1 RESOLVER.RST.AuthRequired; authentication required",
        Content,
    ),
    (
        Rcpt,
        550,
        "5.7.1 RESOLVER.RST.NotAuthorized; not authorized",
        Content,
    ),
    (
        Rcpt,
        550,
        "5.7.1 You are not allowed to send to this group",
        Content,
    ),
    (
        Rcpt,
        550,
        "5.7.1 You do not have permission to send to this recipient. Authentication required",
        Content,
    ),
    (
        Mail,
        550,
        "5.7.1 Client is not allowed to send as this sender",
        OurFault,
    ),
    (
        Rcpt,
        550,
        "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup",
        Content,
    ),
    (
        Rcpt,
        550,
        "5.7.1 Service unavailable, Client host [192.0.2.7] blocked using Spamhaus",
        OurFault,
    ),
    (
        Data,
        550,
        "5.7.509 Access denied, sending domain ashdale.example does not pass DMARC verification",
        OurFault,
    ),
    (
        Data,
        550,
        "5.7.515 Access denied, sending domain doesn't meet the required authentication level",
        OurFault,
    ),
    (
        Mail,
        550,
        "5.7.606 Access denied, banned sending IP [192.0.2.7]",
        OurFault,
    ),
    (
        Mail,
        550,
        "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
        OurFault,
    ),
    (
        Mail,
        530,
        "5.7.57 Client was not authenticated to send anonymous mail during MAIL FROM",
        OurFault,
    ),
    (
        Rcpt,
        550,
        "5.7.64 TenantAttribution; Relay Access Denied",
        OurFault,
    ),
    (Rcpt, 554, "5.2.2 mailbox full", Full),
    (
        Rcpt,
        451,
        "4.7.500 Server busy. Please try again later",
        Moment,
    ),
    (
        Data,
        554,
        "5.2.0 STOREDRV.Deliver.Exception:QuotaExceededException; Failed to process message",
        Full,
    ),
    (
        Rcpt,
        550,
        "5.5.0 Requested action not taken: mailbox unavailable",
        Gone,
    ),
    // Gmail
    (
        Rcpt,
        550,
        "5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
        Gone,
    ),
    (
        Rcpt,
        550,
        "5.2.1 The email account that you tried to reach is disabled.",
        Gone,
    ),
    (
        Rcpt,
        552,
        "5.2.2 The recipient's inbox is out of storage space and inactive.",
        Full,
    ),
    (
        Rcpt,
        452,
        "4.2.2 The email account that you tried to reach is over quota.",
        Full,
    ),
    (
        Data,
        550,
        "5.7.26 This mail has been blocked because the sender is unauthenticated",
        OurFault,
    ),
    (
        Data,
        421,
        "4.7.26 This mail has been rate limited because it is unauthenticated",
        OurFault,
    ),
    (
        Data,
        550,
        "5.7.1 Our system has detected that this message is likely unsolicited mail",
        Content,
    ),
    (
        Data,
        550,
        "5.7.25 The IP address sending this message does not have a PTR record setup",
        OurFault,
    ),
    (
        Data,
        421,
        "4.7.0 Try again later, closing connection.",
        Moment,
    ),
    (
        Rcpt,
        450,
        "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents delivery",
        Moment,
    ),
    (
        Data,
        552,
        "5.7.0 This message was blocked because its content presents a potential security issue",
        Content,
    ),
    // Yahoo and iCloud
    (
        Data,
        554,
        "delivery error: dd This user doesn't have a yahoo.com account (address) [0]",
        Gone,
    ),
    (
        Connection,
        553,
        "5.7.1 [BL21] Connections will not be accepted, because the ip is in Spamhaus's list",
        OurFault,
    ),
    (
        Data,
        554,
        "5.7.9 Message not accepted for policy reasons. See the postmaster pages",
        OurFault,
    ),
    (Rcpt, 550, "5.1.1 unknown or illegal alias: (address)", Gone),
    (Rcpt, 552, "5.2.2 (address): user is over quota", Full),
    (
        Data,
        554,
        "5.7.1 [HM08] Message rejected due to local policy",
        Content,
    ),
    // Mimecast and Proofpoint
    (Rcpt, 550, "Invalid Recipient - the community page", Gone),
    (Rcpt, 550, "csi.example Poor Reputation Sender", OurFault),
    (
        Data,
        554,
        "Email rejected due to security policies",
        Content,
    ),
    (
        Data,
        550,
        "Rejected by header based Anti-Spoofing policy: (address)",
        Content,
    ),
    (
        Rcpt,
        451,
        "Internal resources are temporarily unavailable",
        Moment,
    ),
    (Rcpt, 550, "5.1.1 User Unknown", Gone),
    (
        Rcpt,
        554,
        "Blocked - see the support page: client host blocked using the reputation of its address",
        OurFault,
    ),
    // Amazon SES as a relay
    (
        Connection,
        535,
        "Authentication Credentials Invalid",
        OurFault,
    ),
    (
        Data,
        554,
        "Message rejected: Email address is not verified. The following identities failed the check",
        Content,
    ),
    (
        Data,
        454,
        "Throttling failure: Maximum sending rate exceeded.",
        Moment,
    ),
    // Codes alone
    (Rcpt, 550, "", Unclear),
    (Rcpt, 550, "5.0.0", Unclear),
    (Rcpt, 550, "no", Unclear),
    (Rcpt, 551, "5.7.0", Content),
    (Rcpt, 551, "", Gone),
    (Rcpt, 552, "", Full),
    (Rcpt, 553, "", Unclear),
    (Rcpt, 554, "", Unclear),
    (Rcpt, 556, "", Gone),
    (Mail, 550, "", OurFault),
    (Mail, 550, "5.7.1 no", OurFault),
    (Mail, 451, "", Moment),
    (Mail, 552, "", TooBig),
    (Mail, 555, "", OurFault),
    (Connection, 554, "", OurFault),
    (Connection, 421, "", Moment),
    (Data, 550, "", Content),
    (Data, 552, "", TooBig),
    (Data, 554, "", Content),
    (Data, 452, "", Moment),
    (Rcpt, 530, "", OurFault),
    // Codes for something else
    (Rcpt, 550, "5.7.1 User unknown", Gone),
    (
        Rcpt,
        550,
        "5.1.1 Message rejected because of the policy on spam",
        Content,
    ),
    (Rcpt, 550, "5.1.1 sender domain fails SPF check", OurFault),
    (
        Rcpt,
        550,
        "5.1.1 somebody of that name we do not have",
        Gone,
    ),
    (Rcpt, 450, "4.0.0 user unknown", Moment),
    (Rcpt, 550, "5.7.13 the account is disabled", OurFault),
    (Rcpt, 550, "5.7.17 the mailbox has another owner", Gone),
    // In other languages
    (Rcpt, 550, "5.0.0 Benutzer unbekannt", Gone),
    (Rcpt, 550, "5.7.1 Empf\u{e4}nger unbekannt", Gone),
    (Rcpt, 550, "Das Postfach ist voll", Full),
    (Rcpt, 550, "5.0.0 Utilisateur inconnu", Gone),
    (Rcpt, 550, "Cette adresse n\u{2019}existe pas", Gone),
    (Rcpt, 550, "bo\u{ee}te aux lettres pleine", Full),
    (Rcpt, 550, "El buz\u{f3}n est\u{e1} lleno", Full),
    (Rcpt, 550, "usuario desconocido", Gone),
    (Rcpt, 550, "casella piena", Full),
    (Rcpt, 550, "Utente sconosciuto", Gone),
    (Rcpt, 550, "gebruiker onbekend", Gone),
    (Rcpt, 550, "Konto nie istnieje", Gone),
];

/// Status and diagnosis of a report.
const IN_A_REPORT: &[(&str, &str, Cause)] = &[
    ("5.1.1", "smtp; 550 5.1.1 (address) User unknown", Gone),
    ("5.0.0", "smtp; 550 5.1.1 no mailbox by that name", Gone),
    ("5.0.0", "smtp; 550 No such user here", Gone),
    ("5.0.0", "", Unclear),
    ("", "", Unclear),
    (
        "5.7.26",
        "smtp; 550-5.7.26 sender domain fails DMARC",
        OurFault,
    ),
    (
        "5.7.1",
        "smtp; 550 5.7.1 Unauthenticated email is not accepted due to the domain's DMARC policy",
        OurFault,
    ),
    (
        "5.7.1",
        "smtp; 554 5.7.1 delivery not authorized, message refused",
        Content,
    ),
    ("5.7.23", "smtp; 550 5.7.23 SPF validation failed", OurFault),
    (
        "4.4.7",
        "smtp; delivery temporarily suspended: connect to mx.example[192.0.2.1]:25: Connection timed out",
        Moment,
    ),
    ("5.4.7", "X-Postfix; message expired", Moment),
    ("4.2.2", "smtp; 452 4.2.2 mailbox full", Full),
    ("5.2.2", "smtp; 552 5.2.2 over quota", Full),
    ("5.3.4", "smtp; 552 5.3.4 message too big", TooBig),
    (
        "5.4.4",
        "X-Postfix; Host or domain name not found. Name service error for name=councel.example type=A",
        Gone,
    ),
    (
        "5.4.310",
        "smtp; 550 5.4.310 DNS domain councel.example does not exist",
        Gone,
    ),
    ("5.4.300", "smtp; 550 5.4.300 Message expired", Moment),
    (
        "4.4.1",
        "X-Postfix; connect to mx.example: user unknown",
        Moment,
    ),
    (
        "5.1.10",
        "smtp; 550 5.1.10 recipient address has null MX",
        Gone,
    ),
    ("5.7.17", "smtp; 550 mailbox owner has changed", Gone),
    ("5.1.0", "smtp; 550 5.1.0 Sender denied", OurFault),
];

#[test]
fn every_row_has_its_cause() {
    assert!(ON_THE_LINE.len() + IN_A_REPORT.len() >= 80);
    for (command, code, words, expected) in ON_THE_LINE {
        let said = Said::on_the_line(Some(*command), *code, words);
        assert_eq!(cause(&said), *expected, "{command:?} {code} {words}");
    }
    for (status, words, expected) in IN_A_REPORT {
        let said = Said::in_a_report(status, words);
        assert_eq!(cause(&said), *expected, "{status} {words}");
    }
}

#[test]
fn every_cause_is_among_the_rows_but_absence_of_which_no_server_speaks() {
    let among = |cause: &Cause| {
        ON_THE_LINE.iter().any(|(.., it)| it == cause)
            || IN_A_REPORT.iter().any(|(.., it)| it == cause)
    };
    let missing: Vec<_> = Cause::ALL.iter().filter(|cause| !among(cause)).collect();
    assert_eq!(missing, [&Cause::Absence]);
}

#[test]
fn only_what_is_gone_marks_an_address_and_our_fault_kills_nothing() {
    let marking: Vec<_> = Cause::ALL.iter().filter(|it| it.marks_address()).collect();
    assert_eq!(marking, [&Gone]);
    let alarming: Vec<_> = Cause::ALL.iter().filter(|it| it.alarms()).collect();
    assert_eq!(alarming, [&OurFault]);
    for came_back in [false, true] {
        assert_eq!(OurFault.fate(came_back), MailFate::TriedAgain);
        assert_eq!(Gone.fate(came_back), MailFate::Dies);
    }
    assert_eq!(Moment.fate(false), MailFate::TriedAgain);
    assert_eq!(Moment.fate(true), MailFate::Dies);
}

#[test]
fn a_status_is_found_in_words_and_no_other_number_is_one() {
    let found = |words| EnhancedStatus::find(words).map(|it| (it.class, it.subject, it.detail));
    assert_eq!(found("550-5.7.26 sender"), Some((5, 7, 26)));
    assert_eq!(found("(5.1.1)"), Some((5, 1, 1)));
    assert_eq!(found("550 [192.0.2.7] Exim 4.96.2 on 1.2.3"), None);
    assert_eq!(found("5.1 5.1.1.1 5..1 5.1.1234"), None);
}

#[test]
fn only_what_failed_is_lost() {
    for (action, status, expected) in [
        ("failed", "5.1.1", Became::Lost),
        ("Failed ", "5.7.1", Became::Lost),
        ("failed", "", Became::Lost),
        ("failed", "4.4.7", Became::Lost),
        ("failed", "2.0.0", Became::Unclear),
        ("delayed", "4.4.1", Became::Delayed),
        ("delayed", "5.1.1", Became::Delayed),
        ("delivered", "2.1.5", Became::Arrived),
        ("relayed", "2.0.0", Became::Arrived),
        ("", "5.1.1", Became::Lost),
        ("", "4.2.2", Became::Delayed),
        ("", "", Became::Unclear),
        ("lost", "5.1.1", Became::Unclear),
    ] {
        let status_read = EnhancedStatus::parse(status);
        assert_eq!(became(action, status_read), expected, "{action} {status}");
    }
}

proptest! {
    #[test]
    fn nothing_that_a_server_says_stops_the_table(status in "\\PC{0,12}|[245]\\.[0-9]{1,3}\\.[0-9]{1,3}", code in 0u16..1000, words in "\\PC{0,200}") {
        let _ = cause(&Said::in_a_report(&status, &words));
        for command in [Connection, Mail, Rcpt, Data] {
            let found = cause(&Said::on_the_line(Some(command), code, &words));
            prop_assert!(code >= 500 || !found.marks_address());
        }
    }
}
