//! A list of what other services did, as CSV: `child,kind,category,started_on,ended_on,source,contact`. Lines that can
//! be taken are taken, the others named; a line that was taken before adds nothing.

use chrono::NaiveDate;

use super::plain_list::{self, Columns, FileProblem, Line, Refused};
use crate::access::{Act, Viewer};
use crate::clock::At;
use crate::conflict;
use crate::db::{Conn, Db, DbError};
use crate::register::child::{self, ChildRecord};
use crate::register::episode::{self, Episode, EpisodeError};
use crate::rules::codes::{AbuseCategory, EpisodeKind, Source};
use crate::rules::identifiers::{Reference, Upn};
use crate::tier::tiering;

const COLUMNS: Columns = Columns {
    needed: &["child", "kind", "started_on", "source"],
    other: &["category", "ended_on", "contact"],
};

/// What became of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Episodes added, or to be added.
    pub taken: usize,
    /// Episodes that were on the register already, exactly so.
    pub unchanged: usize,
    pub refused: Vec<Refused>,
}

/// Why a list was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It is no such list.
    #[error(transparent)]
    File(#[from] FileProblem),
    /// Not somebody who works with children.
    #[error("Only those who work with the children of the authority add episodes")]
    NotAllowed,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Takes the episodes of a list, each in a transaction with the new tiers of the family. A trial changes nothing.
///
/// # Errors
/// When it is no such list, or not from somebody who works with children.
pub fn take(
    db: &Db,
    viewer: &Viewer,
    bytes: &[u8],
    dry_run: bool,
    at: At,
) -> Result<Taken, ListError> {
    if !viewer.works_with_children() {
        return Err(ListError::NotAllowed);
    }
    let (lines, refused) = plain_list::read(bytes, &COLUMNS)?;
    let mut report = Taken {
        refused,
        ..Taken::default()
    };
    let mut trial: Vec<(Reference, Episode)> = Vec::new();
    for line in &lines {
        let done = if dry_run {
            db.read_now(|conn| look(conn, viewer, line, at.today()))
                .map(|(child, episode, held)| {
                    let named = (child.reference, episode);
                    let is_new = !held && !trial.contains(&named);
                    trial.push(named);
                    is_new
                })
        } else {
            db.write_now(|tx| write(&mut Act::new(tx, viewer, at), line))
        };
        match done {
            Ok(true) => report.taken += 1,
            Ok(false) => report.unchanged += 1,
            Err(RowError::Refused(refused)) => report.refused.extend(refused),
            Err(RowError::Db(error)) => return Err(error.into()),
        }
    }
    report.refused.sort_by_key(|refused| refused.line);
    Ok(report)
}

/// Why a line was not taken.
#[derive(Debug)]
enum RowError {
    /// Every fault that was found.
    Refused(Vec<Refused>),
    Db(DbError),
}

impl From<Refused> for RowError {
    fn from(refused: Refused) -> Self {
        Self::Refused(vec![refused])
    }
}

impl From<DbError> for RowError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

conflict!(RowError);

/// The child and the episode of a line, and whether the register holds it already.
fn look(
    conn: &mut Conn,
    viewer: &Viewer,
    line: &Line,
    today: NaiveDate,
) -> Result<(ChildRecord, Episode, bool), RowError> {
    let (child, episode) = match (child_of(conn, viewer, line), episode_of(line, today)) {
        (Ok(child), Ok(episode)) => (child, episode),
        (Err(RowError::Refused(mut faults)), Err(others)) => {
            faults.extend(others);
            return Err(RowError::Refused(faults));
        }
        (Err(error), _) => return Err(error),
        (Ok(_), Err(faults)) => return Err(RowError::Refused(faults)),
    };
    crate::rules::history::episode_from(child.particulars.date_of_birth, episode.started_on)
        .map_err(|problem| line.refuse("started_on", problem))?;
    let held = episode::of_child(conn, viewer, child.key)?;
    let is_held = held.iter().any(|held| held.what == episode);
    Ok((child, episode, is_held))
}

/// Writes the episode of a line down, with the tiers that follow; says whether it was new.
fn write(act: &mut Act<'_>, line: &Line) -> Result<bool, RowError> {
    let (child, episode, is_held) = look(act.tx, act.viewer, line, act.at.today())?;
    if is_held {
        return Ok(false);
    }
    match episode::write_down(act, &child, &episode) {
        Ok(()) => {}
        Err(EpisodeError::Db(error)) => return Err(error.into()),
        Err(refused) => return Err(line.refuse("", refused).into()),
    }
    tiering::reassess_family(act, child.key)?;
    Ok(true)
}

fn child_of(conn: &mut Conn, viewer: &Viewer, line: &Line) -> Result<ChildRecord, RowError> {
    let typed = line.get("child");
    let found = if let Ok(reference) = Reference::parse(typed) {
        child::find(conn, viewer, &reference)?
    } else {
        let upn = Upn::parse(typed).map_err(|problem| {
            let reason = format!("“{typed}” is no child’s reference, and no UPN. {problem}");
            line.refuse("child", reason)
        })?;
        child::by_upn(conn, viewer, &upn)?
    };
    let refusal = || {
        line.refuse(
            "child",
            "No child of this authority has it. Check that it is whole",
        )
    };
    Ok(found.ok_or_else(refusal)?)
}

/// The episode of a line, or every fault of it.
fn episode_of(line: &Line, today: NaiveDate) -> Result<Episode, Vec<Refused>> {
    let mut faults = Vec::new();
    let mut tell = |column: &'static str, words: &str| faults.push(line.refuse(column, words));
    let started_on = line.date("started_on");
    let ended_on = line.date_if_any("ended_on");
    let first = started_on.as_ref().ok().copied();
    let last = ended_on.as_ref().ok().copied().flatten();
    if first.is_some_and(|first| first > today) {
        tell("started_on", "The first day must be today or in the past");
    }
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        tell("ended_on", "The last day must not be before the first");
    }
    if last.is_some_and(|last| last > today) {
        tell("ended_on", "The last day must be today or in the past");
    }
    let contact = line.get("contact");
    if contact.chars().count() > 200 {
        tell("contact", "Whom to ask must be 200 characters or fewer");
    }
    let kind = code(
        line,
        "kind",
        EpisodeKind::ALL,
        EpisodeKind::as_str,
        EpisodeKind::label,
    );
    let category = match &kind {
        Ok(kind) => category_of(line, *kind),
        Err(_) => Ok(None),
    };
    let source = code(line, "source", Source::ALL, Source::as_str, Source::label);
    let kind = keep(kind, &mut faults);
    let category = keep(category, &mut faults);
    let started_on = keep(started_on, &mut faults);
    let ended_on = keep(ended_on, &mut faults);
    let source = keep(source, &mut faults);
    match (kind, category, started_on, ended_on, source) {
        (Some(kind), Some(category), Some(started_on), Some(ended_on), Some(source))
            if faults.is_empty() =>
        {
            Ok(Episode {
                kind,
                category,
                started_on,
                ended_on,
                source,
                contact: contact.split_whitespace().collect::<Vec<_>>().join(" "),
            })
        }
        _ => Err(faults),
    }
}

/// What was read, or nothing and its fault among the others.
fn keep<T>(read: Result<T, Refused>, faults: &mut Vec<Refused>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

/// Only a child protection plan has a category, and each one has.
fn category_of(line: &Line, kind: EpisodeKind) -> Result<Option<AbuseCategory>, Refused> {
    match line.get("category") {
        "" if kind == EpisodeKind::CpPlan => {
            Err(line.refuse("category", "A child protection plan has a category"))
        }
        "" => Ok(None),
        _ if kind != EpisodeKind::CpPlan => {
            Err(line.refuse("category", "Only a child protection plan has a category"))
        }
        _ => code(
            line,
            "category",
            AbuseCategory::ALL,
            AbuseCategory::as_str,
            AbuseCategory::label,
        )
        .map(Some),
    }
}

/// A code by its key or by its words.
fn code<T: Copy>(
    line: &Line,
    column: &'static str,
    all: &[T],
    key: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Result<T, Refused> {
    let typed = line.get(column);
    let is_it = |code: &&T| {
        [key(**code), label(**code)]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(typed))
    };
    all.iter().find(is_it).copied().ok_or_else(|| {
        let keys: Vec<&str> = all.iter().map(|code| key(*code)).collect();
        line.refuse(
            column,
            format!(
                "“{typed}” is not known here. Use one of: {}",
                keys.join(", ")
            ),
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{World, day, now, world};
    use crate::rules::tier::Tier;

    fn send(world: &World, text: &str, dry_run: bool) -> Taken {
        let (db, viewer) = (&world.db, &world.program);
        take(db, viewer, text.as_bytes(), dry_run, At::of(now())).unwrap()
    }

    #[test]
    fn a_list_is_taken_once_with_the_tiers_that_follow() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let list = format!(
            "child,kind,category,started_on,ended_on,source,contact\n\
             {reference},cp_plan,NEG,1/3/2026,,social_care,Check team\n\
             {reference},cp_plan,NEG,1/3/2026,,social_care,Check team\n"
        );
        let held = || {
            world
                .run(|conn| episode::of_child(conn, &world.program, key))
                .len()
        };
        let trial = send(&world, &list, true);
        assert_eq!((trial.taken, trial.unchanged, held()), (1, 1, 0));
        let taken = send(&world, &list, false);
        assert_eq!((taken.taken, taken.unchanged, held()), (1, 1, 1));
        assert_eq!(send(&world, &list, false).taken, 0);
        let child = world.run(|conn| child::find(conn, &world.program, &reference));
        assert_ne!(child.unwrap().tier, Tier::Green);
    }

    #[test]
    fn every_fault_of_a_line_is_named_at_once() {
        let world = world();
        let list = "child,kind,started_on,source,category,ended_on,contact\n\
             nobody,unheard,31/2/2026,a neighbour,,1/3/2099,\n\
             C-0000-0000,cp_plan,1/3/2027,social_care,,1/2/2026,\n";
        let report = send(&world, list, true);
        let mut places: Vec<_> = report
            .refused
            .iter()
            .map(|at| (at.line, at.column))
            .collect();
        places.sort_unstable();
        let expected = [
            (2, "child"),
            (2, "ended_on"),
            (2, "kind"),
            (2, "source"),
            (2, "started_on"),
            (3, "category"),
            (3, "child"),
            (3, "ended_on"),
            (3, "started_on"),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn a_line_that_cannot_be_true_is_named_and_the_others_are_taken() {
        let world = world();
        let (_, ours) = world.add("Ada", "Moss", day(2015, 4, 3));
        let list = format!(
            "child,kind,started_on,source,category,ended_on\n\
             C-0000-0000,cin,1/3/2026,social_care,,\n\
             nobody,cin,1/3/2026,social_care,,\n\
             {ours},unheard,1/3/2026,social_care,,\n\
             {ours},cp_plan,1/3/2026,social_care,,\n\
             {ours},cin,1/3/2027,social_care,,\n\
             {ours},cin,1/3/2026,social_care,,1/2/2026\n\
             {ours},cin,1/3/2026,a neighbour,,\n\
             {ours},cin,1/3/2010,social_care,,\n\
             {ours},cin,1/3/2026,social_care,,\n"
        );
        let report = send(&world, &list, false);
        let places: Vec<_> = report
            .refused
            .iter()
            .map(|at| (at.line, at.column))
            .collect();
        let expected = [
            (2, "child"),
            (3, "child"),
            (4, "kind"),
            (5, "category"),
            (6, "started_on"),
            (7, "ended_on"),
            (8, "source"),
            (9, "started_on"),
        ];
        assert_eq!(places, expected);
        assert_eq!(report.taken, 1);
        let officer = take(&world.db, &world.administrator, b"x", true, At::of(now()));
        assert!(matches!(officer, Err(ListError::NotAllowed)));
    }
}
