//! What a delivery status notification (RFC 3464) says became of a mail: lost for good, given up for now, on its way
//! still, or there.

/// What became of a mail for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It did not arrive, and no other mail to this address will.
    Refused,
    /// It did not arrive and is not tried again, but the address may be right: a full mailbox, a server that was down.
    GivenUp,
    /// It has not arrived yet; the server goes on.
    Delayed,
    /// It arrived, or went on to where nothing is reported from.
    Arrived,
    /// The report does not say.
    Unclear,
}

impl Fate {
    /// Whether nobody got the mail and nobody will.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Refused | Self::GivenUp)
    }
}

/// From the fields Action (RFC 3464, 2.3.3) and Status (2.3.4; its classes are those of RFC 3463: 2, 4 and 5).
///
/// "failed" is the end of the mail whatever the status: the server "has abandoned any attempts to deliver". With a status
/// of class 4 it gave up on something that may pass, so the address is not to blame.
#[must_use]
pub fn fate(action: &str, status: &str) -> Fate {
    let class = status.trim().chars().next();
    match (action.trim().to_ascii_lowercase().as_str(), class) {
        ("failed", Some('4')) => Fate::GivenUp,
        ("failed", Some('2')) => Fate::Unclear,
        ("failed", _) | ("", Some('5')) => Fate::Refused,
        ("delayed", _) | ("", Some('4')) => Fate::Delayed,
        ("delivered" | "relayed" | "expanded", _) | ("", Some('2')) => Fate::Arrived,
        _ => Fate::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_failed_is_lost() {
        for (action, status, expected) in [
            ("failed", "5.1.1", Fate::Refused),
            ("Failed ", " 5.7.1 (policy)", Fate::Refused),
            ("failed", "", Fate::Refused),
            ("failed", "4.4.7", Fate::GivenUp),
            ("failed", "2.0.0", Fate::Unclear),
            ("delayed", "4.4.1", Fate::Delayed),
            ("delayed", "5.1.1", Fate::Delayed),
            ("delivered", "2.1.5", Fate::Arrived),
            ("relayed", "2.0.0", Fate::Arrived),
            ("", "5.1.1", Fate::Refused),
            ("", "4.2.2", Fate::Delayed),
            ("", "", Fate::Unclear),
            ("lost", "5.1.1", Fate::Unclear),
        ] {
            assert_eq!(fate(action, status), expected, "{action} {status}");
            let is_lost = matches!(expected, Fate::Refused | Fate::GivenUp);
            assert_eq!(expected.is_lost(), is_lost);
        }
    }
}
