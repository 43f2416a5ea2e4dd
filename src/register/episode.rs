//! Dated episodes of social care, SEN and the like, from which look-backs are read. Hearth records them with their
//! source; the decisions in them are made elsewhere.

use chrono::NaiveDate;

use super::child::{AmendError, ChildRecord};
pub use super::store::episode::{Episode, EpisodeRecord};
use super::{ChildKey, fresh_reference, store};
use crate::access::{Act, Action, Subject, Viewer};
use crate::conflict;
use crate::db::{Conn, DbError, Result};
use crate::rules::dates;
use crate::rules::history::{self as days, Untimely};
use crate::rules::identifiers::{Reference, ReferenceKind};

/// A child's episodes, the newest first. Administrators and parents get none.
pub fn of_child(conn: &mut Conn, viewer: &Viewer, child: ChildKey) -> Result<Vec<EpisodeRecord>> {
    if viewer
        .role()
        .is_some_and(|role| !role.works_with_children())
    {
        return Ok(Vec::new());
    }
    store::episode::of_child(conn, viewer, child)
}

/// Why an episode was not written down.
#[derive(Debug, thiserror::Error)]
pub enum EpisodeError {
    /// A day that cannot be true.
    #[error(transparent)]
    Untimely(#[from] Untimely),
    /// The child is not there, or not for this viewer.
    #[error(transparent)]
    Child(#[from] AmendError),
    #[error(transparent)]
    Db(#[from] DbError),
}

conflict!(EpisodeError, Child);

/// Writes down an episode that an officer was told of; writes the audit event. The same one written down twice, as a
/// double click does, is one. Whoever calls this re-scores the child.
///
/// # Errors
/// [`EpisodeError::Untimely`] for one that begins more than nine months before the child was born.
pub fn write_down(
    act: &mut Act<'_>,
    child: &ChildRecord,
    episode: &Episode,
) -> Result<(), EpisodeError> {
    days::episode_from(child.particulars.date_of_birth, episode.started_on)?;
    let held = store::episode::of_child(act.tx, act.viewer, child.key)?;
    if !held.iter().any(|held| held.what == *episode) {
        add(act, child.key, episode)?;
    }
    Ok(())
}

/// Records an episode; writes the audit event. Whoever calls this re-scores the child (`tier::tiering`).
pub fn add(act: &mut Act<'_>, child: ChildKey, episode: &Episode) -> Result<Reference> {
    let reference = fresh_reference(ReferenceKind::Episode, |taken| {
        store::episode::has_reference(act.tx, taken)
    })?;
    store::episode::insert(
        act.tx,
        child,
        &reference,
        episode,
        act.viewer.account(),
        act.at.now(),
    )?;
    let until = episode
        .ended_on
        .map(|day| format!(" to {}", dates::spoken(day)))
        .unwrap_or_default();
    let detail = format!(
        "{} recorded, from {}{until}",
        episode.kind.label(),
        dates::spoken(episode.started_on)
    );
    act.note(
        Action::EpisodeRecorded,
        Subject::of_child(child, reference.as_str()),
        &detail,
    )?;
    Ok(reference)
}

/// Ends an episode of the child that is open; writes the audit event. Gives false when it has ended already. The caller
/// re-scores the child, as after [`add`].
pub fn end(
    act: &mut Act<'_>,
    child: ChildKey,
    episode: &EpisodeRecord,
    on: NaiveDate,
) -> Result<bool> {
    if store::episode::end(act.tx, child, &episode.reference, on)? == 0 {
        return Ok(false);
    }
    let detail = format!(
        "{} ended on {}",
        episode.what.kind.label(),
        dates::spoken(on)
    );
    act.note(
        Action::EpisodeEnded,
        Subject::of_child(child, episode.reference.as_str()),
        &detail,
    )?;
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::register::testing::{day, now, world};
    use crate::rules::codes::{AbuseCategory, EpisodeKind, Source};

    #[test]
    fn episodes_are_for_those_who_work_with_the_child() {
        let world = world();
        let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
        let older = Episode {
            kind: EpisodeKind::CpPlan,
            category: Some(AbuseCategory::Neglect),
            started_on: day(2024, 1, 2),
            ended_on: Some(day(2024, 6, 3)),
            source: Source::SocialCare,
            contact: "Duty team".to_owned(),
        };
        let newer = Episode {
            kind: EpisodeKind::EarlyHelp,
            category: None,
            started_on: day(2025, 1, 2),
            ..older.clone()
        };
        for episode in [&older, &newer] {
            world.run(|tx| {
                add(
                    &mut Act::new(tx, &world.officer, At::of(now())),
                    key,
                    episode,
                )
            });
        }
        let seen = |viewer: &Viewer| -> Vec<Episode> {
            world
                .run(|conn| of_child(conn, viewer, key))
                .into_iter()
                .map(|held| held.what)
                .collect()
        };
        assert_eq!(seen(&world.officer), [newer, older]);
        let events = world.run(|conn| crate::access::audit::timeline(conn, key.number(), 10));
        let detail = "Child protection plan recorded, from 2 January 2024 to 3 June 2024";
        assert_eq!(events.last().unwrap().detail, detail);
        world.make_parent(&world.parent, key);
        for viewer in [&world.parent, &world.administrator, &world.elsewhere] {
            assert!(seen(viewer).is_empty(), "{viewer:?}");
        }
    }
    #[test]
    fn an_episode_ends_once_and_only_for_its_own_child() {
        let world = world();
        let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
        let (other, _) = world.add("Ben", "Moss", day(2016, 4, 3));
        let open = Episode {
            kind: EpisodeKind::Cin,
            category: None,
            started_on: day(2026, 1, 2),
            ended_on: None,
            source: Source::SocialCare,
            contact: String::new(),
        };
        world.run(|tx| add(&mut Act::new(tx, &world.officer, At::of(now())), key, &open));
        let held = world
            .run(|conn| of_child(conn, &world.officer, key))
            .remove(0);
        let end_for = |child, on| {
            world.run(|tx| {
                end(
                    &mut Act::new(tx, &world.officer, At::of(now())),
                    child,
                    &held,
                    on,
                )
            })
        };
        assert!(!end_for(other, day(2026, 3, 4)));
        assert!(end_for(key, day(2026, 3, 4)));
        assert!(!end_for(key, day(2026, 5, 6)));
        let ended = world
            .run(|conn| of_child(conn, &world.officer, key))
            .remove(0);
        assert_eq!(ended.what.ended_on, Some(day(2026, 3, 4)));
    }
}
