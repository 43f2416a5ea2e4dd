//! Who works at the authority of a simulation: officers come and leave, and so do those who hold the posts of the ladder,
//! which then nobody holds for a while.

use chrono::NaiveDate;
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{AccountKey, Act, AuthorityKey, Role, Viewer, authority};
use hearth::clock::At;
use hearth::register::allocation;
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::{EmailAddress, Reference};
use rand::RngExt;
use rand::rngs::StdRng;

use super::super::Failure;
use super::super::invented::colleagues::{Colleague, colleague, eyes};
use super::super::invented::{refused, words};
use super::mail_server::DUTY;
use super::program::{Hitch, Program};

/// Children to an officer, as long as there are officers' names for it.
const CHILDREN_EACH: usize = 50;

/// No authority has fewer officers.
const FEWEST: usize = 3;

/// The posts that people hold; the duty mailbox is always there.
pub const HELD_BY_PEOPLE: [Post; 5] = [
    Post::TeamLeader,
    Post::Manager,
    Post::HeadOfService,
    Post::SafeguardingLead,
    Post::DataTeam,
];

/// Everybody who works there.
pub struct Staff {
    pub authority: AuthorityKey,
    /// A manager who stays, holds no post and answers for nothing of the ladder.
    pub manager: Colleague,
    /// Who keeps the policy and looks after the mail.
    pub administrator: Viewer,
    officers: Vec<(AccountKey, Colleague)>,
    holders: Vec<(Post, AccountKey, Reference)>,
    hired: usize,
}

impl Staff {
    /// The authority on its first day, with everybody in post.
    pub fn appoint(
        program: &mut Program,
        children: usize,
        today: NaiveDate,
    ) -> Result<Self, Failure> {
        let now = program.now();
        let made = program.write(|tx| {
            let authority = authority::add(tx, "991", "Ashdale County Council")?;
            let installer = Viewer::program(authority, "simulation");
            authority::take_into_service(&mut Act::new(tx, &installer, At::of(now)), Some(DUTY))?;
            let duty = EmailAddress::parse(DUTY).map_err(|why| refused("name a mailbox", why))?;
            let post = Post::DutyMailbox;
            accounts::give_post_to_mailbox(
                &mut Act::new(tx, &installer, At::of(now)),
                post,
                &duty,
                today,
            )?;
            let stays = account(Role::Manager, "Helen Marchmont", "manager@ashdale.example");
            let (_, manager) = colleague(&mut Act::new(tx, &installer, At::of(now)), &stays)?;
            let keeps = account(Role::Administrator, "Iris Vane", "admin@ashdale.example");
            let (_, administrator) = colleague(&mut Act::new(tx, &installer, At::of(now)), &keeps)?;
            Ok((authority, manager, administrator.viewer.clone()))
        })?;
        let (authority, manager, administrator) =
            made.ok_or_else(|| Failure::because("the authority could not be made"))?;
        let mut staff = Self {
            authority,
            manager,
            administrator,
            officers: Vec::new(),
            holders: Vec::new(),
            hired: 0,
        };
        let officers = (children / CHILDREN_EACH).clamp(FEWEST, words::OFFICERS.len());
        for _ in 0..officers {
            staff.hire(program)?;
        }
        for post in HELD_BY_PEOPLE {
            staff.appoint_to(program, post, today)?;
        }
        Ok(staff)
    }

    fn installer(&self) -> Viewer {
        Viewer::program(self.authority, "simulation")
    }

    /// An officer begins.
    pub fn hire(&mut self, program: &mut Program) -> Result<(), Failure> {
        let officer = self.engage(program, Role::Officer)?;
        self.officers.push(officer);
        Ok(())
    }

    /// Somebody new holds a post.
    pub fn appoint_to(
        &mut self,
        program: &mut Program,
        post: Post,
        today: NaiveDate,
    ) -> Result<(), Failure> {
        let (key, colleague) = self.engage(program, Role::Manager)?;
        let (installer, now) = (self.installer(), program.now());
        program.write(|tx| {
            Ok(accounts::give_post(
                &mut Act::new(tx, &installer, At::of(now)),
                post,
                key,
                today,
            )?)
        })?;
        self.holders.push((post, key, colleague.reference));
        Ok(())
    }

    /// Somebody begins to work there. Who was not heard of because the program died is there already the second time.
    fn engage(
        &mut self,
        program: &mut Program,
        role: Role,
    ) -> Result<(AccountKey, Colleague), Failure> {
        self.hired += 1;
        let email = format!("{}{}@ashdale.example", role.as_str(), self.hired);
        let name = format!(
            "{} {}",
            words::OFFICERS[self.hired % words::OFFICERS.len()],
            self.hired
        );
        let (installer, now) = (self.installer(), program.now());
        let done = program.write(|tx| {
            Ok(colleague(
                &mut Act::new(tx, &installer, At::of(now)),
                &account(role, &name, &email),
            )?)
        });
        match done {
            Ok(Some(engaged)) => Ok(engaged),
            _ => self.engaged_before(program, &email),
        }
    }

    fn engaged_before(
        &self,
        program: &mut Program,
        email: &str,
    ) -> Result<(AccountKey, Colleague), Failure> {
        let (authority, now) = (self.authority, program.now());
        let found = program.write(|tx| {
            let staff = accounts::staff(tx, authority)?;
            let account = staff.into_iter().find(|account| account.email == email);
            let account = account.ok_or_else(|| refused("find a colleague", email))?;
            let reference = account
                .reference
                .parse()
                .map_err(|why| refused("read a reference", why))?;
            let viewer = eyes(tx, account.key, now)?;
            Ok((account.key, Colleague { viewer, reference }))
        })?;
        found.ok_or_else(|| Failure::because(format!("{email} could not be engaged")))
    }

    /// One of the officers leaves, unless few are left: their children have no officer from now on.
    pub fn an_officer_leaves(
        &mut self,
        program: &mut Program,
        dice: &mut StdRng,
    ) -> Result<bool, Failure> {
        if self.officers.len() < FEWEST {
            return Ok(false);
        }
        let (key, _) = self
            .officers
            .remove(dice.random_range(0..self.officers.len()));
        self.leaves(program, key)?;
        Ok(true)
    }

    /// Whoever holds a post leaves, and nobody holds it.
    pub fn a_holder_leaves(&mut self, program: &mut Program, post: Post) -> Result<bool, Failure> {
        match self.holders.iter().position(|holder| holder.0 == post) {
            Some(place) => {
                let (_, key, _) = self.holders.remove(place);
                self.leaves(program, key)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn leaves(&self, program: &mut Program, key: AccountKey) -> Result<(), Failure> {
        let (installer, now) = (self.installer(), program.now());
        program.write(|tx| leave(&mut Act::new(tx, &installer, At::of(now)), key))?;
        Ok(())
    }

    /// The eyes of a child's officer; while there is none, the manager's.
    pub fn eyes_of(&self, officer: Option<AccountKey>) -> &Viewer {
        let found = self.officers.iter().find(|(key, _)| Some(*key) == officer);
        found.map_or(&self.manager.viewer, |(_, officer)| &officer.viewer)
    }

    /// Whether somebody who works there answers for a child.
    pub fn has(&self, officer: Option<AccountKey>) -> bool {
        self.officers.iter().any(|(key, _)| Some(*key) == officer)
    }

    /// Two who work there, of whom one can cover for the other.
    pub fn two_of_them(&self, dice: &mut StdRng) -> Option<(Reference, Reference)> {
        let officers = self.officers.iter().map(|(_, officer)| &officer.reference);
        let all: Vec<&Reference> = officers
            .chain(self.holders.iter().map(|holder| &holder.2))
            .collect();
        let away = dice.random_range(0..all.len().max(1));
        let covers = dice.random_range(0..all.len().max(1));
        let pair = (all.get(away)?, all.get(covers)?);
        Some(((*pair.0).clone(), (*pair.1).clone()))
    }

    /// Any of the officers.
    pub fn any_officer(&self, dice: &mut StdRng) -> &Colleague {
        match self.officers.len() {
            0 => &self.manager,
            officers => &self.officers[dice.random_range(0..officers)].1,
        }
    }
}

fn leave(act: &mut Act<'_>, key: AccountKey) -> Result<(), Hitch> {
    let account = accounts::by_key(act.tx, key)?;
    accounts::leave(act, &account)?;
    allocation::let_go(act, &account)?;
    Ok(())
}

fn account<'a>(role: Role, name: &'a str, email: &'a str) -> NewAccount<'a> {
    NewAccount {
        role,
        email,
        name,
        password_hash: None,
    }
}
