//! `hearth authority`: how an authority is reached and what its pages look like.

use std::process::ExitCode;

use clap::Args;
use hearth::access::authority::Description;
use hearth::access::{Act, Viewer, accounts, authority};
use hearth::clock::At;
use hearth::rules::escalation::Post;
use hearth::rules::identifiers::{EmailAddress, PhoneNumber};

use super::{Failure, Outcome, THIS, clock, find_authority, open_ready, say, settings};

#[derive(Args)]
pub struct Options {
    /// The three-digit DfE code
    code: String,
    /// The duty mailbox, told when a lapse has reached the top of the ladder
    #[arg(long)]
    mailbox: Option<EmailAddress>,
    /// The colour of its header, as "#1d70b8"
    #[arg(long)]
    colour: Option<String>,
    /// The home-education team's telephone number
    #[arg(long)]
    telephone: Option<PhoneNumber>,
    /// Whom a parent can turn to who is not the officer: an address or a telephone number
    #[arg(long)]
    complaints_to: Option<String>,
}

pub fn run(options: &Options) -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let clock = clock(&config);
    let (today, now) = (clock.today(), clock.now());
    if let Some(colour) = &options.colour
        && hearth::web::colour::Colour::parse(colour).is_none()
    {
        return Err(Failure::because(format!(
            "{colour:?} is not a colour: use # and six digits from 0 to f, such as \"#1d70b8\""
        )));
    }
    let name = db.write_now(|tx| {
        let held = find_authority(tx, &options.code)?;
        let viewer = Viewer::program(held.key, THIS);
        let mailbox = options.mailbox.as_ref().map(EmailAddress::as_str);
        authority::take_into_service(
            &mut Act::new(tx, &viewer, At::of(now)),
            mailbox.or(held.mailbox.as_deref()),
        )?;
        if let Some(mailbox) = &options.mailbox {
            let post = Post::DutyMailbox;
            accounts::give_post_to_mailbox(
                &mut Act::new(tx, &viewer, At::of(now)),
                post,
                mailbox,
                today,
            )?;
        }
        let telephone = options.telephone.as_ref().map(PhoneNumber::as_str);
        let complaints_to = options.complaints_to.as_deref();
        let shown = Description {
            colour: options.colour.as_deref().unwrap_or(&held.colour),
            telephone: telephone.or(held.telephone.as_deref()),
            complaints_to: complaints_to.or(held.complaints_to.as_deref()),
        };
        authority::describe(&mut Act::new(tx, &viewer, At::of(now)), &shown)?;
        Ok::<_, Failure>(held.name)
    })?;
    say!("{name} keeps its register here.")?;
    Ok(ExitCode::SUCCESS)
}
