//! Whether what became of a list adds up, right after it was sent or answered: by its report and by what stands in the tables.

use std::collections::HashSet;

use hearth::access::Viewer;
use hearth::intake::list_import::report::Report;

use super::super::super::Failure;
use super::super::program::Program;
use super::super::store;
use super::super::world::World;

impl World {
    /// The report as its sender reads it: every row is of one kind, and no word names a child whom they may not see.
    pub(super) fn look_at_report(
        &mut self,
        program: &mut Program,
        sender: &Viewer,
        report: &Report,
    ) -> Result<(), Failure> {
        let named = format!("{:?}", report.counts);
        if !report.counts.adds_up() {
            self.find_broken("The report of a list adds up", vec![named]);
        }
        let hidden = self.hidden_from(program, sender)?;
        let told = hidden.filter(|name| report.told.iter().any(|note| note.reason.contains(name)));
        let words = "A list tells its sender nothing of a child whom they may not see";
        self.find_broken(words, told.into_iter().collect());
        Ok(())
    }

    /// The restricted child, if the sender may not see them.
    fn hidden_from(
        &self,
        program: &mut Program,
        sender: &Viewer,
    ) -> Result<Option<String>, Failure> {
        let Some(pupil) = self.lists.hidden.map(|pupil| &self.pupils[pupil]) else {
            return Ok(None);
        };
        let seen =
            program.read(|conn| Ok(hearth::register::child::by_key(conn, sender, pupil.key)?))?;
        Ok(seen.is_none().then(|| pupil.reference.to_string()))
    }

    /// What stands in the tables of all lists so far.
    pub(super) fn look_at_accounts(&mut self, program: &mut Program) -> Result<(), Failure> {
        let accounts = program.read(|conn| Ok(store::accounts(conn)?))?;
        let uneven = accounts.iter().filter(|account| !account.adds_up());
        let uneven = uneven.map(|account| account.reference.clone()).collect();
        self.find_broken("Every row of a list that was read became one thing", uneven);
        let owed: HashSet<String> = program.read(|conn| Ok(store::lists_to_look_at(conn)?))?;
        let waiting = program.read(|conn| Ok(store::rows_waiting(conn)?))?;
        let not_owed = waiting
            .into_iter()
            .filter(|(_, import)| !owed.contains(import));
        let not_owed = not_owed.map(|(row, import)| format!("{row} of {import}"));
        let words = "It is owed that somebody looks at every row that waits";
        self.find_broken(words, not_owed.collect());
        Ok(())
    }

    /// The first promise that is found broken by day ends the simulation.
    pub(super) fn find_broken(&mut self, promise: &str, names: Vec<String>) {
        if !names.is_empty() {
            self.found.get_or_insert((promise.to_owned(), names));
        }
    }
}
