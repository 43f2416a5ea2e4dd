//! Who holds which post today, and who is told instead when nobody does.

use chrono::NaiveDate;

use crate::access::accounts;
use crate::access::authority::Authority;
use crate::db::{Conn, Result};
use crate::rules::escalation::Post;
use crate::rules::identifiers::EmailAddress;

/// The holders of an authority's posts on a day.
pub(super) struct Posts {
    holders: Vec<(Post, EmailAddress)>,
    mailbox: Option<EmailAddress>,
}

impl Posts {
    /// Reads them. An address that cannot be written to holds no post.
    pub(super) fn of(conn: &mut Conn, authority: &Authority, today: NaiveDate) -> Result<Self> {
        let held = accounts::holders(conn, authority.key, today)?;
        Ok(Self {
            holders: held
                .iter()
                .filter_map(|holder| {
                    Some((
                        holder.post.parse().ok()?,
                        EmailAddress::parse(&holder.email).ok()?,
                    ))
                })
                .collect(),
            mailbox: authority
                .mailbox
                .as_deref()
                .and_then(|mailbox| EmailAddress::parse(mailbox).ok()),
        })
    }

    /// The holders of a post, or of the next one above it that somebody holds, or at last the authority's mailbox;
    /// with the post they are told as. The holder of the post of officer is the child's own.
    pub(super) fn who(
        &self,
        post: Post,
        officer: Option<&str>,
    ) -> Option<(Post, Vec<EmailAddress>)> {
        let mut asked = Some(post);
        while let Some(post) = asked {
            let people = self.holders_of(post, officer);
            if !people.is_empty() {
                return Some((post, people));
            }
            asked = post.next_above();
        }
        let mailbox = self.mailbox.clone()?;
        Some((Post::DutyMailbox, vec![mailbox]))
    }

    /// As [`Posts::who`], from the post above this one on.
    pub(super) fn above(&self, post: Post) -> Option<(Post, Vec<EmailAddress>)> {
        match post.next_above() {
            Some(next) => self.who(next, None),
            None => Some((Post::DutyMailbox, vec![self.mailbox.clone()?])),
        }
    }

    fn holders_of(&self, post: Post, officer: Option<&str>) -> Vec<EmailAddress> {
        if post == Post::Officer {
            return officer
                .and_then(|email| EmailAddress::parse(email).ok())
                .into_iter()
                .collect();
        }
        let mut people: Vec<EmailAddress> = self
            .holders
            .iter()
            .filter(|(held, _)| *held == post)
            .map(|(_, email)| email.clone())
            .collect();
        people.sort_unstable();
        people.dedup();
        people
    }
}
