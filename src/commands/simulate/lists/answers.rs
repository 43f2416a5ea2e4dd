//! What people say of rows that have no place: some soon, some only after it has lapsed.

use chrono::NaiveDate;
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::duty::owed;
use hearth::intake::list_import::answering::{self, Said};
use hearth::intake::list_import::unplaced::{self, Answer, CandidateLine, Question, UnplacedRow};
use hearth::intake::list_import::{self, end_unfinished};
use hearth::rules::duty::DutyKind;
use hearth::rules::identifiers::Reference;
use rand::RngExt;
use rand::rngs::StdRng;

use super::super::super::Failure;
use super::super::program::Program;
use super::super::tally::Happening;
use super::super::world::{Errand, World};

/// The round in which nothing is left waiting.
const LAST: u32 = 2;

impl World {
    /// The sender answers some rows of a list soon; a manager answers what is left, long after.
    pub fn answer_rows(
        &mut self,
        program: &mut Program,
        turn: u32,
        round: u32,
    ) -> Result<(), Failure> {
        let mut dice = self.dice(Errand::AnswerRows { turn, round }, "what");
        let viewer = match round {
            0 => self.sender_of(turn),
            _ => self.staff.manager.viewer.clone(),
        };
        for import in self.imports_of(turn) {
            let rows = program.read(|conn| Ok(unplaced::of_import(conn, &viewer, &import)?))?;
            for row in rows.iter().filter(|row| row.answered.is_none()) {
                let waits = round == 0 && dice.random_ratio(1, 2);
                let is_to_be_mended = round == 0 && row.question == Question::Refused;
                if !waits && !is_to_be_mended {
                    self.answer_row(program, &viewer, row, (&mut dice, round))?;
                }
            }
            if round > 0 {
                self.end_cut_off(program, &import)?;
            }
        }
        self.look_at_accounts(program)
    }

    fn answer_row(
        &mut self,
        program: &mut Program,
        viewer: &Viewer,
        row: &UnplacedRow,
        (dice, round): (&mut StdRng, u32),
    ) -> Result<(), Failure> {
        let at = At::of(program.now());
        let candidates =
            program.read(|conn| Ok(answering::candidates_now(conn, viewer, row, at.today())?))?;
        let said = match round {
            LAST => dealt_with(&candidates),
            _ => what_to_say(row.question, &candidates, dice),
        };
        let is_late = self
            .due_day(program, &row.import)?
            .is_some_and(|day| day < at.today());
        self.duties_done.insert(at.now());
        program.write(|tx| {
            answering::answer(&mut Act::new(tx, viewer, at), row, &said)?;
            Ok(())
        })?;
        // Asked and not remembered: when the program died, nobody heard its answer.
        let manager = &self.staff.manager.viewer;
        let placed = program.read(|conn| Ok(unplaced::find(conn, manager, &row.reference)?))?;
        let Some(placed) = placed else {
            return Ok(());
        };
        match placed.answered {
            Some(answered) => {
                self.tally.add(counted_as(answered.answer), 1);
                self.tally
                    .add(Happening::RowAnsweredLate, usize::from(is_late));
            }
            None => self.tally.add(Happening::RowAskedAgain, 1),
        }
        match (said, placed.child) {
            (Said::DealtWith { .. }, _) | (_, None) => Ok(()),
            (_, Some(child)) => self.welcome_by_list(program, &child),
        }
    }

    /// A manager notes that a list that was cut off was sent again.
    fn end_cut_off(&mut self, program: &mut Program, import: &Reference) -> Result<(), Failure> {
        let at = At::of(program.now());
        let manager = self.staff.manager.viewer.clone();
        let held = program.read(|conn| Ok(list_import::find(conn, &manager, import)?))?;
        let is_cut_off = held.is_some_and(|held| held.report.is_none());
        if !is_cut_off || self.due_day(program, import)?.is_none() {
            return Ok(());
        }
        self.duties_done.insert(at.now());
        program.write(|tx| {
            let because = "The list was sent again on the same day";
            Ok(end_unfinished(
                &mut Act::new(tx, &manager, at),
                import,
                because,
            )?)
        })?;
        let is_over = self.due_day(program, import)?.is_none();
        self.tally
            .add(Happening::ListCutOffNoted, usize::from(is_over));
        Ok(())
    }

    /// The day by which it is owed that somebody looks at the rows of an import, while it is.
    fn due_day(
        &self,
        program: &mut Program,
        import: &Reference,
    ) -> Result<Option<NaiveDate>, Failure> {
        let (authority, kind) = (self.staff.authority, DutyKind::RowsOfList);
        let open = program.read(|conn| Ok(owed::open_of_kind(conn, authority, kind)?))?;
        let duty = open.iter().find(|duty| duty.occasion == import.as_str());
        Ok(duty.map(|duty| duty.due_on))
    }
}

fn what_to_say(question: Question, candidates: &[CandidateLine], dice: &mut StdRng) -> Said {
    let throw = dice.random_range(0..10);
    match (question, candidates.first()) {
        (Question::SameChild, Some(candidate)) if throw < 5 => {
            Said::SameChild(candidate.reference.clone())
        }
        (Question::SameChild, _) if throw < 9 => Said::AnotherChild,
        (Question::CameBack, _) if throw < 8 => Said::Back,
        _ => dealt_with(candidates),
    }
}

fn dealt_with(candidates: &[CandidateLine]) -> Said {
    Said::DealtWith {
        because: "The school was asked on the telephone".to_owned(),
        child: candidates.first().map(|it| it.reference.clone()),
    }
}

const fn counted_as(answer: Answer) -> Happening {
    match answer {
        Answer::SameChild => Happening::RowSameChild,
        Answer::AnotherChild => Happening::RowAnotherChild,
        Answer::Back => Happening::RowBack,
        Answer::Mended => Happening::RowMended,
        Answer::DealtWith => Happening::RowDealtWith,
    }
}
