//! A list being taken over, of one authority after the other: what becomes of each row is told as it is known.

use std::collections::{HashMap, HashSet};

use super::account::{Became, Fate, Whom};
use super::answering;
use super::keeping::{self, KeptList};
use super::part::{self, Taking, Target};
use super::report::Report;
use super::routing::{List, Routed};
use super::{ImportError, Progress};
use crate::access::Act;
use crate::clock::Clock;
use crate::db::{Db, DbError, Result};
use crate::intake::csv::refused::{LineToMend, list_to_mend};

/// How many answers by mended rows are written in one transaction.
const MENDED_TOGETHER: usize = 50;

/// A list that is taken over.
pub(super) struct Work<'a, 'w> {
    db: &'a Db,
    clock: &'a Clock,
    headings: &'a str,
    /// How many children there are, and how many of them are done with.
    children: usize,
    done: usize,
    become_of: Become,
    watch: &'w mut dyn FnMut(Progress) -> bool,
}

impl<'a, 'w> Work<'a, 'w> {
    pub(super) fn new(
        db: &'a Db,
        clock: &'a Clock,
        headings: &'a str,
        children: usize,
        watch: &'w mut dyn FnMut(Progress) -> bool,
    ) -> Self {
        Self {
            db,
            clock,
            headings,
            children,
            done: 0,
            become_of: Become::default(),
            watch,
        }
    }

    /// What became of the rows of all lists that were taken.
    pub(super) fn become_of(self) -> Become {
        self.become_of
    }

    /// Takes the list of one authority; in a trial only says what would become of it. What was overdue is spread, whether or not the
    /// list is taken to its end.
    pub(super) fn take(
        &mut self,
        list: &mut List,
        kept: Option<&KeptList>,
    ) -> Result<(), ImportError> {
        if let Some(kept) = kept {
            self.keep_fates(list, kept)?;
        }
        let has_mends = !list.mends.is_empty();
        for fate in std::mem::take(&mut list.fates) {
            self.become_of.tell(&mut list.report, has_mends, &fate);
        }
        let target = Target {
            authority: &list.authority,
            viewer: &list.viewer,
            headings: self.headings,
            kept,
        };
        let mut taking = Taking::new(self.db, target);
        let mut taken = Ok(());
        for part in list.children.chunks(part::CHILDREN) {
            taken = match taking.take(part, self.clock.at()) {
                Ok(fates) => {
                    for fate in fates {
                        self.become_of.tell(&mut list.report, has_mends, &fate);
                    }
                    self.is_wanted_after(part.len())
                }
                Err(cause) => Err(cause.into()),
            };
            if taken.is_err() {
                break;
            }
        }
        let spread = taking.spread(self.clock.at());
        taken?;
        Ok(spread?)
    }

    fn is_wanted_after(&mut self, children: usize) -> Result<(), ImportError> {
        self.done += children;
        let is_wanted = (self.watch)(Progress::Taken(self.done, self.children));
        match is_wanted || self.done >= self.children {
            true => Ok(()),
            false => Err(ImportError::Stopped),
        }
    }

    /// Writes down the rows that have no place whatever the register holds.
    fn keep_fates(&self, list: &List, kept: &KeptList) -> Result<()> {
        let before = keeping::Before {
            placed: &HashMap::new(),
            hidden: &HashSet::new(),
        };
        for fates in list.fates.chunks(part::CHILDREN) {
            self.db.write_now(|tx| {
                let act = &mut Act::new(tx, &list.viewer, self.clock.at());
                keeping::keep(act, kept, fates, &[], &before)
            })?;
        }
        Ok(())
    }
}

/// Notes what rows were answered by being mended, some at a time.
pub(super) fn keep_mended(
    db: &Db,
    list: &List,
    kept: &KeptList,
    placed: &HashSet<usize>,
    clock: &Clock,
) -> Result<()> {
    let mended = list.mends.iter().filter(|(line, _)| placed.contains(line));
    let mended: Vec<_> = mended.collect();
    for together in mended.chunks(MENDED_TOGETHER) {
        db.write_now(|tx| {
            let act = &mut Act::new(tx, &list.viewer, clock.at());
            for (line, row) in together {
                answering::mended(act, row, &kept.reference, *line)?;
            }
            Ok::<_, DbError>(())
        })?;
    }
    Ok(())
}

/// What became of the rows so far, as far as it is asked for at the end.
#[derive(Default)]
pub(super) struct Become {
    /// Lines that have a place on the register.
    pub(super) placed: HashSet<usize>,
    /// Rows to mend: line, cells, what to mend.
    refused: Vec<(usize, String, String)>,
}

impl Become {
    fn tell(&mut self, report: &mut Report, has_mends: bool, fate: &Fate) {
        report.tell(fate);
        match &fate.whom {
            Whom::Asked(asked) if fate.became == Became::Refused => {
                self.refused
                    .push((fate.line, asked.cells.clone(), asked.words.clone()));
            }
            _ if !has_mends => {}
            // What its sender is told is all that a mended row may show.
            _ if matches!(fate.told_as(), Became::LookAt | Became::Refused) => {}
            _ => {
                self.placed.insert(fate.line);
            }
        }
    }

    /// The rows that were refused, as they stand in the file, to mend and send again.
    pub(super) fn refused_csv(
        &mut self,
        headings: &str,
        routed: &Routed,
    ) -> Result<String, ImportError> {
        self.refused.extend(routed.nowhere_rows.iter().cloned());
        self.refused.sort();
        if self.refused.is_empty() {
            return Ok(String::new());
        }
        let lines: Vec<LineToMend<'_>> = self
            .refused
            .iter()
            .map(|(line, cells, what)| LineToMend {
                cells,
                line: i64::try_from(*line).unwrap_or(i64::MAX),
                reference: "",
                what,
            })
            .collect();
        Ok(list_to_mend(headings, &lines)?)
    }
}
