//! `threshold config`

use super::{Failure, print};
use crate::config::{Settings, Sources, default_toml, markdown, show};
use clap::Subcommand;

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Task {
    /// Names everything that is wrong with the settings.
    Check,
    /// Prints what is in force and where it comes from, without secrets.
    Show,
    /// Explains every setting.
    Reference {
        /// As `config/default.toml`.
        #[arg(long)]
        toml: bool,
    },
}

pub(super) fn run(task: Task, sources: &Sources) -> Result<(), Failure> {
    match task {
        Task::Check => {
            Settings::read(sources)?;
            print("The settings are in order.\n")
        }
        Task::Show => print(&show(sources)?),
        Task::Reference { toml: true } => print(&default_toml()),
        Task::Reference { toml: false } => print(&markdown()),
    }
}
