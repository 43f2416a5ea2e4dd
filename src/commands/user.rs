//! `hearth user add`: an account for a member of staff. Who runs this on the machine is trusted, as whoever can read the
//! database file is.

use std::io::BufRead;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use hearth::access::accounts::{self, NewAccount};
use hearth::access::{AccountKey, AuthorityKey, Role, authority, password, sign_in};
use hearth::db::Conn;
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::EmailAddress;

use super::{Failure, Outcome, clock, find_authority, open_ready, say, settings};

#[derive(Subcommand)]
pub enum User {
    /// Make an account and print a link at which its password is chosen
    Add(Options),
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
    #[arg(long)]
    role: Role,
    /// The three-digit DfE code of their local authority
    #[arg(long)]
    authority: String,
    /// The post they hold when a check lapses (team_leader, manager, head_of_service, safeguarding_lead); may be given
    /// again. A manager is told as team leader and manager unless other posts are named
    #[arg(long = "post", value_parser = post)]
    posts: Vec<Post>,
    /// Read the password from standard input instead of printing a link
    #[arg(long)]
    password_stdin: bool,
}

pub fn add(options: &Options) -> Outcome {
    if options.role == Role::Parent {
        return Err(Failure::because(
            "a parent's account is made by the link sent to their address: there is no need to add one",
        ));
    }
    if options.name.trim().is_empty() {
        return Err(Failure::because(
            "--name is empty: give the name that others see",
        ));
    }
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let hash = options.password_stdin.then(read_password).transpose()?;
    let link = db.write_now(|tx| {
        let authority = find_authority(tx, &options.authority)?;
        if !authority.in_service {
            authority::take_into_service(tx, authority.key, None)?;
        }
        let new = NewAccount {
            authority: authority.key,
            role: options.role,
            email: options.email.as_str(),
            name: options.name.trim(),
            password_hash: hash.as_deref(),
        };
        let account = accounts::add(tx, &new, clock.now())?;
        give_posts(tx, authority.key, account, options, clock.today())?;
        let link = sign_in::password_link(tx, authority.key, options.email.as_str(), clock.now())?;
        Ok::<_, Failure>(link)
    })?;
    say!(
        "{} can sign in as {}.",
        options.email,
        options.role.as_str()
    )?;
    if hash.is_none() {
        say!(
            "They choose a password at this link, which works once, within {} days:\n{}/password/{link}",
            sign_in::PASSWORD_LINK_LASTS.num_days(),
            config.base_url
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn post(typed: &str) -> Result<Post, String> {
    typed
        .parse()
        .map_err(|_| "use team_leader, manager, head_of_service or safeguarding_lead".to_owned())
}

fn give_posts(
    tx: &mut Conn,
    authority: AuthorityKey,
    account: AccountKey,
    options: &Options,
    today: chrono::NaiveDate,
) -> Result<(), Failure> {
    let by_role: &[Post] = match options.role {
        Role::Manager => &[Post::TeamLeader, Post::Manager],
        _ => &[],
    };
    let posts = if options.posts.is_empty() {
        by_role
    } else {
        &options.posts
    };
    for post in posts {
        if matches!(post, Post::Officer | Post::DutyMailbox) {
            return Err(Failure::because(format!(
                "--post {} is not held by an account: an officer is named on each child's page, and the duty mailbox \
                 with `hearth authority`",
                post.as_str()
            )));
        }
        accounts::give_post(tx, authority, *post, account, today)?;
    }
    Ok(())
}

fn read_password() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(password::hash(line.trim_end_matches(['\r', '\n']))?)
}
