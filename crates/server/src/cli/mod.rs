//! The command line.

mod admin;
mod audit;
mod audit_lines;
mod audit_progress;
mod config;
mod copy_progress;
mod database;
mod doctor;
mod healthcheck;
mod import_progress;
mod jobs;
mod keys;
mod migrate;
mod seed;
mod serve;
mod users;

use crate::config::{Faults, Settings, Sources};
use clap::{Args, Parser, Subcommand};
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use threshold_application::ErrorChain;

/// Users, sign-in and sessions as a service that you run yourself.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    flags: Flags,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Flags {
    /// Lays a setting over all files and variables; can be given again. Not for secrets: others can see it.
    #[arg(long = "set", value_name = "KEY=VALUE", global = true)]
    set: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the service.
    Serve,
    /// Brings the database's tables up to date, or back.
    #[command(subcommand)]
    Migrate(migrate::Task),
    /// Moves to the other kind of database.
    #[command(subcommand)]
    Database(database::Task),
    /// Makes administrators.
    #[command(subcommand)]
    Admin(admin::Task),
    /// Proves the audit log, and writes it into a file.
    #[command(subcommand)]
    Audit(audit::Task),
    /// Lists and changes the keys that sign access tokens.
    #[command(subcommand)]
    Keys(keys::Task),
    /// Lists jobs, and has them done again or not at all.
    #[command(subcommand)]
    Jobs(jobs::Task),
    /// Brings users in from a file, and writes them into one.
    #[command(subcommand)]
    Users(users::Task),
    /// Adds users of every kind to try the service with; run again it adds nothing. Not in production: their password is public.
    Seed,
    /// Checks, shows or explains the settings.
    #[command(subcommand)]
    Config(config::Task),
    /// Looks at settings, database, Redis, mail, keys and disks, and says what to do about what is wrong; changes nothing.
    ///
    /// Ends with 0 if nothing failed, with 1 if something did, with 2 if the settings are wrong.
    Doctor(doctor::Task),
    /// Prints the OpenAPI document.
    Openapi,
    /// Explains the metrics.
    #[command(subcommand)]
    Metrics(Metrics),
    /// Asks the running service whether it lives; for containers.
    Healthcheck,
}

#[derive(Debug, Subcommand)]
enum Metrics {
    /// Prints the page of all metrics.
    Reference,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The settings are wrong: exit code 2.
    #[error(transparent)]
    Settings(#[from] Faults),
    /// What the command was given can't be used: exit code 2.
    #[error(transparent)]
    Usage(Box<dyn Error + Send + Sync>),
    /// Anything else: exit code 1.
    #[error(transparent)]
    Other(#[from] Box<dyn Error + Send + Sync>),
}

/// Runs the command of this process and answers its exit code: 0 done, 1 failed, 2 wrong usage or settings.
#[must_use]
pub fn run() -> ExitCode {
    let CommandLine { command, flags } = CommandLine::parse();
    let sources = Sources::of_process(flags.set);
    let Err(failure) = execute(&command, &sources) else { return ExitCode::SUCCESS };
    let code = match &failure {
        Failure::Settings(_) | Failure::Usage(_) => 2,
        Failure::Other(_) => 1,
    };
    for line in ErrorChain(&failure).to_string().lines() {
        // Where standard error is closed nobody can be told.
        let _told = writeln!(io::stderr(), "threshold: {line}");
    }
    ExitCode::from(code)
}

fn execute(command: &Command, sources: &Sources) -> Result<(), Failure> {
    match command {
        Command::Serve => serve::run(&Settings::read(sources)?),
        Command::Migrate(task) => migrate::run(*task, &Settings::read(sources)?),
        Command::Database(task) => database::run(task, &Settings::read(sources)?),
        Command::Admin(task) => admin::run(task, &Settings::read(sources)?),
        Command::Audit(task) => audit::run(task, &Settings::read(sources)?),
        Command::Keys(task) => keys::run(task, &Settings::read(sources)?),
        Command::Jobs(task) => jobs::run(task, &Settings::read(sources)?),
        Command::Users(task) => users::run(task, &Settings::read(sources)?),
        Command::Seed => seed::run(sources),
        Command::Config(task) => config::run(*task, sources),
        Command::Doctor(task) => doctor::run(task, sources),
        Command::Openapi => print(&openapi()?),
        Command::Metrics(Metrics::Reference) => print(&threshold_telemetry::metrics_reference()),
        Command::Healthcheck => healthcheck::run(&Settings::read(sources)?),
    }
}

/// The document with a line's end, as it stands in `docs/openapi.json`.
fn openapi() -> Result<String, Failure> {
    let document = threshold_transport::openapi_document().to_pretty_json();
    document.map(|text| text + "\n").map_err(|error| Failure::Other(error.into()))
}

/// Writes to standard output; a reader that went away early is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Other(error.into())),
        _ => Ok(()),
    }
}
