//! What the program that serves has seen of itself: written down by each of its looks.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::question::Answer;
use crate::db::schema::watch_standing;
use crate::db::{Conn, Result};

type Row = (String, Option<NaiveDateTime>, String);

/// What is watched and does not do its work, each with since when; and since when nobody looks, if somebody did and was to go on.
/// Nothing is looked at where no program serves.
pub(in crate::proof) fn troubles(conn: &mut Conn, looked_since: NaiveDateTime) -> Result<Answer> {
    let rows: Vec<(Row, Option<NaiveDateTime>)> = watch_standing::table
        .filter(watch_standing::looked_at.is_not_null())
        .order(watch_standing::watched)
        .select((
            (
                watch_standing::watched,
                watch_standing::trouble_since,
                watch_standing::words,
            ),
            watch_standing::looked_at,
        ))
        .load(conn)?;
    let looked_at = rows.iter().filter_map(|(_, at)| *at).max();
    let checked = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if let Some(at) = looked_at
        && at < looked_since
    {
        let blind = format!("nobody has looked since {} UTC", minute(at));
        return Ok((checked, vec![blind]));
    }
    let broken = rows.into_iter().filter_map(|((watched, since, words), _)| {
        since.map(|since| format!("{watched} since {} UTC: {words}", minute(since)))
    });
    Ok((checked, broken.collect()))
}

fn minute(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
