//! What an enhanced status code means: RFC 3463, the registry of RFC 5248 with RFC 7372 (authentication), 7293 (owners),
//! 7504 and 7505 (no mail taken), and the codes of its own that Microsoft publishes ("Email non-delivery reports and SMTP
//! errors in Exchange Online").

use super::Cause::{self, Content, Full, Gone, Moment, OurFault, TooBig, Unclear};
use super::EnhancedStatus;

/// Subject, first and last detail, and the cause with a code of class 5.
type Row = (u16, u16, u16, Cause);

/// The table. What is not in it says too little.
const FOR_GOOD: &[Row] = &[
    // 3.2: the address it is for
    (1, 1, 3, Gone),
    (1, 4, 4, Unclear),   // ambiguous: it is for somebody
    (1, 6, 6, Gone),      // moved, nobody knows where
    (1, 7, 8, OurFault),  // the sender's address
    (1, 10, 10, Gone),    // RFC 7505: the domain takes no mail
    (1, 90, 90, Content), // Microsoft: too many recipients a day
    // 3.3: the mailbox
    (2, 1, 1, Gone),
    (2, 2, 2, Full),
    (2, 3, 3, TooBig),
    (2, 4, 4, Unclear),
    // 3.4: their mail system
    (3, 1, 1, Full),
    (3, 2, 2, Moment),
    (3, 3, 3, Unclear),
    (3, 4, 4, TooBig),
    (3, 5, 5, Unclear),
    // 3.5: the way there
    (4, 1, 3, Moment),
    (4, 4, 4, Unclear),
    (4, 5, 5, Moment),
    (4, 6, 6, Unclear),
    (4, 7, 7, Moment),
    (4, 8, 9, Unclear),
    (4, 14, 14, Unclear),  // Microsoft: a loop
    (4, 300, 300, Moment), // Microsoft: expired
    (4, 310, 310, Gone),   // Microsoft: the domain does not exist
    (4, 312, 317, Moment), // Microsoft: no answer of DNS, no connection
    // 3.6: what was said on the line
    (5, 1, 2, OurFault),
    (5, 4, 6, OurFault),
    // 3.7: the message
    (6, 0, 13, Content),
    // 3.8: rules and authentication
    (7, 0, 2, Content),
    (7, 3, 7, Content),
    (7, 8, 9, OurFault),
    (7, 10, 11, OurFault),
    (7, 12, 14, OurFault),
    (7, 15, 16, Content),
    (7, 17, 18, Gone), // RFC 7293: somebody else has the mailbox now
    (7, 19, 19, Content),
    (7, 20, 26, OurFault), // RFC 7372: DKIM, SPF, reverse DNS, several of them
    (7, 27, 27, OurFault), // RFC 7505: our own domain takes no mail
    (7, 28, 29, OurFault), // a flood, or an ARC chain that does not hold
    (7, 30, 30, OurFault),
    (7, 57, 57, OurFault),  // Microsoft: not signed in
    (7, 60, 64, OurFault),  // Microsoft: relay denied
    (7, 100, 199, Content), // Microsoft: the mailbox takes mail from some only
    (7, 321, 324, OurFault),
    (7, 501, 503, OurFault), // Microsoft: we are taken for a sender of spam
    (7, 504, 505, Content),
    (7, 506, 506, OurFault),
    (7, 507, 507, Content),
    (7, 508, 515, OurFault), // Microsoft: DMARC, the sender's domain, a blocklist, authentication
    (7, 520, 520, Content),
    (7, 606, 649, OurFault), // Microsoft: a banned address of ours
    (7, 700, 750, OurFault), // Microsoft: our tenant or domain
];

/// Of class 4 only what names a cause; all else is of the moment.
const FOR_NOW: &[Row] = &[
    (1, 7, 8, OurFault),
    (2, 2, 2, Full),
    (3, 1, 1, Full),
    (7, 20, 27, OurFault), // Gmail: "421-4.7.26 … unauthenticated"
];

/// Codes that servers use for things of which they do not speak: those without detail; 5.1.1 of gateways that mean a policy;
/// 5.2.1, 5.7.1 and their like for a user who is unknown; 5.4.1 of Microsoft ("Recipient address rejected: Access denied");
/// 5.4.4 and 5.5.0 for a mailbox or a domain that is not there; 5.1.0 of Microsoft for a sender that is denied.
const MISUSED: &[(u16, u16)] = &[
    (1, 1),
    (1, 2),
    (2, 1),
    (3, 2),
    (3, 5),
    (4, 1),
    (4, 4),
    (4, 6),
    (4, 7),
    (5, 4),
    (7, 1),
    (7, 2),
    (7, 504),
];

/// What a status says; nothing where it says too little.
pub(super) fn cause(status: EnhancedStatus) -> Option<Cause> {
    let EnhancedStatus {
        class,
        subject,
        detail,
    } = status;
    let table = if class == 5 { FOR_GOOD } else { FOR_NOW };
    let row = table
        .iter()
        .find(|(of, first, last, _)| *of == subject && (*first..=*last).contains(&detail));
    match row {
        Some((.., cause)) => Some(*cause),
        None => (class == 4).then_some(Moment),
    }
}

/// Whether words are asked before the code.
pub(super) fn is_misused(status: EnhancedStatus) -> bool {
    let EnhancedStatus {
        class,
        subject,
        detail,
    } = status;
    (class == 5 && (detail == 0 || MISUSED.contains(&(subject, detail)))) || is_bare_refusal(status)
}

/// 4.7.0 and 4.7.1 are said of greylisting and of a blocklist alike.
fn is_bare_refusal(status: EnhancedStatus) -> bool {
    (status.class, status.subject) == (4, 7) && matches!(status.detail, 0 | 1)
}
