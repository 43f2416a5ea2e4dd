//! `hearth policy`: the periods of an authority, listed and set.

use std::process::ExitCode;

use chrono::{NaiveDate, NaiveDateTime};
use clap::{Args, Subcommand};
use hearth::access::{Act, Viewer};
use hearth::clock::At;
use hearth::db::{Conn, Db};
use hearth::policy::policy_book;
use hearth::rules::dates::spoken;
use hearth::rules::policy::change::{Change, commencement};
use hearth::rules::policy::{Period, Policy, PolicyKey, Unit};
use hearth::rules::tier::Tier;

use super::{Failure, Outcome, THIS, clock, find_authority, open_ready, say, settings};

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// List every value in force, with its source
    List {
        /// The three-digit DfE code of the local authority
        #[arg(long)]
        authority: String,
    },
    /// Set a value from a day on; what holds until then stays on record
    Set(Box<SetOptions>),
    /// Take back a value that has not begun, or that was entered today
    Withdraw(WithdrawOptions),
    /// Enter the day on which the register of the 2026 Act commences in the authority
    Commence {
        /// The three-digit DfE code of the local authority
        #[arg(long)]
        authority: String,
        /// The first day in force, as 2027-09-01
        #[arg(long)]
        from: NaiveDate,
        /// Why, such as the number of the commencement regulations
        #[arg(long)]
        reason: String,
    },
    /// End the 2026 Act in the authority, as after a day entered in error; if it has not begun, it is taken out
    EndCommencement {
        /// The three-digit DfE code of the local authority
        #[arg(long)]
        authority: String,
        /// The last day in force, as 2027-09-30; today if left out
        #[arg(long)]
        last_day: Option<NaiveDate>,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
pub struct WithdrawOptions {
    /// What the period is for, such as first_contact: `hearth policy list` names them
    #[arg(value_parser = key)]
    key: PolicyKey,
    /// The three-digit DfE code of the local authority
    #[arg(long)]
    authority: String,
    /// For children of one tier: green, amber or red
    #[arg(long, value_parser = tier)]
    tier: Option<Tier>,
    /// The first day of the value, as 2027-01-04
    #[arg(long)]
    from: NaiveDate,
    /// Why it is withdrawn
    #[arg(long)]
    reason: String,
}

#[derive(Args)]
pub struct SetOptions {
    /// What the period is for, such as first_contact: `hearth policy list` names them
    #[arg(value_parser = key)]
    key: PolicyKey,
    /// How many
    value: u32,
    /// Of what: calendar_day, working_day, school_day, week, month or times
    #[arg(value_parser = unit)]
    unit: Unit,
    /// The three-digit DfE code of the local authority
    #[arg(long)]
    authority: String,
    /// For children of one tier: green, amber or red
    #[arg(long, value_parser = tier)]
    tier: Option<Tier>,
    /// The first day on which it holds, as 2027-01-04; today if left out
    #[arg(long)]
    from: Option<NaiveDate>,
    /// The last day, if it has one
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Where the value comes from; it stands behind every due date that is counted with it
    #[arg(long)]
    source: String,
    /// Why it changes
    #[arg(long)]
    reason: String,
}

fn key(typed: &str) -> Result<PolicyKey, String> {
    typed
        .parse()
        .map_err(|_| "this is no key of the policy: `hearth policy list` names them".to_owned())
}

fn unit(typed: &str) -> Result<Unit, String> {
    let allowed = "use calendar_day, working_day, school_day, week, month or times";
    typed.parse().map_err(|_| allowed.to_owned())
}

fn tier(typed: &str) -> Result<Tier, String> {
    typed
        .parse()
        .map_err(|_| "use green, amber or red".to_owned())
}

/// Does what is asked of the policy.
pub fn run(asked: &PolicyCommand) -> Outcome {
    match asked {
        PolicyCommand::List { authority } => list(authority),
        PolicyCommand::Set(options) => set(options),
        PolicyCommand::Withdraw(options) => withdraw(options),
        PolicyCommand::Commence {
            authority,
            from,
            reason,
        } => commence(authority, *from, reason),
        PolicyCommand::EndCommencement {
            authority,
            last_day,
            reason,
        } => end_commencement(authority, *last_day, reason),
    }
}

fn list(code: &str) -> Outcome {
    let config = settings()?;
    let db = open_ready(&config)?;
    let today = clock(&config).today();
    let held = db.read_now(|conn| {
        let authority = find_authority(conn, code)?;
        Ok::<_, Failure>(policy_book::all(
            conn,
            &Viewer::program(authority.key, THIS),
        )?)
    })?;
    let rows = policy_book::rows(&held);
    let policy = Policy::at(&rows, code, today);
    for key in PolicyKey::ALL {
        let mut last = None;
        for tier in Tier::ALL {
            let Some(row) = policy.find(*key, *tier) else {
                continue;
            };
            if last == Some(row) {
                continue;
            }
            last = Some(row);
            let for_tier = row.tier.map_or("every tier", Tier::as_str);
            let doubt = if row.confirmed { "" } else { "; not confirmed" };
            let unused = if key.is_read() {
                ""
            } else {
                "; not used by Hearth yet"
            };
            say!(
                "{:<30} {for_tier:<10} {:<17} {}{doubt}{unused}",
                key.as_str(),
                row.period.words(),
                row.source
            )?;
        }
    }
    match commencement(&rows, code) {
        Some((from, Some(to))) => say!("The 2026 Act: from {} to {}.", spoken(from), spoken(to))?,
        Some((from, None)) => say!("The 2026 Act: from {}.", spoken(from))?,
        None => say!("The 2026 Act: not in force here.")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn set(options: &SetOptions) -> Outcome {
    let book = Book::open()?;
    let change = Change {
        key: options.key,
        tier: options.tier,
        period: Period {
            value: options.value,
            unit: options.unit,
        },
        source: options.source.clone(),
        from: options.from.unwrap_or(book.today),
        to: options.to,
    };
    book.write(&options.authority, |tx, viewer| {
        policy_book::set(
            &mut Act::new(tx, viewer, At::of(book.now)),
            &change,
            &options.reason,
        )
    })?;
    say!(
        "{}: {} from {}. Open checks keep their day; a census return follows the policy.",
        options.key.label(),
        change.period.words(),
        spoken(change.from)
    )?;
    Ok(ExitCode::SUCCESS)
}

fn withdraw(options: &WithdrawOptions) -> Outcome {
    let book = Book::open()?;
    let which = (options.key, options.tier);
    let (from, reason) = (options.from, options.reason.as_str());
    book.write(&options.authority, |tx, viewer| {
        policy_book::withdraw(
            &mut Act::new(tx, viewer, At::of(book.now)),
            which,
            from,
            reason,
        )
    })?;
    say!(
        "{}: the value from {} is withdrawn. What held before it goes on.",
        options.key.label(),
        spoken(from)
    )?;
    Ok(ExitCode::SUCCESS)
}

fn commence(code: &str, from: NaiveDate, reason: &str) -> Outcome {
    let book = Book::open()?;
    book.write(code, |tx, viewer| {
        policy_book::commence(&mut Act::new(tx, viewer, At::of(book.now)), from, reason)
    })?;
    say!(
        "The register of the 2026 Act is entered to be in force here from {}.",
        spoken(from)
    )?;
    Ok(ExitCode::SUCCESS)
}

fn end_commencement(code: &str, last_day: Option<NaiveDate>, reason: &str) -> Outcome {
    let book = Book::open()?;
    let last_day = last_day.unwrap_or(book.today);
    book.write(code, |tx, viewer| {
        policy_book::end_commencement(
            &mut Act::new(tx, viewer, At::of(book.now)),
            last_day,
            reason,
        )
    })?;
    say!(
        "The register of the 2026 Act is entered not to be in force here after {}.",
        spoken(last_day)
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The policy, open for a change.
struct Book {
    db: Db,
    now: NaiveDateTime,
    today: NaiveDate,
}

impl Book {
    fn open() -> Result<Self, Failure> {
        let config = settings()?;
        let clock = clock(&config);
        Ok(Self {
            db: open_ready(&config)?,
            now: clock.now(),
            today: clock.today(),
        })
    }

    /// Changes the policy of the authority with this code, in the name of whoever runs the command.
    fn write(
        &self,
        code: &str,
        change: impl Fn(&mut Conn, &Viewer) -> Result<(), policy_book::PolicyError>,
    ) -> Result<(), Failure> {
        self.db.write_now(|tx| {
            let authority = find_authority(tx, code)?;
            change(tx, &Viewer::program(authority.key, THIS)).map_err(failure)
        })
    }
}

fn failure(error: policy_book::PolicyError) -> Failure {
    match error {
        policy_book::PolicyError::Db(error) => Failure::Db(error),
        refused => Failure::because(refused.to_string()),
    }
}
