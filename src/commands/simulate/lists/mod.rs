//! Lists of children that officers send, once a term: what is in them (`rows`), who comes onto the register by them (`taken`),
//! what people say of the rows that have no place (`answers`), and whether all of it adds up (`account`).

mod account;
mod answers;
mod rows;
mod taken;

use chrono::{Days, NaiveDate};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::db::Death;
use hearth::intake::csv::mapping::Mapping;
use hearth::intake::list_import::unplaced::{self, Answer};
use hearth::intake::list_import::{self, Order, Whose};
use hearth::register::child;
use hearth::rules::identifiers::Reference;
use rand::RngExt;
use rand::rngs::StdRng;

use super::super::Failure;
use super::program::Program;
use super::sent_lists::SentList;
use super::tally::Happening;
use super::world::{Errand, Presence, World};

/// The name of the file, for the record.
const FILE: &str = "children.csv";

impl World {
    /// An officer sends a list once a term, and some send it again; its rows are answered soon, late and at last.
    pub fn plan_lists(&mut self, today: NaiveDate) {
        let mut day = today
            + Days::new(
                self.dice(Errand::SendList { turn: 0 }, "when")
                    .random_range(4..20),
            );
        let mut turn = 0;
        while day <= self.last_day {
            self.plan(day, Errand::SendList { turn });
            let mut dice = self.dice(Errand::SendList { turn }, "when");
            let mut after = |days: std::ops::Range<u64>| day + Days::new(dice.random_range(days));
            let errands = [
                (after(1..9), Errand::AnswerRows { turn, round: 0 }),
                (after(2..12), Errand::MendRows { turn }),
                (after(3..30), Errand::SendListAgain { turn }),
                (after(28..50), Errand::AnswerRows { turn, round: 1 }),
                (after(52..70), Errand::AnswerRows { turn, round: 2 }),
            ];
            let next = after(85..98);
            for (day, errand) in errands {
                self.plan(day, errand);
            }
            day = next;
            turn += 1;
        }
    }

    pub fn send_list(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let mut dice = self.dice(Errand::SendList { turn }, "what");
        let sender = self.staff.any_officer(&mut dice).viewer.clone();
        self.hide_a_child(program, &sender, &mut dice)?;
        let rows = self.rows_of_list(program, turn, &mut dice)?;
        for row in &rows {
            self.tally.add(row.kind, 1);
        }
        let list = SentList {
            text: rows::written(&rows),
            sender,
            imports: Vec::new(),
        };
        let text = list.text.clone();
        self.lists.sent.insert(turn, list);
        // A list is several writes, and the program may be killed after each.
        if dice.random_ratio(1, 2) {
            program.will_die(Some(Death::After(dice.random_range(0..3))));
        }
        self.take_list(program, turn, &text)
    }

    /// Some are not sure whether the list arrived.
    pub fn send_list_again(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let is_sure = self
            .dice(Errand::SendListAgain { turn }, "sure")
            .random_ratio(1, 3);
        let Some(text) = self.lists.sent.get(&turn).map(|list| list.text.clone()) else {
            return Ok(());
        };
        if is_sure {
            return Ok(());
        }
        self.tally.add(Happening::ListSentAgain, 1);
        self.take_list(program, turn, &text)
    }

    /// The sender mends what could not be read, and sends only that.
    pub fn mend_rows(&mut self, program: &mut Program, turn: u32) -> Result<(), Failure> {
        let does_it = self
            .dice(Errand::MendRows { turn }, "whether")
            .random_ratio(3, 4);
        let imports = self.imports_of(turn).into_iter().take(usize::from(does_it));
        let sender = self.sender_of(turn);
        for import in imports {
            let refused = program
                .read(|conn| Ok(list_import::rows_to_mend(conn, &sender, &import, true)?))?;
            if let Some(text) = refused.filter(|text| !text.is_empty()) {
                self.take_list(program, turn, &rows::mended(&text))?;
                self.count_mended(program, &import)?;
            }
        }
        Ok(())
    }

    /// Rows of an import that were answered a moment ago, because they came again.
    fn count_mended(&mut self, program: &mut Program, import: &Reference) -> Result<(), Failure> {
        let (now, manager) = (program.now(), &self.staff.manager.viewer);
        let rows = program.read(|conn| Ok(unplaced::of_import(conn, manager, import)?))?;
        let answered = rows.iter().filter_map(|row| row.answered.as_ref());
        let mended = answered.filter(|it| it.answer == Answer::Mended && it.at == now);
        self.tally.add(Happening::RowMended, mended.count());
        Ok(())
    }

    /// Sends a list through the room that takes it, again when the program was killed meanwhile, and looks at what came of it.
    fn take_list(&mut self, program: &mut Program, turn: u32, text: &str) -> Result<(), Failure> {
        let sender = self.sender_of(turn);
        self.duties_done.insert(program.now());
        self.tally.add(Happening::ListSent, 1);
        let report = program.write_in_parts(|services| {
            let order = Order {
                file_name: FILE,
                bytes: text.as_bytes(),
                mapping: &Mapping::default(),
                whose: Whose::One(&sender),
                dry_run: false,
            };
            Ok(list_import::take(
                &services.db,
                &order,
                &services.clock,
                &mut |_| {},
            )?)
        })?;
        let Some(report) = report else {
            let words = "Every list that can be read is taken";
            self.find_broken(words, vec![format!("list {turn}")]);
            return Ok(());
        };
        self.look_at_report(program, &sender, &report)?;
        self.look_at_imports(program, turn)?;
        self.look_at_accounts(program)
    }

    /// Whoever sent a list; a manager when they do not work there any more.
    fn sender_of(&self, turn: u32) -> Viewer {
        let sender = self.lists.sent.get(&turn).map(|list| &list.sender);
        let works = sender.filter(|sender| self.staff.has(sender.account()));
        works.unwrap_or(&self.staff.manager.viewer).clone()
    }

    fn imports_of(&self, turn: u32) -> Vec<Reference> {
        let list = self.lists.sent.get(&turn);
        list.map(|list| list.imports.clone()).unwrap_or_default()
    }

    /// A manager restricts the record of a child whom the sender of a list does not look after, unless one is restricted.
    fn hide_a_child(
        &mut self,
        program: &mut Program,
        sender: &Viewer,
        dice: &mut StdRng,
    ) -> Result<(), Failure> {
        let hidden = self.lists.hidden;
        if hidden.is_some_and(|pupil| self.pupils[pupil].presence == Presence::Here) {
            return Ok(());
        }
        let Some(pupil) = self.here(dice).pop() else {
            return Ok(());
        };
        let (now, key) = (program.now(), self.pupils[pupil].key);
        let manager = &self.staff.manager.viewer;
        let record = program.read(|conn| Ok(child::by_key(conn, manager, key)?))?;
        if record
            .is_none_or(|record| record.officer.is_some() && record.officer == sender.account())
        {
            return Ok(());
        }
        program.write(|tx| {
            Ok(child::restrict(
                &mut Act::new(tx, manager, At::of(now)),
                key,
                true,
            )?)
        })?;
        self.lists.hidden = Some(pupil);
        Ok(())
    }
}
