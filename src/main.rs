//! The command line, one line a command; what each does is in `commands/`.

mod commands;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{
    authority, backup, calendar, config, demo, import, jobs, mail, migrate, policy, restore, serve,
    simulate, user, verify,
};

/// A register of home-educated children that does not let a welfare check lapse unseen.
///
/// Settings come from the environment; `hearth config` lists them. To look around, run `hearth demo`. To begin a
/// register, run `hearth migrate`, then `hearth user add`, then `hearth serve`.
#[derive(Parser)]
#[command(
    name = "hearth",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages, and run the jobs on their timer
    Serve,
    /// Make an invented authority of 1,000 children afresh, or as many as asked, and serve it
    Demo(demo::Options),
    /// Make the tables, or bring them up to this version
    Migrate(migrate::Options),
    /// Read the list an authority already has, a workbook or CSV
    Import(import::Options),
    /// Run what the schedule owes: find lapses, tell people, deliver mail
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Mail that came back
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Accounts of staff
    #[command(subcommand)]
    User(user::User),
    /// Say how an authority is reached and what its pages look like
    Authority(authority::Options),
    /// The periods by which checks come due, and the commencement of the 2026 Act
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// The terms of an authority's schools
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Prove from the register's own data that nothing slipped through
    Verify,
    /// Live through years of an invented authority in which much goes wrong, and prove each day that nothing slipped through
    Simulate(simulate::Options),
    /// Write a copy of the database while the service goes on, and check it
    Backup {
        /// The file to write, encrypted if it ends in .age; it must not be there yet. Without one a copy is made into
        /// HEARTH_BACKUP_FOLDER, as the schedule makes it
        file: Option<PathBuf>,
    },
    /// Put a copy where nothing is yet, and prove that it is what was copied
    Restore(restore::Options),
    /// List every setting, its default and what it is now
    Config,
}

/// Twice as fast as the system's for the many small strings of a page, and for the rows of a list being imported.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve => serve::run(),
        Command::Demo(options) => demo::run(&options),
        Command::Migrate(options) => migrate::run(&options),
        Command::Import(options) => import::run(&options),
        Command::Jobs(jobs::Jobs::Run) => jobs::run(),
        Command::Mail(asked) => mail::run(&asked),
        Command::User(asked) => user::run(&asked),
        Command::Authority(options) => authority::run(&options),
        Command::Policy(asked) => policy::run(&asked),
        Command::Calendar(asked) => calendar::run(&asked),
        Command::Verify => verify::run(),
        Command::Simulate(options) => simulate::run(&options),
        Command::Backup { file } => backup::run(file.as_deref()),
        Command::Restore(options) => restore::run(&options),
        Command::Config => config::run(),
    };
    commands::exit(outcome)
}
