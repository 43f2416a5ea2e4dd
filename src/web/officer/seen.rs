//! When, by whom and where a child was last seen in person, in words.

use chrono::NaiveDate;

/// What the register holds of it.
#[derive(Clone, Copy, Debug)]
pub struct LastSeen<'a> {
    /// The day; none when nobody has, as far as is known.
    pub on: Option<NaiveDate>,
    pub by: Option<&'a str>,
    /// Where, with the day of the outcome that says so.
    pub place: Option<(NaiveDate, &'a str)>,
    /// Whether the register can know that nobody has.
    pub is_recorded: bool,
}

impl LastSeen<'_> {
    /// "3 March 2027, by Sam Reed, at Ashdale library"; `day` writes the day.
    pub fn in_words(&self, day: impl Fn(NaiveDate) -> String) -> String {
        let Some(on) = self.on else {
            let unseen = if self.is_recorded {
                "Not yet"
            } else {
                "Not recorded in the list this came from"
            };
            return unseen.to_owned();
        };
        let by = self.by.filter(|by| !by.is_empty());
        let by = by.map(|by| format!(", by {by}")).unwrap_or_default();
        // An older place would be said of the wrong day.
        let place = self.place.filter(|(that_day, _)| *that_day == on);
        let place = place.map(|(_, place)| place.trim()).unwrap_or_default();
        let place = match place {
            "" => String::new(),
            place => format!(", at {place}"),
        };
        format!("{}{by}{place}", day(on))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::rules::dates::spoken;

    fn said(on: Option<&str>, place: Option<(&str, &str)>, is_recorded: bool) -> String {
        LastSeen {
            on: on.map(|day| day.parse().unwrap()),
            by: Some("Sam Reed"),
            place: place.map(|(day, place)| (day.parse().unwrap(), place)),
            is_recorded,
        }
        .in_words(spoken)
    }

    #[test]
    fn it_says_when_by_whom_and_where() {
        let seen = Some("2027-03-03");
        assert_eq!(
            said(seen, Some(("2027-03-03", "Ashdale library")), true),
            "3 March 2027, by Sam Reed, at Ashdale library"
        );
        let without = "3 March 2027, by Sam Reed";
        assert_eq!(
            said(seen, Some(("2026-03-03", "the old home")), true),
            without
        );
        assert_eq!(said(seen, Some(("2027-03-03", " ")), true), without);
        assert_eq!(said(None, None, true), "Not yet");
        assert_eq!(
            said(None, None, false),
            "Not recorded in the list this came from"
        );
    }
}
