//! `threshold database`

use super::copy_progress::ShownCopy;
use super::{Failure, print, serve};
use crate::config::Settings;
use clap::Subcommand;
use std::sync::Arc;
use threshold_application::ports::BoxError;
use threshold_diesel::{CopyError, CopyReport, DatabaseSettings, DatabaseUrl, copy_database};
use threshold_telemetry::PrometheusMeter;

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Task {
    /// Copies everything from SQLite to PostgreSQL or back, and compares the two.
    ///
    /// Stop the service, copy, set database.url to the copy, start. The secret key stays the same. The target must be new; its
    /// tables are made. Cut off, it goes on where it was when it is run again; until it is done no service starts on the target.
    Copy {
        /// A URL, or the path of a SQLite file; database.url if it is not given.
        #[arg(long, required_unless_present = "to")]
        from: Option<String>,
        /// Likewise. A URL with a password is better given as `THRESHOLD_DATABASE__URL`: others can see this one.
        #[arg(long)]
        to: Option<String>,
    },
}

pub(super) fn run(task: &Task, settings: &Settings) -> Result<(), Failure> {
    let Task::Copy { from, to } = task;
    let (from, to) = (place(from.as_deref(), settings)?, place(to.as_deref(), settings)?);
    let mut progress = ShownCopy::new();
    let copied = serve::runtime()?.block_on(async {
        let meter = Arc::new(PrometheusMeter::new().map_err(BoxError::from)?);
        Ok::<_, Failure>(copy_database(&from, &to, meter, &mut progress).await)
    })?;
    progress.end();
    match copied {
        Ok(report) => print(&told(&report)),
        Err(error @ (CopyError::SameKind | CopyError::NoSource(_))) => Err(Failure::Usage(error.into())),
        Err(error) => Err(Failure::Other(error.into())),
    }
}

/// The database of that name, used as the settings say.
fn place(name: Option<&str>, settings: &Settings) -> Result<DatabaseSettings, Failure> {
    let Some(name) = name else { return Ok(settings.database.clone()) };
    let url = if name.contains("://") { name.to_owned() } else { format!("sqlite://{name}") };
    let url: DatabaseUrl =
        url.parse().map_err(|error: threshold_diesel::DatabaseUrlError| Failure::Usage(error.into()))?;
    Ok(DatabaseSettings { url, ..settings.database.clone() })
}

fn told(report: &CopyReport) -> String {
    let rows: u64 = report.tables.iter().map(|(_table, rows)| rows).sum();
    format!("Copied {rows} rows of {} tables; both sides are the same.\n", report.tables.len())
}
