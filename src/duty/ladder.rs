//! Tells each step of the ladder that is owed and was not told yet: who holds the post today, one letter a person, and
//! the steps written down in the same transaction as the letter. A night off changes nothing: the steps stay owed,
//! with their true dates, until they are told.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{NaiveDate, NaiveDateTime};

use super::posts::{Heard, HeardOf, Posts};
pub use super::store::ladder::weigh_anew_of_child;
use super::store::ladder::{Described, LapseOnLadder, NO_MORE_STEPS, Telling, ToldStep};
use super::{LapseKey, store, told};
use crate::access::AuthorityKey;
use crate::access::authority::{self, Authority};
use crate::db::{Conn, Result};
use crate::mail::messages::{LapseDigest, LapseLine};
use crate::mail::{Letter, Topic, outbox};
use crate::policy::rulebook::Rulebook;
use crate::rules::escalation::{LapseState, Post, StepOwed, next_step_on, owed};
use crate::rules::identifiers::EmailAddress;

/// What telling the ladder of one authority came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LadderTally {
    /// Letters put into the outbox: one a person.
    pub letters: usize,
    /// Steps told, each counted once for each post.
    pub steps: usize,
    /// Steps that nobody could be told, because nobody holds the post or any above it and there is no mailbox.
    pub untold: usize,
}

/// What each lapse owes that was not told: a step, to a post.
pub type Owing = HashMap<LapseKey, Vec<(StepOwed, Post)>>;

/// A step that is owed to a post and was not told.
struct Untold<'a> {
    lapse: &'a Described,
    /// Where the lapse is in the list that was read.
    place: usize,
    owed: StepOwed,
    post: Post,
}

/// Tells an authority's people what they are owed to hear today; nothing, if that is nothing. Run again, it tells
/// nobody twice.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<LadderTally> {
    let today = rulebook.today;
    let gone = store::ladder::gone(tx, authority, today)?;
    store::ladder::weigh_anew_unless(tx, authority, &weighed_under(rulebook, &gone))?;
    let open = store::ladder::open(tx, authority, today, today)?;
    if open.is_empty() {
        return Ok(LadderTally::default());
    }
    let told = store::ladder::told(tx, authority, &gone, today)?;
    let owing = owing(&open, &told, rulebook);
    let lapses = store::ladder::described(tx, owing.keys().copied())?;
    let untold = untold(&lapses, &owing);
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, rulebook.today)?;
    let heard = hearing(&untold, &posts);
    let by_recipient = group(&untold, &heard);
    let writer = LetterWriter {
        authority: &authority,
        base_url,
        rulebook,
        now,
    };
    for (recipient, parts) in &by_recipient {
        writer.write_to(tx, recipient, parts)?;
    }
    let unheard: Vec<LapseKey> = untold
        .iter()
        .filter(|step| matches!(heard.get(&audience(step)), None | Some(None)))
        .map(|step| step.lapse.key)
        .collect();
    set_next_steps(tx, &open, &unheard.iter().copied().collect(), rulebook)?;
    Ok(LadderTally {
        letters: by_recipient.len(),
        steps: untold.len() - unheard.len(),
        untold: unheard.len(),
    })
}

/// All that the steps of an authority's lapses are weighed under besides the lapses themselves, as a word that is another one
/// when any of it is.
fn weighed_under(rulebook: &Rulebook, gone: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    (rulebook.policy.in_force(), &rulebook.calendar, gone).hash(&mut hasher);
    format!("{} {:x}", env!("CARGO_PKG_VERSION"), hasher.finish())
}

/// Writes when lapses that were told of all they owe today owe their next step, so that no sweep looks at them before. One of
/// which somebody was not told stays due.
fn set_next_steps(
    tx: &mut Conn,
    open: &[LapseOnLadder],
    unheard: &HashSet<LapseKey>,
    rulebook: &Rulebook,
) -> Result<()> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let mut by_state: HashMap<LapseState, NaiveDate> = HashMap::new();
    let mut by_day: BTreeMap<NaiveDate, Vec<i64>> = BTreeMap::new();
    for lapse in open.iter().filter(|lapse| !unheard.contains(&lapse.key)) {
        let state = lapse.state();
        let day = by_state.entry(state).or_insert_with(|| {
            next_step_on(&state, policy, calendar, *today).unwrap_or(NO_MORE_STEPS)
        });
        by_day.entry(*day).or_default().push(lapse.key.number());
    }
    for (day, lapses) in by_day {
        store::ladder::set_next_step(tx, &lapses, day)?;
    }
    Ok(())
}

/// Every step owed by the day of the rulebook that was not told in the round its lapse is in. Many lapses stand alike,
/// so what they owe is asked once.
pub fn owing(open: &[LapseOnLadder], told: &HashSet<ToldStep>, rulebook: &Rulebook) -> Owing {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let mut by_state: HashMap<LapseState, Vec<(StepOwed, Post)>> = HashMap::new();
    let mut owing = Owing::new();
    for lapse in open {
        let state = lapse.state();
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
            .filter(|(owed, post)| !told.contains(&(lapse.key, owed.round, owed.step, *post)))
            .copied()
            .collect();
        if !missing.is_empty() {
            owing.insert(lapse.key, missing);
        }
    }
    owing
}

/// The references of lapses, the longest over first.
pub fn named(conn: &mut Conn, owing: &Owing) -> Result<Vec<String>> {
    let lapses = store::ladder::described(conn, owing.keys().copied())?;
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

/// For which post a step is told, and what decides besides who that is.
type Audience<'a> = (Post, HeardOf<'a>);

fn audience<'a>(step: &Untold<'a>) -> Audience<'a> {
    let Untold {
        lapse, owed, post, ..
    } = step;
    let is_for_officer = *post == Post::Officer;
    let about = HeardOf {
        // A restricted record can be opened by its officer, whichever post they hold.
        officer: (lapse.officer.as_deref()).filter(|_| is_for_officer || lapse.is_restricted()),
        restricted: lapse.is_restricted(),
        done_by: (lapse.planned_by.as_deref()).filter(|_| owed.step.is_renewal()),
    };
    (*post, about)
}

/// Who hears what is told, asked once for each post and what it is about.
fn hearing<'a>(untold: &[Untold<'a>], posts: &Posts) -> HashMap<Audience<'a>, Option<Heard>> {
    let mut heard = HashMap::new();
    for step in untold {
        let (post, about) = audience(step);
        heard
            .entry((post, about))
            .or_insert_with(|| posts.who(post, about));
    }
    heard
}

/// A step, as it is told to one person.
struct Part<'a> {
    step: &'a Untold<'a>,
    told_post: Post,
    in_place_of: Option<&'a str>,
}

fn group<'a>(
    untold: &'a [Untold<'a>],
    heard: &'a HashMap<Audience<'a>, Option<Heard>>,
) -> BTreeMap<&'a EmailAddress, Vec<Part<'a>>> {
    let mut by_recipient: BTreeMap<&EmailAddress, Vec<Part<'a>>> = BTreeMap::new();
    for step in untold {
        let Some(Some(heard)) = heard.get(&audience(step)) else {
            continue;
        };
        for person in &heard.people {
            by_recipient.entry(&person.email).or_default().push(Part {
                step,
                told_post: heard.post,
                in_place_of: person.in_place_of.as_deref(),
            });
        }
    }
    by_recipient
}

/// What every letter of one authority on one day has in common.
struct LetterWriter<'a> {
    authority: &'a Authority,
    base_url: &'a str,
    rulebook: &'a Rulebook,
    now: NaiveDateTime,
}

impl LetterWriter<'_> {
    fn write_to(&self, tx: &mut Conn, recipient: &EmailAddress, parts: &[Part<'_>]) -> Result<()> {
        let letterhead = self.authority.letterhead(self.base_url);
        let reference = outbox::fresh_reference();
        let digest = LapseDigest {
            told_as: told_as(parts),
            in_place_of: parts
                .iter()
                .filter_map(|part| part.in_place_of.map(str::to_owned))
                .collect(),
            lines: self.lines(parts),
            link: told::link(self.base_url, reference.as_str()),
        };
        let letter = Letter {
            key: self.key(recipient, parts),
            authority: self.authority.key,
            letterhead: &letterhead,
            to: recipient.clone(),
            about: Topic::General,
            message: digest.render(&letterhead)?,
        };
        let mail = outbox::put_named(tx, &letter, &reference, self.now)?;
        let tellings: Vec<Telling<'_>> = parts
            .iter()
            .map(|part| Telling {
                lapse: part.step.lapse.key,
                step: part.step.owed.step,
                round: part.step.owed.round,
                post: part.step.post,
                told_post: part.told_post,
                owed_on: part.step.owed.owed_on,
                recipient: recipient.as_str(),
                mail,
            })
            .collect();
        store::ladder::insert(tx, &tellings)
    }

    /// One line a lapse, with the highest step that this person is told; the highest steps first, and among them
    /// those longest over.
    fn lines(&self, parts: &[Part<'_>]) -> Vec<LapseLine> {
        let mut highest: BTreeMap<usize, &Part<'_>> = BTreeMap::new();
        for part in parts {
            let held = highest.entry(part.step.place).or_insert(part);
            if part.step.owed.step.rung() > held.step.owed.step.rung() {
                *held = part;
            }
        }
        let mut chosen: Vec<&Part<'_>> = highest.into_values().collect();
        chosen.sort_by_key(|part| (Reverse(part.step.owed.step.rung()), part.step.place));
        chosen.into_iter().map(|part| self.line(part)).collect()
    }

    fn line(&self, part: &Part<'_>) -> LapseLine {
        let Untold {
            lapse, owed, post, ..
        } = part.step;
        let Rulebook {
            calendar, today, ..
        } = self.rulebook;
        LapseLine {
            reference: lapse.reference.as_str().to_owned(),
            kind: lapse.kind,
            due_on: lapse.due_on,
            working_days_over: calendar.working_days_between(lapse.due_on, *today),
            step: owed.step,
            since: owed.owed_on,
            broken_plan: lapse.plan_by.filter(|_| !owed.step.is_renewal()),
            plan: lapse
                .plan_by
                .filter(|_| owed.step.is_renewal())
                .map(|by| (owed.round, by)),
            vacant_post: (part.told_post != *post).then_some(*post),
        }
    }

    fn key(&self, recipient: &EmailAddress, parts: &[Part<'_>]) -> String {
        let told = parts.iter().map(|part| {
            let Untold {
                lapse, owed, post, ..
            } = part.step;
            let (round, step) = (owed.round, owed.step.as_str());
            format!("{} {round} {step} {}", lapse.reference, post.as_str())
        });
        let today = self.rulebook.today;
        outbox::digest_key(&self.authority.code, today, recipient, told)
    }
}

/// The posts that the person is told as.
fn told_as(parts: &[Part<'_>]) -> Vec<Post> {
    let all = Post::ALL.iter().copied();
    all.filter(|post| parts.iter().any(|part| part.told_post == *post))
        .collect()
}
