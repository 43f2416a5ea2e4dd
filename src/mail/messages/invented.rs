//! What the samples are made of: references of things that never were, days around one day, and links that lead nowhere.

use chrono::{Days, NaiveDate};

use super::Letterhead;

/// What a sample is made with.
pub(super) struct Invented<'a> {
    pub(super) head: &'a Letterhead,
    pub(super) today: NaiveDate,
}

impl Invented<'_> {
    pub(super) const CHECK: &'static str = "W-0000-0000";
    pub(super) const CHILD: &'static str = "C-0000-0000";
    pub(super) const LAPSE: &'static str = "L-0000-0000";
    pub(super) const NOTIFICATION: &'static str = "N-0000-0000";

    pub(super) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.head.base_url)
    }

    pub(super) fn after(&self, days: u64) -> NaiveDate {
        let day = self.today.checked_add_days(Days::new(days));
        day.unwrap_or(self.today)
    }

    pub(super) fn before(&self, days: u64) -> NaiveDate {
        let day = self.today.checked_sub_days(Days::new(days));
        day.unwrap_or(self.today)
    }
}
