//! Who hears which step of the ladder, and the letter that tells them: one a person, with the steps written down in the same
//! transaction.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;

use super::posts::{Heard, HeardOf, Posts};
use super::store::telling::{Described, Telling};
use super::{store, told};
use crate::access::authority::Authority;
use crate::db::{Conn, Result};
use crate::mail::messages::{LapseDigest, LapseLine};
use crate::mail::{Letter, Topic, outbox};
use crate::policy::rulebook::Rulebook;
use crate::rules::escalation::{Post, StepOwed};
use crate::rules::identifiers::EmailAddress;

/// A step that is owed to a post and was not told.
pub(super) struct Untold<'a> {
    pub(super) lapse: &'a Described,
    /// Where the lapse is in the list that was read.
    pub(super) place: usize,
    pub(super) owed: StepOwed,
    pub(super) post: Post,
}

/// For which post a step is told, and what decides besides who that is.
pub(super) type Audience<'a> = (Post, HeardOf<'a>);

pub(super) fn audience<'a>(step: &Untold<'a>) -> Audience<'a> {
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
pub(super) fn hearing<'a>(
    untold: &[Untold<'a>],
    posts: &Posts,
) -> HashMap<Audience<'a>, Option<Heard>> {
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
pub(super) struct Part<'a> {
    step: &'a Untold<'a>,
    told_post: Post,
    in_place_of: Option<&'a str>,
}

pub(super) fn group<'a>(
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
pub(super) struct LetterWriter<'a> {
    pub(super) authority: &'a Authority,
    pub(super) base_url: &'a str,
    pub(super) rulebook: &'a Rulebook,
    pub(super) now: NaiveDateTime,
}

impl LetterWriter<'_> {
    pub(super) fn write_to(
        &self,
        tx: &mut Conn,
        recipient: &EmailAddress,
        parts: &[Part<'_>],
    ) -> Result<()> {
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
        store::telling::insert(tx, &tellings)
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
