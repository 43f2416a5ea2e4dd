//! The SQL of the record of runs and of the lease that keeps two processes from running one job at once.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::db::schema::{job_lease, job_run};
use crate::db::{Condition, Conn, Result};
use crate::jobs::Work;

/// A run as the page for administrators shows it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_run)]
pub struct RunRecord {
    pub job: String,
    /// When it began, UTC.
    pub started_at: NaiveDateTime,
    /// When it ended; nothing while it runs, or if it was killed.
    pub ended_at: Option<NaiveDateTime>,
    /// What it came to.
    #[diesel(embed)]
    pub work: Work,
}

/// Takes a job's lease, unless somebody else holds it. A lease that lasts longer than any does was taken by a clock that
/// has been put right since, and holds nobody up.
pub(in crate::jobs) fn take_lease(
    tx: &mut Conn,
    job: &str,
    holder: &str,
    now: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<bool> {
    let held: Option<(String, NaiveDateTime)> = job_lease::table
        .filter(job_lease::job.eq(job))
        .select((job_lease::holder, job_lease::held_until))
        .first(tx)
        .optional()?;
    match held {
        Some((other, held_until)) if other != holder && held_until > now && held_until <= until => {
            return Ok(false);
        }
        Some(_) => diesel::update(job_lease::table.filter(job_lease::job.eq(job)))
            .set((
                job_lease::holder.eq(holder),
                job_lease::held_until.eq(until),
            ))
            .execute(tx)?,
        None => diesel::insert_into(job_lease::table)
            .values((
                job_lease::job.eq(job),
                job_lease::holder.eq(holder),
                job_lease::held_until.eq(until),
            ))
            .execute(tx)?,
    };
    Ok(true)
}

/// Holds a lease for longer, if it is still ours.
pub(in crate::jobs) fn renew(
    tx: &mut Conn,
    job: &str,
    holder: &str,
    until: NaiveDateTime,
) -> Result<()> {
    let ours = job_lease::table
        .filter(job_lease::job.eq(job))
        .filter(job_lease::holder.eq(holder));
    diesel::update(ours)
        .set(job_lease::held_until.eq(until))
        .execute(tx)?;
    Ok(())
}

/// Gives a lease back, if it is still ours.
pub(in crate::jobs) fn give_back(tx: &mut Conn, job: &str, holder: &str) -> Result<()> {
    diesel::delete(
        job_lease::table
            .filter(job_lease::job.eq(job))
            .filter(job_lease::holder.eq(holder)),
    )
    .execute(tx)?;
    Ok(())
}

/// Gives back every lease of a holder whose name begins like this.
pub(in crate::jobs) fn give_back_all(tx: &mut Conn, process: &str) -> Result<()> {
    diesel::delete(job_lease::table.filter(job_lease::holder.like(format!("{process}%"))))
        .execute(tx)?;
    Ok(())
}

/// Writes down that a run began; gives its key.
pub(in crate::jobs) fn begin(
    tx: &mut Conn,
    job: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<i64> {
    Ok(diesel::insert_into(job_run::table)
        .values((
            job_run::job.eq(job),
            job_run::day.eq(today),
            job_run::started_at.eq(now),
        ))
        .returning(job_run::id)
        .get_result(tx)?)
}

/// Writes down what a run came to.
pub(in crate::jobs) fn end(tx: &mut Conn, run: i64, work: &Work, now: NaiveDateTime) -> Result<()> {
    diesel::update(job_run::table.filter(job_run::id.eq(run)))
        .set((
            job_run::ended_at.eq(now),
            job_run::found.eq(work.found),
            job_run::did.eq(work.did),
            job_run::failed.eq(work.failed),
            job_run::problem.eq(&work.problem),
        ))
        .execute(tx)?;
    Ok(())
}

/// As the index of completed runs has it, so that those which failed since cost nothing.
const COMPLETED: Condition = Condition("job_run.ended_at IS NOT NULL AND job_run.problem = ''");

/// When the last run that was completed without a problem began.
pub(in crate::jobs) fn last_completed(conn: &mut Conn, job: &str) -> Result<Option<NaiveDateTime>> {
    let last = last_completed_with_failures(conn, job)?;
    Ok(last.map(|(began, _)| began))
}

/// When the last run that was completed without a problem began, and how much it could not do.
pub(in crate::jobs) fn last_completed_with_failures(
    conn: &mut Conn,
    job: &str,
) -> Result<Option<(NaiveDateTime, i64)>> {
    Ok(job_run::table
        .filter(job_run::job.eq(job))
        .filter(COMPLETED)
        .order(job_run::id.desc())
        .select((job_run::started_at, job_run::failed))
        .first(conn)
        .optional()?)
}

/// When the newest run that came to an end began, and its problem; none when it had none, or none came to an end.
pub(in crate::jobs) fn last_problem(
    conn: &mut Conn,
    job: &str,
) -> Result<Option<(NaiveDateTime, String)>> {
    let newest: Option<(NaiveDateTime, String)> = job_run::table
        .filter(job_run::job.eq(job))
        .filter(job_run::ended_at.is_not_null())
        .order(job_run::id.desc())
        .select((job_run::started_at, job_run::problem))
        .first(conn)
        .optional()?;
    Ok(newest.filter(|(_, problem)| !problem.is_empty()))
}

/// When the oldest run began that has not come to an end, of those since the last that was completed.
pub(in crate::jobs) fn unended(
    conn: &mut Conn,
    job: &str,
    completed: Option<NaiveDateTime>,
) -> Result<Option<NaiveDateTime>> {
    Ok(job_run::table
        .filter(job_run::job.eq(job))
        .filter(job_run::ended_at.is_null())
        .filter(job_run::started_at.gt(completed.unwrap_or_default()))
        .order(job_run::id)
        .select(job_run::started_at)
        .first(conn)
        .optional()?)
}

/// The newest runs, the newest first.
pub(in crate::jobs) fn newest(conn: &mut Conn, limit: i64) -> Result<Vec<RunRecord>> {
    Ok(job_run::table
        .order(job_run::id.desc())
        .limit(limit)
        .select(RunRecord::as_select())
        .load(conn)?)
}
