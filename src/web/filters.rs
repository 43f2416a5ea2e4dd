//! How templates write days and moments: `{{ day|spoken }}`, `{{ moment|day_of }}`. Bring it into scope beside the
//! template: `use crate::web::filters;`.

use askama::{Result, Values, filter_fn};
use chrono::{NaiveDate, NaiveDateTime};

use crate::clock::{london_day, london_time};
use crate::rules::dates;

/// "23 November 2026".
#[filter_fn]
pub fn spoken(day: &NaiveDate, _: &dyn Values) -> Result<String> {
    Ok(dates::spoken(*day))
}

/// "23 Nov 2026".
#[filter_fn]
pub fn short(day: &NaiveDate, _: &dyn Values) -> Result<String> {
    Ok(dates::short(*day))
}

/// Day and time in England of a moment in UTC: "23 November 2026, 09:05".
#[filter_fn]
pub fn moment(moment: &NaiveDateTime, _: &dyn Values) -> Result<String> {
    let time = london_time(*moment);
    Ok(format!(
        "{}, {}",
        dates::spoken(london_day(*moment)),
        time.format("%H:%M")
    ))
}

/// The day in England of a moment in UTC: "23 November 2026".
#[filter_fn]
pub fn day_of(moment: &NaiveDateTime, _: &dyn Values) -> Result<String> {
    Ok(dates::spoken(london_day(*moment)))
}
