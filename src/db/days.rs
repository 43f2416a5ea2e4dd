//! Days and moments as columns that are cheap to read and to write. SQLite keeps them as text, and diesel has chrono read
//! a pattern anew for each; on a page with a hundred dates that is a good part of the work.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Date, Nullable, Timestamp};
use diesel::sqlite::Sqlite;

use super::Backend;

/// A day.
#[derive(Clone, Copy, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Date)]
pub struct Day(NaiveDate);

/// A day, or none.
#[derive(Clone, Copy, Debug, FromSqlRow)]
pub struct MaybeDay(Option<NaiveDate>);

/// A moment in UTC.
#[derive(Clone, Copy, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct Moment(NaiveDateTime);

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl From<MaybeDay> for Option<NaiveDate> {
    fn from(day: MaybeDay) -> Self {
        day.0
    }
}

impl From<NaiveDateTime> for Moment {
    fn from(at: NaiveDateTime) -> Self {
        Self(at)
    }
}

impl From<Moment> for NaiveDateTime {
    fn from(at: Moment) -> Self {
        at.0
    }
}

/// `2026-11-23`.
fn day_from(text: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])?;
    NaiveDate::from_ymd_opt(
        i32::try_from(year).ok()?,
        number(&[*m1, *m2])?,
        number(&[*d1, *d2])?,
    )
}

/// `2026-11-23 09:00:00`: moments are kept to the second.
fn moment_from(text: &[u8]) -> Option<NaiveDateTime> {
    let (day, time) = text.split_at_checked(10)?;
    let [b' ', h1, h2, b':', m1, m2, b':', s1, s2] = time else {
        return None;
    };
    let time = NaiveTime::from_hms_opt(
        number(&[*h1, *h2])?,
        number(&[*m1, *m2])?,
        number(&[*s1, *s2])?,
    )?;
    Some(day_from(day)?.and_time(time))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number: u32, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

/// As chrono writes it; none for a year that four digits do not hold.
fn written(day: NaiveDate) -> Option<String> {
    let year = u32::try_from(day.year())
        .ok()
        .filter(|year| *year <= 9999)?;
    let mut text = String::with_capacity("2026-11-23 09:00:00".len());
    push_two_digits(&mut text, year / 100);
    push_two_digits(&mut text, year % 100);
    text.push('-');
    push_two_digits(&mut text, day.month());
    text.push('-');
    push_two_digits(&mut text, day.day());
    Some(text)
}

fn written_to_the_second(at: NaiveDateTime) -> Option<String> {
    if at.nanosecond() != 0 {
        return None;
    }
    let mut text = written(at.date())?;
    text.push(' ');
    push_two_digits(&mut text, at.hour());
    text.push(':');
    push_two_digits(&mut text, at.minute());
    text.push(':');
    push_two_digits(&mut text, at.second());
    Some(text)
}

fn push_two_digits(text: &mut String, number: u32) {
    text.extend(char::from_digit(number / 10, 10));
    text.extend(char::from_digit(number % 10, 10));
}

type SqliteText<'a> = <Sqlite as diesel::backend::Backend>::RawValue<'a>;

impl FromSql<Date, Sqlite> for Day {
    fn from_sql(mut value: SqliteText<'_>) -> deserialize::Result<Self> {
        match day_from(value.read_text().as_bytes()) {
            Some(day) => Ok(Self(day)),
            None => FromSql::<Date, Sqlite>::from_sql(value).map(Self),
        }
    }
}

impl ToSql<Date, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        match written(self.0) {
            Some(text) => {
                out.set_value(text);
                Ok(IsNull::No)
            }
            None => ToSql::<Date, Sqlite>::to_sql(&self.0, out),
        }
    }
}

impl FromSql<Nullable<Date>, Sqlite> for MaybeDay {
    fn from_sql(value: SqliteText<'_>) -> deserialize::Result<Self> {
        <Day as FromSql<Date, Sqlite>>::from_sql(value).map(|day| Self(Some(day.0)))
    }

    fn from_nullable_sql(value: Option<SqliteText<'_>>) -> deserialize::Result<Self> {
        value.map_or(
            Ok(Self(None)),
            <Self as FromSql<Nullable<Date>, Sqlite>>::from_sql,
        )
    }
}

impl FromSql<Timestamp, Sqlite> for Moment {
    fn from_sql(mut value: SqliteText<'_>) -> deserialize::Result<Self> {
        match moment_from(value.read_text().as_bytes()) {
            Some(at) => Ok(Self(at)),
            None => FromSql::<Timestamp, Sqlite>::from_sql(value).map(Self),
        }
    }
}

impl ToSql<Timestamp, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        match written_to_the_second(self.0) {
            Some(text) => {
                out.set_value(text);
                Ok(IsNull::No)
            }
            None => ToSql::<Timestamp, Sqlite>::to_sql(&self.0, out),
        }
    }
}

/// The other backends read and write chrono's types as they are.
macro_rules! as_chrono_does {
    ($backend:ty) => {
        impl FromSql<Date, $backend> for Day {
            fn from_sql(
                value: <$backend as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                FromSql::<Date, $backend>::from_sql(value).map(Self)
            }
        }

        impl FromSql<Nullable<Date>, $backend> for MaybeDay {
            fn from_sql(
                value: <$backend as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                FromSql::<Date, $backend>::from_sql(value).map(|day| Self(Some(day)))
            }

            fn from_nullable_sql(
                value: Option<<$backend as diesel::backend::Backend>::RawValue<'_>>,
            ) -> deserialize::Result<Self> {
                value.map_or(
                    Ok(Self(None)),
                    <Self as FromSql<Nullable<Date>, $backend>>::from_sql,
                )
            }
        }

        impl ToSql<Date, $backend> for Day {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, $backend>) -> serialize::Result {
                ToSql::<Date, $backend>::to_sql(&self.0, out)
            }
        }

        impl FromSql<Timestamp, $backend> for Moment {
            fn from_sql(
                value: <$backend as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                FromSql::<Timestamp, $backend>::from_sql(value).map(Self)
            }
        }

        impl ToSql<Timestamp, $backend> for Moment {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, $backend>) -> serialize::Result {
                ToSql::<Timestamp, $backend>::to_sql(&self.0, out)
            }
        }
    };
}

as_chrono_does!(Backend);
#[cfg(feature = "postgres")]
as_chrono_does!(diesel::pg::Pg);

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_what_chrono_writes_and_is_read_again(
            days in 0..3_652_058_u64,
            second in 0..86_400_u32,
        ) {
            let day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap() + Days::new(days);
            let at = day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap());
            prop_assert_eq!(written(day), Some(day.format("%F").to_string()));
            prop_assert_eq!(written_to_the_second(at), Some(at.format("%F %T%.f").to_string()));
            prop_assert_eq!(day_from(written(day).unwrap().as_bytes()), Some(day));
            prop_assert_eq!(moment_from(written_to_the_second(at).unwrap().as_bytes()), Some(at));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = day_from(text.as_bytes());
            let _ = moment_from(text.as_bytes());
        }
    }

    #[test]
    fn what_it_does_not_hold_is_left_to_chrono() {
        for text in [
            "2026-02-30",
            "2026-2-3",
            "2026-11-23 ",
            "20261123",
            "+026-01-01",
        ] {
            assert_eq!(day_from(text.as_bytes()), None, "{text}");
        }
        for text in [
            "2026-11-23 09:00",
            "2026-11-23T09:00:00",
            "2026-11-23 09:00:00.5",
        ] {
            assert_eq!(moment_from(text.as_bytes()), None, "{text}");
        }
        let far = NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
        assert_eq!(written(far), None);
    }
}
