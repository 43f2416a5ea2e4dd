//! Tells each step of the ladder that is owed and was not told yet: who holds the post today, one letter a person, and
//! the steps written down in the same transaction as the letter. A night off changes nothing: the steps stay owed,
//! with their true dates, until they are told.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use sha2::{Digest, Sha256};

use super::LapseKey;
use super::posts::Posts;
use super::rulebook::{self, Rulebook};
use super::store;
use super::store::ladder::{OpenLapse, Telling};
use crate::access::AuthorityKey;
use crate::access::authority::{self, Authority};
use crate::db::{Conn, Result};
use crate::mail::messages::{LapseDigest, LapseLine};
use crate::mail::{Letter, outbox};
use crate::rules::escalation::{Post, Step, owed};
use crate::rules::identifiers::{EmailAddress, Reference};

/// What telling the ladder of one authority came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Letters put into the outbox: one a person.
    pub letters: usize,
    /// Steps told, each counted once for each post.
    pub steps: usize,
    /// Steps that nobody could be told, because nobody holds the post or any above it and there is no mailbox.
    pub untold: usize,
}

/// A step that is owed to a post and was not told.
pub(super) struct Untold {
    pub(super) lapse: LapseKey,
    pub(super) reference: Reference,
    step: Step,
    round: u32,
    post: Post,
    owed_on: NaiveDate,
    /// Where the lapse is in the list that was read.
    place: usize,
}

/// Tells an authority's people what they are owed to hear today; nothing, if that is nothing. Run again, it tells
/// nobody twice.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<Told> {
    let rulebook = rulebook::load(tx, authority, today)?;
    let lapses = store::ladder::open(tx, authority, today)?;
    let untold = untold(tx, authority, &lapses, &rulebook)?;
    if untold.is_empty() {
        return Ok(Told::default());
    }
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, today)?;
    let desk = Desk {
        authority: &authority,
        base_url,
        rulebook: &rulebook,
        lapses: &lapses,
        now,
    };
    let by_recipient = group(&untold, &lapses, &posts);
    for (recipient, parts) in &by_recipient {
        desk.write_to(tx, recipient, parts)?;
    }
    let unheard = untold
        .iter()
        .filter(|step| posts.who(step.post, officer(&lapses, step)).is_none())
        .count();
    Ok(Told {
        letters: by_recipient.len(),
        steps: untold.len() - unheard,
        untold: unheard,
    })
}

/// Every step owed by the day of the rulebook that was not told.
pub(super) fn untold(
    conn: &mut Conn,
    authority: AuthorityKey,
    lapses: &[OpenLapse],
    rulebook: &Rulebook,
) -> Result<Vec<Untold>> {
    let told = store::ladder::told(conn, authority)?;
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let mut untold = Vec::new();
    for (place, lapse) in lapses.iter().enumerate() {
        for step in owed(&lapse.state(), policy, calendar, *today) {
            let posts = step.step.posts().iter().copied();
            let missing =
                posts.filter(|post| !told.contains(&(lapse.key, step.round, step.step, *post)));
            untold.extend(missing.map(|post| Untold {
                lapse: lapse.key,
                reference: lapse.reference.clone(),
                step: step.step,
                round: step.round,
                post,
                owed_on: step.owed_on,
                place,
            }));
        }
    }
    Ok(untold)
}

fn officer<'a>(lapses: &'a [OpenLapse], step: &Untold) -> Option<&'a str> {
    lapses
        .get(step.place)
        .and_then(|lapse| lapse.officer.as_deref())
}

/// A step, as it is told to one person.
struct Part<'a> {
    step: &'a Untold,
    told_post: Post,
}

fn group<'a>(
    untold: &'a [Untold],
    lapses: &[OpenLapse],
    posts: &Posts,
) -> BTreeMap<EmailAddress, Vec<Part<'a>>> {
    let mut by_recipient: BTreeMap<EmailAddress, Vec<Part<'a>>> = BTreeMap::new();
    for step in untold {
        let Some((told_post, people)) = posts.who(step.post, officer(lapses, step)) else {
            continue;
        };
        for person in people {
            by_recipient
                .entry(person)
                .or_default()
                .push(Part { step, told_post });
        }
    }
    by_recipient
}

/// What every letter of one authority on one day has in common.
struct Desk<'a> {
    authority: &'a Authority,
    base_url: &'a str,
    rulebook: &'a Rulebook,
    lapses: &'a [OpenLapse],
    now: NaiveDateTime,
}

impl Desk<'_> {
    fn write_to(&self, tx: &mut Conn, recipient: &EmailAddress, parts: &[Part<'_>]) -> Result<()> {
        let letterhead = self.authority.letterhead(self.base_url);
        let digest = LapseDigest {
            told_as: told_as(parts),
            lines: self.lines(parts),
            link: format!("{}/lapses", self.base_url),
        };
        let letter = Letter {
            key: self.key(recipient, parts),
            authority: self.authority.key,
            letterhead: &letterhead,
            to: recipient.clone(),
            message: digest.render(&letterhead),
        };
        let mail = outbox::put(tx, &letter, self.now)?;
        let tellings: Vec<Telling<'_>> = parts
            .iter()
            .map(|part| Telling {
                lapse: part.step.lapse,
                step: part.step.step,
                round: part.step.round,
                post: part.step.post,
                told_post: part.told_post,
                owed_on: part.step.owed_on,
                recipient: recipient.as_str(),
                mail,
            })
            .collect();
        store::ladder::insert(tx, &tellings, self.now)
    }

    /// One line a lapse, with the highest step that this person is told; the highest steps first, and among them
    /// those longest over.
    fn lines(&self, parts: &[Part<'_>]) -> Vec<LapseLine> {
        let mut highest: BTreeMap<usize, &Part<'_>> = BTreeMap::new();
        for part in parts {
            let held = highest.entry(part.step.place).or_insert(part);
            if rank(part.step.step) > rank(held.step.step) {
                *held = part;
            }
        }
        let mut chosen: Vec<&Part<'_>> = highest.into_values().collect();
        chosen.sort_by_key(|part| (std::cmp::Reverse(rank(part.step.step)), part.step.place));
        chosen
            .into_iter()
            .filter_map(|part| self.line(part))
            .collect()
    }

    fn line(&self, part: &Part<'_>) -> Option<LapseLine> {
        let lapse = self.lapses.get(part.step.place)?;
        let Rulebook {
            calendar, today, ..
        } = self.rulebook;
        Some(LapseLine {
            reference: lapse.reference.as_str().to_owned(),
            check: lapse.check.label().to_owned(),
            due_on: lapse.due_on,
            working_days_over: calendar.working_days_between(lapse.due_on, *today),
            step: part.step.step,
            since: part.step.owed_on,
            broken_plan: lapse.plan_by,
            vacant_post: (part.told_post != part.step.post).then_some(part.step.post),
        })
    }

    /// The same steps told to the same person on the same day are one letter, however often they are written.
    fn key(&self, recipient: &EmailAddress, parts: &[Part<'_>]) -> String {
        let mut steps: Vec<String> = parts
            .iter()
            .map(|part| {
                format!(
                    "{} {} {} {}",
                    part.step.reference,
                    part.step.round,
                    part.step.step.as_str(),
                    part.step.post.as_str()
                )
            })
            .collect();
        steps.sort_unstable();
        let hash = Sha256::digest(steps.join("\n").as_bytes());
        let short: String = hash
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!(
            "lapse:{}:{}:{recipient}:{short}",
            self.authority.code, self.rulebook.today
        )
    }
}

/// The posts that the person is told as.
fn told_as(parts: &[Part<'_>]) -> Vec<Post> {
    let all = Post::ALL.iter().copied();
    all.filter(|post| parts.iter().any(|part| part.told_post == *post))
        .collect()
}

/// How far up the ladder a step is.
fn rank(step: Step) -> Option<usize> {
    Step::ALL.iter().position(|other| *other == step)
}
