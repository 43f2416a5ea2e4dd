//! `hearth demo`: an invented authority of 1,000 children, or as many as asked, made afresh each time through the same rooms
//! that real work goes through, and served. Its people and places are those of `invented`.
//!
//! - `folder`: where it is kept, for one demonstration at a time.
//! - `staff`: who works there.
//! - `year`: lives through the year day by day.
//! - `deeds`: the things people do on a day; `arrivals` and `happenings` do them.
//! - `loose_ends`: what is left for whoever tries it, such as two addresses to settle and a child nobody can find.

mod arrivals;
mod deeds;
mod folder;
mod happenings;
mod loose_ends;
mod staff;
mod year;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use hearth::access::sign_in;
use hearth::config::Config;
use hearth::db::{Db, migrate};

use self::folder::{FOLDER, Held};
use self::year::CHILDREN;
use hearth::shipped;

use super::{Failure, Outcome, clock, say, serve, settings};

#[derive(Args)]
pub struct Options {
    /// Only make the database of the demonstration, do not serve it
    #[arg(long)]
    only_make: bool,
    /// How many children the authority has
    #[arg(long, default_value_t = CHILDREN)]
    children: usize,
    /// Make it in this database, in which there is nothing yet, instead of in ./var/demo
    #[arg(long, value_name = "URL", requires = "only_make")]
    into: Option<String>,
}

pub fn run(options: &Options) -> Outcome {
    let config = with_its_own_folder(settings()?, options.into.as_deref());
    let listening = if options.only_make {
        None
    } else {
        Some(serve::listen(&config)?)
    };
    let held = match options.into {
        Some(_) => None,
        None => Some(folder::hold()?),
    };
    say!(
        "Making {} of {} children …",
        staff::AUTHORITY,
        options.children
    )?;
    let db = afresh(&config, held.as_ref())?;
    let clock = clock(&config);
    // What the year's jobs log is of no interest today.
    let quiet = tracing::subscriber::NoSubscriber::default();
    let made = tracing::subscriber::with_default(quiet, || {
        year::live(&db, &config, options.children, clock.at())
    })?;
    print_ways_in(&db, &config, &made, clock.now())?;
    match held {
        Some(_) => print_where_it_is()?,
        None => leave_no_mail()?,
    }
    match listening {
        Some(listening) => serve::serve(db, clock, config, listening),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// The demonstration never touches a database or a mail server of anybody's: only its own, or a database that was named and
/// holds nothing. Mail of the latter is thrown away when it is made.
fn with_its_own_folder(config: Config, into: Option<&str>) -> Config {
    Config {
        database_url: into.map_or_else(|| format!("sqlite:{FOLDER}/hearth.db"), str::to_owned),
        mail: match into {
            None => format!("{FOLDER}/mail"),
            Some(_) => format!("{}/mail", thrown_away().display()),
        },
        ..config
    }
}

/// Where mail goes that nobody will read.
fn thrown_away() -> PathBuf {
    std::env::temp_dir().join(format!("hearth-demo-{}", std::process::id()))
}

fn leave_no_mail() -> Result<(), Failure> {
    let folder = thrown_away();
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(&folder).map_err(|cause| {
        Failure::because(format!("{} cannot be removed: {cause}", folder.display()))
    })
}

/// An empty database, brought up to this version: that of the demonstration's own folder, which begins anew, or one that was
/// named.
fn afresh(config: &Config, own_folder: Option<&Held>) -> Result<Db, Failure> {
    if let Some(held) = own_folder {
        folder::clear(held)?;
    }
    let db = Db::open(&config.database_url, config.database_connections)?;
    if !db.read_now(migrate::is_untouched)? {
        return Err(Failure::because(
            "there is something in that database: name one in which there is nothing",
        ));
    }
    shipped::bring_up(&db)?;
    Ok(db)
}

fn print_ways_in(
    db: &Db,
    config: &Config,
    made: &year::Made,
    now: chrono::NaiveDateTime,
) -> Result<(), Failure> {
    let url = &config.base_url;
    say!("\nThree ways in:")?;
    say!(
        "  An officer        {url}/sign-in    {}    {}",
        staff::OFFICER_EMAIL,
        staff::PASSWORD
    )?;
    say!(
        "  A manager         {url}/sign-in    {}    {}",
        staff::MANAGER_EMAIL,
        staff::PASSWORD
    )?;
    if let Some(parent) = &made.parent {
        let link = db.write_now(|tx| sign_in::parent_link(tx, made.authority, parent, now))?;
        if let Some(link) = link {
            say!("  A parent          {url}/notify/link/{link}    (works once, for an hour;")?;
            say!(
                "                    for another: {url}/notify/{} with {parent})",
                staff::CODE
            )?;
        }
    }
    say!(
        "\nAnd an administrator: {} with the same password.",
        staff::ADMINISTRATOR_EMAIL
    )?;
    say!("A parent who is new begins at {url}/notify/{}", staff::CODE)?;
    Ok::<_, Failure>(())
}

fn print_where_it_is() -> Result<(), Failure> {
    say!("Mail goes to the folder {FOLDER}/mail, as .eml files that any mail program opens.")?;
    say!("Everybody in it is invented. The next `hearth demo` begins afresh. Ctrl-C ends it.\n")?;
    Ok::<_, Failure>(())
}
