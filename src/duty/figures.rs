//! How much is owed and how much has lapsed, of all authorities together: figures for whoever watches the program.

use super::store;
use crate::db::{Conn, Result};
use crate::rules::escalation::Step;

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub open_duties: u64,
    /// Open lapses by the last step that was told of each; "none" for those of which nobody was told yet.
    pub open_lapses: Vec<(&'static str, u64)>,
}

/// Counts it.
///
/// # Errors
/// If the database refuses.
pub fn all(conn: &mut Conn) -> Result<Figures> {
    let told = store::figures::open_lapses(conn)?;
    let mut open_lapses = vec![("none", 0)];
    open_lapses.extend(Step::LADDER.iter().map(|step| (step.as_str(), 0)));
    for steps in told {
        let last = Step::LADDER.iter().rev().find(|it| steps.contains(it));
        let word = last.map_or("none", |step| step.as_str());
        if let Some((_, count)) = open_lapses.iter_mut().find(|(it, _)| *it == word) {
            *count += 1;
        }
    }
    Ok(Figures {
        open_duties: store::figures::open_duties(conn)?,
        open_lapses,
    })
}
