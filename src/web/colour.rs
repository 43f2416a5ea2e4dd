//! An authority's own colour: one that a page can carry safely and be read on.

use std::fmt;

/// A colour as six hexadecimal digits. Shown without the `#`, as it stands in the stylesheet's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// Reads `#1d70b8` or `1d70b8`.
    pub fn parse(written: &str) -> Option<Self> {
        let digits = written.trim().trim_start_matches('#');
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self { red, green, blue })
    }

    /// Where the stylesheet with this colour is served.
    pub fn stylesheet(self) -> String {
        format!("/assets/colour-{self}.css")
    }

    pub(super) fn of_stylesheet(name: &str) -> Option<Self> {
        let digits = name.strip_prefix("colour-")?.strip_suffix(".css")?;
        Self::parse(digits).filter(|_| digits.len() == 6)
    }

    /// White or black, whichever reads better: one of the two always reaches the 4.5:1 of WCAG 2.2, 1.4.3.
    pub(super) fn readable_text(self) -> &'static str {
        let against_white = 1.05 / (self.luminance() + 0.05);
        let against_black = (self.luminance() + 0.05) / 0.05;
        if against_white >= against_black {
            "#ffffff"
        } else {
            "#000000"
        }
    }

    /// Relative luminance, 0 to 1, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        assert_eq!(Colour::parse(" #1D70b8 ").unwrap().to_string(), "1d70b8");
        for written in ["", "#fff", "red", "1d70b8;", "url(x)", "+d70b8", "é70b8"] {
            assert_eq!(Colour::parse(written), None, "{written}");
        }
    }

    #[test]
    fn text_on_the_colour_can_be_read() {
        assert_eq!(Colour::parse("0b4144").unwrap().readable_text(), "#ffffff");
        assert_eq!(Colour::parse("ffdd00").unwrap().readable_text(), "#000000");
    }
}
