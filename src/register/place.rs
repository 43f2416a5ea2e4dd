//! A place where somebody may live, whoever says so.

pub use super::store::place::Place;
use crate::rules::names::fold;

impl Place {
    /// Whether it says nowhere: a letter that names no address.
    pub fn is_blank(&self) -> bool {
        self.lines.trim().is_empty() && self.town.trim().is_empty() && self.postcode.is_none()
    }

    /// Whether it says that somebody has no fixed address, and perhaps where to find them.
    pub fn is_no_fixed_address(&self) -> bool {
        says_no_fixed_address(&self.lines)
    }

    /// The place on one line.
    pub fn on_one_line(&self) -> String {
        let postcode = self
            .postcode
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let parts = self
            .lines
            .lines()
            .map(str::trim)
            .chain([self.town.as_str(), postcode.as_str()]);
        parts
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Whether the first line of an address says that there is none: "No fixed address: with friends", "NFA".
#[must_use]
pub fn says_no_fixed_address(lines: &str) -> bool {
    let folded = fold(lines.lines().next().unwrap_or_default());
    let words: Vec<&str> = folded.split(' ').collect();
    matches!(
        words.as_slice(),
        ["no", "fixed", "address" | "abode" | "home", ..] | ["nfa", ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_said_in_several_ways() {
        for said in [
            "No fixed address",
            "No fixed address: with friends in Ashdale",
            "no fixed abode",
            "NFA, staying at the hostel",
        ] {
            assert!(says_no_fixed_address(said), "{said}");
        }
        for said in ["", "1 High Street", "Nofixed House", "1 NFA Road"] {
            assert!(!says_no_fixed_address(said), "{said}");
        }
    }
}
