//! Tells whose it is before a duty is due: one digest a person a day, nothing when there is nothing, and each
//! notice once. What was told is written down in the same transaction as the letter, so a night off changes nothing.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::posts::{HeardOf, Hearer, Posts};
use super::store::notice::{Candidate, GivenNotice, Window};
use super::{store, told};
use crate::access::AuthorityKey;
use crate::access::authority::{self, Authority};
use crate::clock::london_day;
use crate::db::{Conn, Result};
use crate::mail::messages::{DueSoon, DueSoonLine};
use crate::mail::{Letter, Topic, outbox};
use crate::policy::rulebook::Rulebook;
use crate::rules::escalation::Post;
use crate::rules::identifiers::EmailAddress;
use crate::rules::notice::{Notice, Upcoming, horizon, owed};
use crate::rules::tier::Tier;

/// The last due day that counts as soon: that of the last duty of which notice may be owed by the policy.
pub fn soon(rulebook: &Rulebook) -> NaiveDate {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    let until = |notice| horizon(notice, policy, calendar, *today);
    until(Notice::First).max(until(Notice::Last))
}

/// A notice that is owed and was not given.
pub struct NotGiven {
    pub duty: Candidate,
    notice: Notice,
}

/// Gives an authority's people the notices that are owed today; gives how many notices those were. Run again, it gives
/// none twice.
pub fn tell(
    tx: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
    base_url: &str,
    now: NaiveDateTime,
) -> Result<usize> {
    let not_given = not_given(tx, authority, rulebook, None)?;
    if not_given.is_empty() {
        return Ok(0);
    }
    let authority = authority::by_key(tx, authority)?;
    let posts = Posts::of(tx, &authority, rulebook.today)?;
    let mut given = 0;
    for (recipient, parts) in group(&not_given, &posts) {
        write_to(
            tx,
            &authority,
            rulebook,
            base_url,
            (&recipient, &parts),
            now,
        )?;
        given += parts.len();
    }
    Ok(given)
}

/// Every notice owed on the day of the rulebook that was not given; with `seen_until`, of those that were owed already at
/// that moment.
pub fn not_given(
    conn: &mut Conn,
    authority: AuthorityKey,
    rulebook: &Rulebook,
    seen_until: Option<NaiveDateTime>,
) -> Result<Vec<NotGiven>> {
    let Rulebook {
        policy,
        calendar,
        today,
    } = rulebook;
    // Who left since the last sweep was told in time: whoever follows hears of it in the next.
    let left_by = match seen_until {
        Some(_) => today.pred_opt().unwrap_or(*today),
        None => *today,
    };
    let gone = store::ladder::gone(conn, authority, left_by)?;
    let window = Window {
        today: *today,
        first: soon(rulebook),
        last: horizon(Notice::Last, policy, calendar, *today),
    };
    let candidates = store::notice::candidates(conn, authority, &window, &gone, seen_until)?;
    let owed_of = |duty: &Candidate| {
        let upcoming = Upcoming {
            due_on: duty.due_on,
            created_on: london_day(duty.created_at),
            tier: duty.tier.unwrap_or(Tier::Green),
        };
        owed(&upcoming, policy, calendar, *today)
    };
    Ok(candidates
        .into_iter()
        .filter(|duty| duty.kind.nature().gives_notice)
        .filter_map(|duty| match owed_of(&duty)? {
            Notice::First if duty.first_given => None,
            notice => Some(NotGiven { duty, notice }),
        })
        .collect())
}

/// A notice, as one person is told it.
struct Part<'a> {
    owed: &'a NotGiven,
    told_post: Post,
    in_place_of: Option<String>,
}

/// One person hears of each duty, even where several hold the post: whoever is told should be the one who does it.
fn group<'a>(not_given: &'a [NotGiven], posts: &Posts) -> BTreeMap<EmailAddress, Vec<Part<'a>>> {
    let mut by_recipient: BTreeMap<EmailAddress, Vec<Part<'a>>> = BTreeMap::new();
    for owed in not_given {
        let about = HeardOf {
            officer: owed.duty.officer.as_deref(),
            restricted: owed.duty.restricted.unwrap_or_default(),
            done_by: None,
        };
        let Some(heard) = posts.who(owed.duty.post, about) else {
            continue;
        };
        let told_post = heard.post;
        let Some(Hearer { email, in_place_of }) = heard.people.into_iter().next() else {
            continue;
        };
        by_recipient.entry(email).or_default().push(Part {
            owed,
            told_post,
            in_place_of,
        });
    }
    by_recipient
}

fn write_to(
    tx: &mut Conn,
    authority: &Authority,
    rulebook: &Rulebook,
    base_url: &str,
    (recipient, parts): (&EmailAddress, &[Part<'_>]),
    now: NaiveDateTime,
) -> Result<()> {
    let letterhead = authority.letterhead(base_url);
    let reference = outbox::fresh_reference();
    let message = DueSoon {
        lines: parts.iter().map(|part| line(part, rulebook)).collect(),
        in_place_of: parts
            .iter()
            .filter_map(|part| part.in_place_of.clone())
            .collect(),
        link: told::link(base_url, reference.as_str()),
    };
    let lines = parts.iter().map(|part| {
        let duty = &part.owed.duty;
        format!(
            "{} {} {}",
            duty.reference,
            duty.due_on,
            part.owed.notice.as_str()
        )
    });
    let letter = Letter {
        key: outbox::digest_key(&authority.code, rulebook.today, recipient, lines),
        authority: authority.key,
        letterhead: &letterhead,
        to: recipient.clone(),
        about: Topic::General,
        message: message.render(&letterhead)?,
    };
    let mail = outbox::put_named(tx, &letter, &reference, now)?;
    let given: Vec<GivenNotice<'_>> = parts
        .iter()
        .map(|part| GivenNotice {
            duty: part.owed.duty.key,
            due_on: part.owed.duty.due_on,
            notice: part.owed.notice,
            recipient: recipient.as_str(),
            mail,
        })
        .collect();
    store::notice::insert(tx, &given)
}

fn line(part: &Part<'_>, rulebook: &Rulebook) -> DueSoonLine {
    let duty = &part.owed.duty;
    let Rulebook {
        calendar, today, ..
    } = rulebook;
    DueSoonLine {
        reference: duty.reference.to_string(),
        kind: duty.kind,
        due_on: duty.due_on,
        working_days_left: calendar.working_days_between(*today, duty.due_on),
        is_last: part.owed.notice == Notice::Last,
        vacant_post: (part.told_post != duty.post).then_some(duty.post),
    }
}
