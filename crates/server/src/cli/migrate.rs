//! `threshold migrate`

use super::{Failure, print, serve};
use crate::config::Settings;
use clap::Subcommand;
use std::fmt::Write;
use std::sync::Arc;
use threshold_application::ports::BoxError;
use threshold_diesel::{Database, MigrationState};
use threshold_telemetry::PrometheusMeter;

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Task {
    /// Applies what is pending.
    Up,
    /// Reverts the last migration.
    Down,
    /// Reverts the last migration and applies it again.
    Redo,
    /// Lists the migrations and which of them are applied.
    Status,
}

pub(super) fn run(task: Task, settings: &Settings) -> Result<(), Failure> {
    let runtime = serve::runtime()?;
    let report = runtime.block_on(perform(task, settings))?;
    print(&report)
}

async fn perform(task: Task, settings: &Settings) -> Result<String, BoxError> {
    let database = Database::connect(&settings.database, Arc::new(PrometheusMeter::new()?)).await?;
    let migrations = database.migrations();
    Ok(match task {
        Task::Up => match migrations.up().await? {
            applied if applied.is_empty() => "Everything is applied.\n".to_owned(),
            applied => format!("Applied {}.\n", applied.join(", ")),
        },
        Task::Down => format!("Reverted {}.\n", migrations.down().await?),
        Task::Redo => format!("Reverted and applied {}.\n", migrations.redo().await?),
        Task::Status => {
            let mut report = String::new();
            for migration in migrations.status().await? {
                let state = match migration.state {
                    MigrationState::Applied => "applied",
                    MigrationState::Pending => "pending",
                    MigrationState::Unknown => "unknown (made by a newer version)",
                };
                let _written = writeln!(report, "{}  {state}", migration.name);
            }
            report
        }
    })
}
