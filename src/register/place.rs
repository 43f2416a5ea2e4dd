//! A place where somebody may live, whoever says so.

pub use super::store::place::Place;

impl Place {
    /// Whether it says nowhere: a letter that names no address.
    pub fn is_blank(&self) -> bool {
        self.lines.trim().is_empty() && self.town.trim().is_empty() && self.postcode.is_none()
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
