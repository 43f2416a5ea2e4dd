//! Whose child it is in the authority's care: the officer who answers for the checks.

use super::child::{AmendError, find};
use super::store;
use crate::access::accounts::{self, AccountRow};
use crate::access::audit::Event;
use crate::access::{Act, Action, Viewer};
use crate::db::{Conn, Result};
use crate::rules::identifiers::Reference;

/// Makes an account the child's officer; writes the audit event.
pub fn allocate(
    act: &mut Act<'_>,
    reference: &Reference,
    officer: &Reference,
) -> Result<(), AmendError> {
    let stored = find(act.tx, act.viewer, reference)?.ok_or(AmendError::NotFound)?;
    let officer = officer_named(act.tx, act.viewer, officer)?.ok_or(AmendError::NotAnOfficer)?;
    if stored.officer == Some(officer.key) {
        return Ok(());
    }
    store::child::set_officer(act.tx, stored.key, officer.key, act.at.now())?;
    let detail = format!("Allocated to {}", officer.name);
    act.note(Action::ChildAllocated, &stored, &detail)?;
    Ok(())
}

/// As [`allocate`], from a form that showed who the child's officer was: whoever has chosen meanwhile is not overruled unseen.
///
/// # Errors
/// [`AmendError::Changed`] when the officer is neither the one who was shown nor the one who is chosen.
pub fn allocate_shown(
    act: &mut Act<'_>,
    reference: &Reference,
    shown: Option<&Reference>,
    officer: &Reference,
) -> Result<(), AmendError> {
    let stored = find(act.tx, act.viewer, reference)?.ok_or(AmendError::NotFound)?;
    if let Some(held) = stored.officer {
        let held = accounts::by_key(act.tx, held)?.reference;
        let is_known = |it: &Reference| it.as_str() == held;
        if !is_known(officer) && !shown.is_some_and(is_known) {
            return Err(AmendError::Changed(Box::new(stored)));
        }
    }
    allocate(act, reference, officer)
}

/// An officer has left: their children have no officer until somebody allocates them, which is how lists find them.
/// Writes an audit event for each; gives how many of them are on the register now.
pub fn let_go(act: &mut Act<'_>, officer: &AccountRow) -> Result<usize> {
    let children = store::child::of_officer(act.tx, act.viewer, officer.key)?;
    store::child::clear_officer(act.tx, act.viewer, officer.key, act.at.now())?;
    let detail = format!("{} has left: nobody is the child’s officer", officer.name);
    let events: Vec<Event<'_>> = children
        .iter()
        .map(|(key, reference, _)| Event {
            action: Action::ChildWithoutOfficer,
            child: Some(key.number()),
            subject: reference,
            detail: &detail,
        })
        .collect();
    act.note_all(&events)?;
    Ok(children.iter().filter(|(_, _, open)| *open).count())
}

fn officer_named(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<AccountRow>> {
    let officers = accounts::officers(conn, viewer.authority())?;
    Ok(officers
        .into_iter()
        .find(|account| account.reference == reference.as_str()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::clock::At;
    use crate::register::testing::{day, now, world};

    #[test]
    fn a_child_is_allocated_to_somebody_who_works_with_children_here() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let to = |viewer: &Viewer| {
            let account = world.run(|conn| accounts::by_key(conn, viewer.account().unwrap()));
            let account = Reference::parse(&account.reference).unwrap();
            world.db.write_now(|tx| {
                allocate(
                    &mut Act::new(tx, &world.manager, At::of(now())),
                    &reference,
                    &account,
                )
            })
        };
        to(&world.officer).unwrap();
        let events = world.run(|conn| crate::access::audit::timeline(conn, key.number(), 1));
        let newest = events.first().unwrap();
        assert_eq!(
            (newest.action.as_str(), newest.detail.as_str()),
            ("child_allocated", "Allocated to Sam Reed")
        );
        for nobody in [&world.administrator, &world.parent, &world.elsewhere] {
            assert!(matches!(to(nobody), Err(AmendError::NotAnOfficer)));
        }
        let record = world
            .run(|conn| find(conn, &world.officer, &reference))
            .unwrap();
        assert_eq!(record.officer, world.officer.account());
    }
}
