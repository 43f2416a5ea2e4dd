//! The SQL of how what is watched stands, as the program that serves saw it last.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::schema::watch_standing;
use crate::db::{Conn, Result};
use crate::jobs::watch::Standing;

/// Writes down how everything stands; the moment of looking says that somebody looks.
pub(in crate::jobs) fn write(
    tx: &mut Conn,
    standings: &[Standing],
    looked_at: NaiveDateTime,
) -> Result<()> {
    diesel::delete(watch_standing::table).execute(tx)?;
    for standing in standings {
        let trouble = standing.trouble.as_ref();
        diesel::insert_into(watch_standing::table)
            .values((
                watch_standing::watched.eq(standing.watched),
                watch_standing::good_at.eq(standing.good_at),
                watch_standing::trouble_since.eq(trouble.map(|it| it.since)),
                watch_standing::words.eq(trouble.map_or("", |it| &it.words)),
                watch_standing::looked_at.eq(looked_at),
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// Nobody looks any more, because the program stops.
pub(in crate::jobs) fn end(tx: &mut Conn) -> Result<()> {
    diesel::update(watch_standing::table)
        .set(watch_standing::looked_at.eq(None::<NaiveDateTime>))
        .execute(tx)?;
    Ok(())
}

#[cfg(feature = "postgres")]
#[derive(QueryableByName)]
struct TheirClock {
    #[diesel(sql_type = diesel::sql_types::Timestamp)]
    now: NaiveDateTime,
}

/// What time it is for the database server, UTC; none where the database is a file.
pub(in crate::jobs) fn clock_of_the_server(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    match conn {
        Conn::Sqlite(_) => Ok(None),
        #[cfg(feature = "postgres")]
        Conn::Postgres(conn) => {
            let asked = diesel::sql_query("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now");
            Ok(Some(asked.get_result::<TheirClock>(conn)?.now))
        }
    }
}
