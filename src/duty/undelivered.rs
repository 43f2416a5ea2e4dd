//! A mail about a lapse or a duty due soon that could not be delivered has told nobody, and that is itself an incident:
//! the next post up hears of it at once, and the child's timeline says so.

use super::posts::{Heard, HeardOf, Hearer, Posts};
use super::store::ladder::ToldWith;
use super::{store, told};
use crate::access::audit::Event;
use crate::access::{Act, Action, AuthorityKey, Viewer, authority};
use crate::clock::At;
use crate::db::columns::Key;
use crate::db::{Conn, Result};
use crate::mail::messages::{DeliveryFailed, Unheard};
use crate::mail::outbox::{self, DeadMail};
use crate::mail::{Letter, Topic};
use crate::register::ChildKey;
use crate::rules::escalation::Post;
use crate::rules::identifiers::Reference;

/// Tells of every such mail that died and of which nobody was told; gives how many letters that were. Where there is
/// nobody left who can be written to, none is put, and `hearth verify` shows the mail.
pub fn report(tx: &mut Conn, base_url: &str, at: At) -> Result<usize> {
    let mut letters = 0;
    for mail in outbox::dead_without_report(tx)? {
        letters += report_one(tx, &mail, base_url, at)?;
    }
    Ok(letters)
}

fn report_one(tx: &mut Conn, mail: &DeadMail, base_url: &str, at: At) -> Result<usize> {
    let key: AuthorityKey = Key::new(mail.authority_id);
    let authority = authority::by_key(tx, key)?;
    let posts = Posts::of(tx, &authority, at.today())?;
    let story = Story::of(tx, mail, &posts)?;
    let Some(heard) = story.next(&posts) else {
        return Ok(0);
    };
    let letterhead = authority.letterhead(base_url);
    let message = DeliveryFailed {
        mail: mail.reference.clone(),
        post: story.post,
        about: story.told.about(),
        answer: mail.last_answer.clone(),
        list_link: match story.told.about() {
            Unheard::DueSoon(..) | Unheard::Lapses(..) => told::link(base_url, &story.first),
            Unheard::Checks => format!("{base_url}/lapses"),
        },
        outbox_link: format!("{base_url}/admin/mail"),
    };
    let message = message.render(&letterhead)?;
    let earlier = outbox::count_reports(tx, mail.id)?;
    for (number, person) in (earlier..).zip(&heard.people) {
        let letter = Letter {
            key: format!("{}:{number}", mail.reference),
            authority: key,
            letterhead: &letterhead,
            to: person.email.clone(),
            about: Topic::Mail(mail.id),
            message: message.clone(),
        };
        outbox::put(tx, &letter, at.now())?;
    }
    outbox::note_reported(tx, mail.id, at.now())?;
    note(tx, key, &story.told, &heard, at)?;
    Ok(heard.people.len())
}

impl ToldWith {
    fn about(&self) -> Unheard {
        match (self.lapses.len(), self.due_soon.len()) {
            (0, 0) => Unheard::Checks,
            (0, due_soon) => Unheard::DueSoon(due_soon, self.called),
            (lapses, _) => Unheard::Lapses(lapses, self.called),
        }
    }
}

/// How far the news has come: the mail that told of something first, and whom it was tried to tell since.
struct Story {
    /// The highest post that the first mail was for.
    post: Post,
    first: String,
    /// What it told of.
    told: ToldWith,
    /// Everybody it was tried to tell.
    tried: Vec<String>,
}

/// A report on a report on a report: more often than there are posts.
const REPORTS_AT_MOST: usize = 20;

impl Story {
    /// A dead mail may itself be the report on another dead mail: then the news climbs on from there.
    fn of(tx: &mut Conn, dead: &DeadMail, posts: &Posts) -> Result<Self> {
        let (mut mail, mut first) = (dead.id, dead.reference.clone());
        let mut tried = Vec::new();
        for _ in 0..REPORTS_AT_MOST {
            let Some(reported) = outbox::reported_by(tx, mail)? else {
                break;
            };
            tried.extend(reported.told);
            (mail, first) = (reported.id, reported.reference);
        }
        let told = store::ladder::told_with(tx, mail)?;
        let highest = Post::ALL.iter().rfind(|post| told.posts.contains(post));
        let post = match highest {
            Some(post) => *post,
            None => posts.held_by(&told.recipient),
        };
        tried.push(told.recipient.clone());
        Ok(Self {
            post,
            first,
            told,
            tried,
        })
    }

    /// Those at the first post above who have not been told. When there is no higher one, whoever holds the highest below
    /// and was not tried: news of a lapse does not end at a mailbox that takes none.
    fn next(&self, posts: &Posts) -> Option<Heard> {
        let mut below = self.post;
        while let Some(heard) = posts.above(below) {
            let post = heard.post;
            if let Some(heard) = self.untried(heard) {
                return Some(heard);
            }
            if post == below || below == Post::DutyMailbox {
                break;
            }
            below = post;
        }
        let mut others = Post::ALL.iter().rev();
        others.find_map(|post| self.untried(posts.who(*post, HeardOf::default())?))
    }

    fn untried(&self, mut heard: Heard) -> Option<Heard> {
        let is_new = |person: &Hearer| self.tried.iter().all(|it| it != person.email.as_str());
        heard.people.retain(is_new);
        (!heard.people.is_empty()).then_some(heard)
    }
}

/// Writes on the timeline of each child that the mail told of that it did not arrive.
fn note(
    tx: &mut Conn,
    authority: AuthorityKey,
    told: &ToldWith,
    heard: &Heard,
    at: At,
) -> Result<()> {
    let instead = heard.post.label().to_lowercase();
    let note = |child: Option<ChildKey>, subject: &str, what: &str| {
        let detail =
            format!("An email about {what} could not be delivered; the {instead} was told instead");
        (child.map(ChildKey::number), subject.to_owned(), detail)
    };
    let of = |(child, reference): &(Option<ChildKey>, Reference), what: &str| {
        note(*child, reference.as_str(), &format!("{what} {reference}"))
    };
    let lapses = told.lapses.iter().map(|lapse| of(lapse, "lapse"));
    let noun = told.called.in_short(1);
    let due_soon = told.due_soon.iter().map(|duty| of(duty, noun));
    let same_day = (told.same_day.iter()).map(|(child, what)| note(Some(*child), "", what));
    let notes: Vec<(Option<i64>, String, String)> =
        lapses.chain(due_soon).chain(same_day).collect();
    let events: Vec<Event<'_>> = notes
        .iter()
        .map(|(child, subject, detail)| Event {
            action: Action::MailNotDelivered,
            child: *child,
            subject,
            detail,
        })
        .collect();
    Act::new(tx, &Viewer::program(authority, "sweep"), at).note_all(&events)
}
