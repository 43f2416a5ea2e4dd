//! A mail about a lapse or a check due soon that could not be delivered has told nobody, and that is itself an incident:
//! the next post up hears of it at once, and the child's timeline says so.

use chrono::{NaiveDate, NaiveDateTime};

use super::posts::{Heard, Posts};
use super::store;
use super::store::ladder::ToldWith;
use crate::access::audit::{self, Event};
use crate::access::authority;
use crate::access::{AuthorityKey, Viewer};
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::mail::Letter;
use crate::mail::messages::{DeliveryFailed, Unheard};
use crate::mail::outbox::{self, DeadMail};
use crate::register::ChildKey;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

/// Tells of every such mail that died and of which nobody was told; gives how many letters that were. Where there is
/// nobody above who can be written to, none is put, and `hearth verify` shows the mail.
pub fn report(
    tx: &mut Conn,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let mut letters = 0;
    for mail in outbox::dead_without_report(tx)? {
        letters += report_one(tx, &mail, base_url, today, now)?;
    }
    Ok(letters)
}

fn report_one(
    tx: &mut Conn,
    mail: &DeadMail,
    base_url: &str,
    today: NaiveDate,
    now: NaiveDateTime,
) -> Result<usize> {
    let key: AuthorityKey = Key::new(mail.authority_id);
    let authority = authority::by_key(tx, key)?;
    let told = store::ladder::told_with(tx, mail.id)?;
    let post = told.post();
    let Some(heard) = next_up(&Posts::of(tx, &authority, today)?, post, &told.recipient) else {
        return Ok(0);
    };
    let letterhead = authority.letterhead(base_url);
    let message = DeliveryFailed {
        mail: mail.reference.clone(),
        post,
        about: told.about(),
        answer: mail.last_answer.clone(),
        list_link: match told.about() {
            Unheard::DueSoon(_) => format!("{base_url}/work?whose=team"),
            Unheard::Lapses(_) | Unheard::Failure => format!("{base_url}/lapses"),
        },
        outbox_link: format!("{base_url}/admin/mail"),
    };
    for (place, person) in heard.people.iter().enumerate() {
        let report_key = outbox::report_key(&mail.reference);
        let letter = Letter {
            key: if place == 0 {
                report_key
            } else {
                format!("{report_key}:{place}")
            },
            authority: key,
            letterhead: &letterhead,
            to: person.email.clone(),
            message: message.render(&letterhead),
        };
        outbox::put(tx, &letter, now)?;
    }
    note(tx, key, &told, &heard, now)?;
    Ok(heard.people.len())
}

impl ToldWith {
    /// The highest post that the mail was for. A notice that a check is due soon is for the officer.
    fn post(&self) -> Post {
        let highest = Post::ALL.iter().rfind(|post| self.posts.contains(post));
        match highest {
            Some(post) => *post,
            None if self.due_soon.is_empty() => Post::DutyMailbox,
            None => Post::Officer,
        }
    }

    fn about(&self) -> Unheard {
        match (self.lapses.len(), self.due_soon.len()) {
            (0, 0) => Unheard::Failure,
            (0, checks) => Unheard::DueSoon(checks),
            (lapses, _) => Unheard::Lapses(lapses),
        }
    }
}

/// The first above a post who is somebody else than the person whom the mail did not reach.
fn next_up(posts: &Posts, from: Post, unreached: &str) -> Option<Heard> {
    let mut below = from;
    loop {
        let mut heard = posts.above(below)?;
        heard
            .people
            .retain(|person| person.email.as_str() != unreached);
        if !heard.people.is_empty() {
            return Some(heard);
        }
        if below == Post::DutyMailbox {
            return None;
        }
        below = heard.post;
    }
}

/// Writes on the timeline of each child that the mail told of that it did not arrive.
fn note(
    tx: &mut Conn,
    authority: AuthorityKey,
    told: &ToldWith,
    heard: &Heard,
    now: NaiveDateTime,
) -> Result<()> {
    let instead = heard.post.label().to_lowercase();
    let of = |(child, reference): &(ChildKey, Reference), what: &str| {
        let detail = format!(
            "An email about {what} {reference} could not be delivered; the {instead} was told instead"
        );
        (child.number(), reference.to_string(), detail)
    };
    let lapses = told.lapses.iter().map(|lapse| of(lapse, "lapse"));
    let checks = told.due_soon.iter().map(|check| of(check, "check"));
    let notes: Vec<(i64, String, String)> = lapses.chain(checks).collect();
    let events: Vec<Event<'_>> = notes
        .iter()
        .map(|(child, subject, detail)| Event {
            action: "mail_not_delivered",
            child: Some(*child),
            subject,
            detail,
        })
        .collect();
    audit::record_all(tx, &Viewer::program(authority, "sweep"), &events, now)
}
