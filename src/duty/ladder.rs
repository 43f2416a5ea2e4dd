//! Climbs the ladder: opens what has lapsed, and tells each step that is owed and was not told yet: who holds the post today,
//! one letter a person, and the steps written down in the same transaction as the letter. A night off changes nothing: the
//! steps stay owed, with their true dates, until they are told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;

pub use super::opening::NO_MORE_STEPS;
use super::opening::{NextSteps, Opened, open_due};
use super::posts::Posts;
pub use super::store::ladder::weigh_anew_of_child;
use super::store::ladder::{LapseOnLadder, ToldStep};
use super::store::telling::Described;
use super::telling::{LetterWriter, Untold, audience, group, hearing};
use super::{LapseKey, store};
use crate::access::{AuthorityKey, authority};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::policy::rulebook::Rulebook;
use crate::rules::escalation::{LapseState, Post, StepOwed, owed};

/// What a climb of one authority's ladder came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LadderTally {
    /// Lapses that were opened.
    pub opened: usize,
    /// Letters put into the outbox: one a person.
    pub letters: usize,
    /// Steps told, each counted once for each post.
    pub steps: usize,
    /// Steps that nobody could be told, because nobody holds the post or any above it and there is no mailbox.
    pub untold: usize,
}

/// What each lapse owes that was not told: a step, to a post.
pub type Owing = HashMap<LapseKey, Vec<(StepOwed, Post)>>;

/// Opens what has lapsed by the day of the rulebook and tells an authority's people what they are owed to hear today, of new
/// lapses and of older ones. Run again, it opens nothing and tells nobody twice.
///
/// # Errors
/// When the database does not answer.
pub fn climb(
    tx: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
    base_url: &str,
    at: At,
) -> Result<LadderTally> {
    let gone = store::ladder::gone(tx, authority, rulebook.today)?;
    // Before lapses are opened, which are weighed when they are.
    store::ladder::weigh_anew_unless(tx, authority, &weighed_under(rulebook, &gone))?;
    let opened = open_due(tx, authority, rulebook, at.now())?;
    let climb = Climb {
        authority,
        rulebook,
        base_url,
        at,
        gone,
    };
    climb.tell(tx, opened)
}

/// What is told of the lapses of one authority on one day.
struct Climb<'a> {
    authority: AuthorityKey,
    rulebook: &'a Rulebook,
    base_url: &'a str,
    at: At,
    /// The addresses of those who have left: what was told to them was told to nobody.
    gone: Vec<String>,
}

/// All that the steps of an authority's lapses are weighed under besides the lapses themselves, as a word that is another one
/// when any of it is.
fn weighed_under(rulebook: &Rulebook, gone: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    (rulebook.policy.in_force(), &rulebook.calendar, gone).hash(&mut hasher);
    format!("{} {:x}", env!("CARGO_PKG_VERSION"), hasher.finish())
}

impl Climb<'_> {
    fn tell(&self, tx: &mut Conn, opened: Vec<Opened>) -> Result<LadderTally> {
        let number_opened = opened.len();
        let today = self.rulebook.today;
        let older = store::ladder::open(tx, self.authority, today, today)?;
        if opened.is_empty() && older.is_empty() {
            return Ok(LadderTally::default());
        }
        let (lapses, owing) = self.what_is_owed(tx, opened, &older)?;
        let steps = untold(&lapses, &owing);
        let sender = authority::by_key(tx, self.authority)?;
        let posts = Posts::of(tx, &sender, today)?;
        let heard = hearing(&steps, &posts);
        let by_recipient = group(&steps, &heard);
        let writer = LetterWriter {
            authority: &sender,
            base_url: self.base_url,
            rulebook: self.rulebook,
            now: self.at.now(),
        };
        for (recipient, parts) in &by_recipient {
            writer.write_to(tx, recipient, parts)?;
        }
        let unheard: Vec<LapseKey> = steps
            .iter()
            .filter(|step| matches!(heard.get(&audience(step)), None | Some(None)))
            .map(|step| step.lapse.key)
            .collect();
        self.set_next_steps(tx, &older, &unheard)?;
        Ok(LadderTally {
            opened: number_opened,
            letters: by_recipient.len(),
            steps: steps.len() - unheard.len(),
            untold: unheard.len(),
        })
    }

    /// The lapses that owe something, the longest over first, and what each owes.
    fn what_is_owed(
        &self,
        tx: &mut Conn,
        opened: Vec<Opened>,
        older: &[LapseOnLadder],
    ) -> Result<(Vec<Described>, Owing)> {
        let mut steps = self.owing_of_older(tx, older)?;
        let mut lapses = store::telling::described(tx, steps.keys().copied())?;
        let new = opened.iter().map(|lapse| (lapse.key, lapse.state));
        steps.extend(owing(new, &HashSet::new(), self.rulebook));
        lapses.extend(opened.into_iter().map(described));
        lapses.sort_by_key(|lapse| (lapse.due_on, lapse.key));
        Ok((lapses, steps))
    }

    /// What older lapses owe. On most days they owe nothing new, and what was told of them is not asked.
    fn owing_of_older(&self, tx: &mut Conn, older: &[LapseOnLadder]) -> Result<Owing> {
        if older.is_empty() {
            return Ok(Owing::new());
        }
        let today = self.rulebook.today;
        let told = store::ladder::told(tx, self.authority, &self.gone, today)?;
        Ok(owing(states(older), &told, self.rulebook))
    }

    /// Writes when older lapses, which were told of all they owe today, owe their next step, so that no sweep looks at them
    /// before; those that were opened just now know it already. A lapse of which somebody was not told stays due.
    fn set_next_steps(
        &self,
        tx: &mut Conn,
        older: &[LapseOnLadder],
        unheard: &[LapseKey],
    ) -> Result<()> {
        let mut next_steps = NextSteps::under(self.rulebook);
        let mut by_day: BTreeMap<NaiveDate, Vec<i64>> = BTreeMap::new();
        for lapse in older {
            let day = next_steps.after_today(lapse.state());
            by_day.entry(day).or_default().push(lapse.key.number());
        }
        for (day, lapses) in by_day {
            store::ladder::set_next_step(tx, &lapses, day)?;
        }
        let unheard: Vec<i64> = unheard.iter().map(|key| key.number()).collect();
        store::ladder::set_next_step(tx, &unheard, self.rulebook.today)
    }
}

/// Every step owed by the day of the rulebook that was not told in the round its lapse is in. Many lapses stand alike,
/// so what they owe is asked once.
pub fn owing(
    open: impl IntoIterator<Item = (LapseKey, LapseState)>,
    told: &HashSet<ToldStep>,
    rulebook: &Rulebook,
) -> Owing {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let mut by_state: HashMap<LapseState, Vec<(StepOwed, Post)>> = HashMap::new();
    let mut owing = Owing::new();
    for (lapse, state) in open {
        let steps = by_state.entry(state).or_insert_with(|| {
            owed(&state, policy, calendar, *today)
                .flat_map(|owed| {
                    owed.step
                        .posts(state.ladder, state.owner)
                        .map(move |post| (owed, post))
                })
                .collect()
        });
        let missing: Vec<(StepOwed, Post)> = steps
            .iter()
            .filter(|(owed, post)| !told.contains(&(lapse, owed.round, owed.step, *post)))
            .copied()
            .collect();
        if !missing.is_empty() {
            owing.insert(lapse, missing);
        }
    }
    owing
}

/// How lapses stand, for [`owing`].
pub fn states(lapses: &[LapseOnLadder]) -> impl Iterator<Item = (LapseKey, LapseState)> {
    lapses.iter().map(|lapse| (lapse.key, lapse.state()))
}

/// What a letter says of a lapse that nobody has answered for yet.
fn described(opened: Opened) -> Described {
    let Opened {
        key,
        reference,
        duty,
        ..
    } = opened;
    Described {
        key,
        reference,
        kind: duty.kind,
        due_on: duty.due_on,
        plan_by: None,
        officer: duty.officer,
        restricted: duty.restricted,
        planned_by: None,
    }
}

/// The references of lapses, the longest over first.
pub fn named(conn: &mut Conn, owing: &Owing) -> Result<Vec<String>> {
    let lapses = store::telling::described(conn, owing.keys().copied())?;
    let references = lapses.iter().map(|lapse| lapse.reference.to_string());
    Ok(references.collect())
}

fn untold<'a>(lapses: &'a [Described], owing: &Owing) -> Vec<Untold<'a>> {
    let steps_of = |(place, lapse): (usize, &'a Described)| {
        let steps = owing.get(&lapse.key).into_iter().flatten();
        steps.map(move |(owed, post)| Untold {
            lapse,
            place,
            owed: *owed,
            post: *post,
        })
    };
    lapses.iter().enumerate().flat_map(steps_of).collect()
}
