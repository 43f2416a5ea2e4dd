//! `hearth user`: the accounts of members of staff. Who runs this on the machine is trusted, as whoever can read the
//! database file is.

use std::io::BufRead;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{AccountKey, Act, Role, Viewer, authority, invitation, password, sign_in};
use hearth::clock::At;
use hearth::register::allocation;
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::EmailAddress;
use hearth::rules::text;

use super::{Failure, Outcome, THIS, clock, find_authority, open_ready, say, settings};

#[derive(Subcommand)]
pub enum User {
    /// Make an account and print a link at which its password is chosen
    Add(Options),
    /// Mail a new link at which a password is chosen; links sent before stop working
    Link(Whose),
    /// Somebody leaves: they are signed out, hold no post, and their children wait for another officer
    Leave(Whose),
    /// List who works at an authority, and the posts they hold
    List {
        /// The three-digit DfE code of the local authority
        #[arg(long)]
        authority: String,
    },
}

/// Whose account.
#[derive(Args)]
pub struct Whose {
    /// The address they sign in with
    #[arg(long)]
    email: EmailAddress,
    /// The three-digit DfE code of their local authority
    #[arg(long)]
    authority: String,
}

/// Does what is asked of the accounts.
pub fn run(user: &User) -> Outcome {
    match user {
        User::Add(options) => add(options),
        User::Link(whose) => link(whose),
        User::Leave(whose) => leave(whose),
        User::List { authority } => list(authority),
    }
}

#[derive(Args)]
pub struct Options {
    /// The address they sign in with
    #[arg(long)]
    email: EmailAddress,
    /// The name others see
    #[arg(long)]
    name: String,
    /// What they may do: officer, manager or administrator
    #[arg(long, value_parser = role)]
    role: Role,
    /// The three-digit DfE code of their local authority
    #[arg(long)]
    authority: String,
    /// The post they hold when a check lapses (team_leader, manager, head_of_service, safeguarding_lead), or the
    /// post that sends the census return (data_team); may be given
    /// again. A manager is told as team leader and manager unless other posts are named
    #[arg(long = "post", value_parser = post)]
    posts: Vec<Post>,
    /// Read the password from standard input instead of printing a link
    #[arg(long)]
    password_stdin: bool,
}

fn add(options: &Options) -> Outcome {
    if options.role == Role::Parent {
        return Err(Failure::because(
            "a parent's account is made by the link sent to their address: there is no need to add one",
        ));
    }
    let name = text::clean(&options.name);
    if name.is_empty() {
        return Err(Failure::because(
            "--name is empty: give the name that others see",
        ));
    }
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let hash = options.password_stdin.then(read_password).transpose()?;
    let now = clock.now();
    let (link, followed) = db.write_now(|tx| {
        let authority = find_authority(tx, &options.authority)?;
        let viewer = Viewer::program(authority.key, THIS);
        if !authority.in_service {
            authority::take_into_service(
                &mut Act::new(tx, &viewer, At::of(now)),
                authority.mailbox.as_deref(),
            )?;
        }
        let new = NewAccount {
            role: options.role,
            email: options.email.as_str(),
            name: &name,
            password_hash: hash.as_deref(),
        };
        let account = accounts::add(&mut Act::new(tx, &viewer, At::of(now)), &new)?;
        let followed = give_posts(&mut Act::new(tx, &viewer, At::of(now)), account, options)?;
        let account = accounts::by_key(tx, account)?;
        let link = match hash {
            Some(_) => None,
            None => Some(sign_in::password_link(
                &mut Act::new(tx, &viewer, At::of(now)),
                &account,
            )?),
        };
        Ok::<_, Failure>((link, followed))
    })?;
    say!(
        "{} can sign in as {}.",
        options.email,
        options.role.as_str()
    )?;
    for post in followed {
        say!(
            "Whoever was {} before is that no longer.",
            post.label().to_lowercase()
        )?;
    }
    if let Some(link) = link {
        say!(
            "They choose a password at this link, which works once, within {} days:\n{}/password/{link}",
            sign_in::PASSWORD_LINK_LASTS.num_days(),
            config.base_url
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn role(typed: &str) -> Result<Role, String> {
    let refused =
        |_| format!("{typed:?} is not a role: use parent, officer, manager or administrator");
    typed.parse().map_err(refused)
}

fn post(typed: &str) -> Result<Post, String> {
    typed.parse().map_err(|_| {
        "use team_leader, manager, head_of_service, safeguarding_lead or data_team".to_owned()
    })
}

/// Gives the posts that were named, or those of the role; gives those in which somebody is followed.
fn give_posts(
    act: &mut Act<'_>,
    account: AccountKey,
    options: &Options,
) -> Result<Vec<Post>, Failure> {
    let by_role: &[Post] = match options.role {
        Role::Manager => &[Post::TeamLeader, Post::Manager],
        _ => &[],
    };
    let posts = if options.posts.is_empty() {
        by_role
    } else {
        &options.posts
    };
    let mut followed = Vec::new();
    for post in posts {
        if matches!(
            post,
            Post::Officer | Post::DutyMailbox | Post::Administrator
        ) {
            return Err(Failure::because(format!(
                "--post {} is not held by an account: an officer is named on each child's page, and the duty mailbox \
                 with `hearth authority`",
                post.as_str()
            )));
        }
        if accounts::give_post(act, *post, account, act.at.today())? > 0 {
            followed.push(*post);
        }
    }
    Ok(followed)
}

fn link(whose: &Whose) -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let now = clock(&config).now();
    db.write_now(|tx| {
        let authority = find_authority(tx, &whose.authority)?;
        let viewer = Viewer::program(authority.key, THIS);
        let account = accounts::at_work(tx, &viewer, &whose.email)?;
        invitation::send_password_link(
            &mut Act::new(tx, &viewer, At::of(now)),
            &authority,
            &account,
            &config.base_url,
        )?;
        Ok::<_, Failure>(())
    })?;
    say!(
        "A link to choose a password is on its way to {}. It works once, within {} days; it goes out with the next mail \
         of `hearth serve` or `hearth jobs run`.",
        whose.email,
        sign_in::PASSWORD_LINK_LASTS.num_days()
    )?;
    Ok(ExitCode::SUCCESS)
}

fn leave(whose: &Whose) -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let (posts, children) = db.write_now(|tx| {
        let authority = find_authority(tx, &whose.authority)?;
        let viewer = Viewer::program(authority.key, THIS);
        let account = accounts::at_work(tx, &viewer, &whose.email)?;
        let posts = accounts::leave(&mut Act::new(tx, &viewer, clock.at()), &account)?;
        let children = allocation::let_go(&mut Act::new(tx, &viewer, clock.at()), &account)?;
        Ok::<_, Failure>((posts, children))
    })?;
    say!(
        "{} can no longer sign in, and is signed out everywhere.",
        whose.email
    )?;
    if posts > 0 {
        say!(
            "Posts they held that have ended: {posts}. `hearth user list` shows who holds which."
        )?;
    }
    if children > 0 {
        say!(
            "Children who had them as officer and now have none: {children}. A manager allocates them on the children's \
             pages."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(code: &str) -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let today = clock(&config).today();
    let (staff, holders) = db.read_now(|conn| {
        let authority = find_authority(conn, code)?.key;
        let staff = accounts::staff(conn, authority)?;
        Ok::<_, Failure>((staff, accounts::holders(conn, authority, today)?))
    })?;
    for member in &staff {
        let posts = holders
            .iter()
            .filter(|holder| holder.name.is_some() && holder.email == member.email)
            .map(|holder| holder.post.as_str());
        say!(
            "{}",
            line(&member.email, &member.name, member.role.as_str(), posts)
        )?;
    }
    for mailbox in holders.iter().filter(|holder| holder.name.is_none()) {
        let post = std::iter::once(mailbox.post.as_str());
        say!("{}", line(&mailbox.email, "", "mailbox", post))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A row that a person can read and a program can split at its tabs.
fn line<'a>(email: &str, name: &str, role: &str, posts: impl Iterator<Item = &'a str>) -> String {
    let posts = posts.collect::<Vec<_>>().join(", ");
    format!("{email}\t{name}\t{role}\t{posts}")
}

fn read_password() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(password::hash(line.trim_end_matches(['\r', '\n']))?)
}
