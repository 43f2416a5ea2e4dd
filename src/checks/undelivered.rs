//! A lapse mail that could not be delivered has told nobody, and that is itself an incident: the next post up hears of
//! it at once.

use chrono::{NaiveDate, NaiveDateTime};

use super::posts::Posts;
use super::store;
use crate::access::AuthorityKey;
use crate::access::authority;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::mail::Letter;
use crate::mail::messages::DeliveryFailed;
use crate::mail::outbox::{self, DeadMail};
use crate::rules::escalation::Post;
use crate::rules::identifiers::EmailAddress;

/// Tells of every lapse mail that died and of which nobody was told; gives how many letters that were. Where there is
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
    let highest = Post::ALL.iter().rfind(|post| told.posts.contains(post));
    let post = highest.copied().unwrap_or(Post::DutyMailbox);
    let Some((_, people)) = Posts::of(tx, &authority, today)?.above(post) else {
        return Ok(0);
    };
    let letterhead = authority.letterhead(base_url);
    let message = DeliveryFailed {
        mail: mail.reference.clone(),
        post,
        lapses: told.lapses,
        answer: mail.last_answer.clone(),
        lapses_link: format!("{base_url}/lapses"),
        outbox_link: format!("{base_url}/admin/mail"),
    };
    let others: Vec<EmailAddress> = people
        .into_iter()
        .filter(|to| to.as_str() != told.recipient)
        .collect();
    for (place, to) in others.iter().enumerate() {
        let report_key = outbox::report_key(&mail.reference);
        let letter = Letter {
            key: if place == 0 {
                report_key
            } else {
                format!("{report_key}:{place}")
            },
            authority: key,
            letterhead: &letterhead,
            to: to.clone(),
            message: message.render(&letterhead),
        };
        outbox::put(tx, &letter, now)?;
    }
    Ok(others.len())
}
