//! Who holds which post today, who hears in the place of whoever is away, and who is told instead when nobody is there.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::access::absence::{self, Cover};
use crate::access::authority::Authority;
use crate::access::{Role, accounts};
use crate::db::{Conn, Result};
use crate::mail::outbox;
use crate::rules::escalation::Post;
use crate::rules::identifiers::EmailAddress;

/// The holders of an authority's posts on a day.
pub struct Posts {
    holders: Vec<(Post, EmailAddress)>,
    /// By the address of who is away.
    away: HashMap<String, Cover>,
    mailbox: Option<EmailAddress>,
    /// Those of them who see a restricted record only as its own officer.
    only_own_restricted: HashSet<String>,
    /// Mail came back from these, in the order in which they began to fail: whoever has one of them holds no post, so that the
    /// next above is told.
    failing: Vec<String>,
}

/// What somebody is told of, as far as it decides who that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HeardOf<'a> {
    /// The address of the child's officer, unless there is none or they have left.
    pub officer: Option<&'a str>,
    /// Whether the record is restricted: then nobody is told who could not open it, and the next above is.
    pub restricted: bool,
    /// Who did it themselves, and need not be told.
    pub done_by: Option<&'a str>,
}

/// Who is told, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The post they are told as: another than the one asked for when nobody is there for that.
    pub post: Post,
    /// They; never nobody.
    pub people: Vec<Hearer>,
}

/// One person or mailbox who is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hearer {
    pub email: EmailAddress,
    /// The name of who is away and in whose place they are told.
    pub in_place_of: Option<String>,
}

impl Posts {
    /// Reads them. An address that cannot be written to holds no post.
    pub fn of(conn: &mut Conn, authority: &Authority, today: NaiveDate) -> Result<Self> {
        let held = accounts::holders(conn, authority.key, today)?;
        let away = absence::covers(conn, authority.key, today)?;
        let holders: Vec<(Post, EmailAddress)> = held
            .iter()
            .filter_map(|holder| Some((holder.post, EmailAddress::parse(&holder.email).ok()?)))
            .collect();
        let mailbox = authority
            .mailbox
            .as_deref()
            .and_then(|mailbox| EmailAddress::parse(mailbox).ok());
        let failing = outbox::failing_addresses(conn)?;
        Ok(Self {
            holders,
            away: away
                .into_iter()
                .map(|cover| (cover.email.clone(), cover))
                .collect(),
            only_own_restricted: accounts::officers(conn, authority.key)?
                .into_iter()
                .filter(|account| account.role != Role::Manager && account.left_on.is_none())
                .map(|account| account.email)
                .collect(),
            failing,
            mailbox,
        })
    }

    /// The holders of a post, or of the next one above it for which somebody is there, or at last the authority's
    /// mailbox. The holder of the post of officer is the child's own. Whoever did it is told only when nobody else is
    /// there at all. Where mail came back from everybody who could hear of it, the address of theirs that failed last is written
    /// to all the same: bounces alone never leave nobody to write to.
    pub fn who(&self, post: Post, about: HeardOf<'_>) -> Option<Heard> {
        let last_to_work = || {
            let mut kept = self
                .failing
                .iter()
                .rev()
                .filter(|it| self.is_theirs(it, about));
            kept.find_map(|kept| self.who_is_reached(post, about, Some(kept)))
        };
        self.who_is_reached(post, about, None).or_else(last_to_work)
    }

    /// The posts for which mail came back from everybody who could be told, so that whoever is written to may not read it; none,
    /// if all is well. An officer's is that of who leads them, because each officer has a child's own.
    pub fn silenced(&self) -> Vec<Post> {
        let about = HeardOf::default();
        let is_silenced = |post: &Post| {
            let is_reached = self.who_is_reached(*post, about, None).is_some();
            *post != Post::Officer && !is_reached && self.who(*post, about).is_some()
        };
        Post::ALL.iter().copied().filter(is_silenced).collect()
    }

    /// Whether anybody could be told at this address.
    fn is_theirs(&self, address: &str, about: HeardOf<'_>) -> bool {
        let is_it = |email: &EmailAddress| email.as_str() == address;
        let is_delegate = |cover: &Cover| cover.delegate.as_deref() == Some(address);
        about.officer == Some(address)
            || self.holders.iter().any(|(_, email)| is_it(email))
            || self.mailbox.as_ref().is_some_and(is_it)
            || self.away.values().any(is_delegate)
    }

    /// As [`Posts::who`], of those whose address works, and of `kept` as if it did.
    fn who_is_reached(&self, post: Post, about: HeardOf<'_>, kept: Option<&str>) -> Option<Heard> {
        let mut asked = Some(post);
        while let Some(post) = asked {
            let people = self.there_for(post, about, kept);
            if !people.is_empty() {
                return Some(Heard { post, people });
            }
            asked = post.next_above();
        }
        let done_by = None;
        match about.done_by {
            Some(_) => {
                let alone = HeardOf { done_by, ..about };
                (self.at_the_mailbox(kept)).or_else(|| self.who_is_reached(post, alone, kept))
            }
            None => self.at_the_mailbox(kept),
        }
    }

    /// As [`Posts::who`], from the post above this one on.
    pub fn above(&self, post: Post) -> Option<Heard> {
        match post.next_above() {
            Some(next) => self.who(next, HeardOf::default()),
            None => self.at_the_mailbox(None),
        }
    }

    fn at_the_mailbox(&self, kept: Option<&str>) -> Option<Heard> {
        let email = self.mailbox.clone().filter(|it| self.works(it, kept))?;
        Some(Heard {
            post: Post::DutyMailbox,
            people: vec![Hearer {
                email,
                in_place_of: None,
            }],
        })
    }

    /// The highest post that somebody with this address holds, whether it works or not; an officer's when none.
    pub fn held_by(&self, email: &str) -> Post {
        let held = self.holders.iter().filter(|(_, it)| it.as_str() == email);
        let held: Vec<Post> = held.map(|(post, _)| *post).collect();
        let highest = Post::ALL.iter().rfind(|post| held.contains(post));
        highest.copied().unwrap_or(Post::Officer)
    }

    fn works(&self, address: &EmailAddress, kept: Option<&str>) -> bool {
        let address = address.as_str();
        kept == Some(address) || !self.failing.iter().any(|it| it == address)
    }

    /// Whether whoever has this address could open the record. A mailbox is read by people with accounts of their own.
    fn can_open(&self, address: &EmailAddress, about: HeardOf<'_>) -> bool {
        let address = address.as_str();
        !about.restricted
            || about.officer == Some(address)
            || !self.only_own_restricted.contains(address)
    }

    /// Who hears what is for a post: its holders, and for each who is away the delegate. Whoever holds the post and
    /// stands in for another of its holders is told once, as themselves.
    fn there_for(&self, post: Post, about: HeardOf<'_>, kept: Option<&str>) -> Vec<Hearer> {
        let holders: Vec<EmailAddress> = if post == Post::Officer {
            let own = about
                .officer
                .and_then(|email| EmailAddress::parse(email).ok());
            own.into_iter().collect()
        } else {
            let held = self.holders.iter().filter(|(held, _)| *held == post);
            held.map(|(_, email)| email.clone()).collect()
        };
        let mut people: Vec<Hearer> = holders
            .into_iter()
            .filter_map(|email| self.or_delegate(email))
            .filter(|person| self.works(&person.email, kept))
            .filter(|person| self.can_open(&person.email, about))
            .filter(|person| about.done_by != Some(person.email.as_str()))
            .collect();
        people.sort_unstable();
        people.dedup_by(|second, first| second.email == first.email);
        people
    }

    fn or_delegate(&self, email: EmailAddress) -> Option<Hearer> {
        let Some(cover) = self.away.get(email.as_str()) else {
            return Some(Hearer {
                email,
                in_place_of: None,
            });
        };
        Some(Hearer {
            email: EmailAddress::parse(cover.delegate.as_deref()?).ok()?,
            in_place_of: Some(cover.name.clone()),
        })
    }
}
