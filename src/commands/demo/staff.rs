//! Who works at the invented authority, and who is told when a check lapses.

use chrono::{NaiveDate, NaiveDateTime};
use hearth::access::accounts::{self, NewAccount};
use hearth::access::authority::Description;
use hearth::access::{Act, AuthorityKey, Role, Viewer, authority, password};
use hearth::clock::At;
use hearth::db::{Db, DbError};
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::EmailAddress;

use super::super::Failure;
use super::super::invented::colleagues::{Colleague, colleague};
use super::super::invented::{refused, words};

/// The name of the invented authority.
pub const AUTHORITY: &str = "Ashdale County Council";
/// Its code: outside the range of real ones.
pub const CODE: &str = "991";
/// Everybody's password.
pub const PASSWORD: &str = "three invented words";
/// The first officer signs in with this.
pub const OFFICER_EMAIL: &str = "officer@ashdale.example";
/// The manager signs in with this.
pub const MANAGER_EMAIL: &str = "manager@ashdale.example";
/// The administrator signs in with this.
pub const ADMINISTRATOR_EMAIL: &str = "administrator@ashdale.example";

/// Everybody who works there.
pub struct Staff {
    pub authority: AuthorityKey,
    pub officers: Vec<Colleague>,
    pub manager: Colleague,
}

/// Makes the authority and its staff, a while before the year that is told.
pub fn appoint(db: &Db, since: NaiveDate, now: NaiveDateTime) -> Result<Staff, Failure> {
    let hash = password::hash(PASSWORD)?;
    let staff = db.write_now(|tx| {
        let authority = authority::add(tx, CODE, AUTHORITY)?;
        let installer = Viewer::program(authority, "demo");
        authority::take_into_service(
            &mut Act::new(tx, &installer, At::of(now)),
            Some("duty@ashdale.example"),
        )?;
        let shown = Description {
            colour: "#00573f",
            telephone: Some("01632 960100"),
            complaints_to: Some("The home education team leader, 01632 960101"),
        };
        authority::describe(&mut Act::new(tx, &installer, At::of(now)), &shown)?;
        let mut officers = Vec::new();
        for (number, name) in words::OFFICERS.iter().enumerate() {
            let email = match number {
                0 => OFFICER_EMAIL.to_owned(),
                _ => format!("officer{}@ashdale.example", number + 1),
            };
            officers.push(
                colleague(
                    &mut Act::new(tx, &installer, At::of(now)),
                    &account(Role::Officer, name, &email, &hash),
                )?
                .1,
            );
        }
        let (key, manager) = colleague(
            &mut Act::new(tx, &installer, At::of(now)),
            &account(Role::Manager, "Helen Marchmont", MANAGER_EMAIL, &hash),
        )?;
        colleague(
            &mut Act::new(tx, &installer, At::of(now)),
            &account(
                Role::Administrator,
                "Oliver Tate-Brook",
                ADMINISTRATOR_EMAIL,
                &hash,
            ),
        )?;
        for post in [Post::TeamLeader, Post::Manager, Post::DataTeam] {
            accounts::give_post(&mut Act::new(tx, &installer, At::of(now)), post, key, since)
                .map_err(|why| refused("give a post", why))?;
        }
        for (post, mailbox) in [
            (Post::HeadOfService, "head.of.service@ashdale.example"),
            (Post::SafeguardingLead, "safeguarding@ashdale.example"),
            (Post::DutyMailbox, "duty@ashdale.example"),
        ] {
            let mailbox =
                EmailAddress::parse(mailbox).map_err(|why| refused("name a mailbox", why))?;
            accounts::give_post_to_mailbox(
                &mut Act::new(tx, &installer, At::of(now)),
                post,
                &mailbox,
                since,
            )?;
        }
        Ok::<_, DbError>(Staff {
            authority,
            officers,
            manager,
        })
    })?;
    Ok(staff)
}

fn account<'a>(role: Role, name: &'a str, email: &'a str, hash: &'a str) -> NewAccount<'a> {
    NewAccount {
        role,
        email,
        name,
        password_hash: Some(hash),
    }
}
