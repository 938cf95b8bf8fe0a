//! `threshold audit`

use super::audit_lines::AuditLines;
use super::audit_progress::ShownVerification;
use super::{Failure, print, serve};
use crate::config::Settings;
use crate::server::{audit_export, audit_verification};
use clap::Subcommand;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use threshold_application::audit::{AuditAnchor, AuditReport};
use threshold_application::ports::BoxError;
use threshold_domain::audit::ChainHash;
use threshold_domain::{Timestamp, parse_timestamp};

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Task {
    /// Proves that no record was changed, removed, moved or added, also while the service runs.
    ///
    /// Names every record that is not as it was written. Cut off, it goes on where it was when it is run again. Ends with 0 if the log
    /// is whole, with 1 if it isn't.
    Verify {
        /// A checkpoint from a log that is kept elsewhere, as NUMBER:HASH: the log must have it. It finds out whoever has put an
        /// old copy of the whole database in the place of the present one.
        #[arg(long, value_parser = anchor)]
        anchor: Option<AuditAnchor>,
        /// Where to note how far it is.
        #[arg(long, default_value = "threshold-audit.verifying")]
        state: PathBuf,
    },
    /// Writes the log as NDJSON, with everything that proves it: see docs/audit.md.
    Export {
        /// Where to; standard output without it. The file can be read by its owner alone.
        file: Option<PathBuf>,
        /// Records from this moment on, like 2026-11-21T00:00:00Z.
        #[arg(long, value_parser = moment)]
        after: Option<Timestamp>,
        /// Records before this moment.
        #[arg(long, value_parser = moment)]
        before: Option<Timestamp>,
    },
}

fn anchor(text: &str) -> Result<AuditAnchor, String> {
    let read = || {
        let (number, hash) = text.split_once(':')?;
        Some(AuditAnchor { number: number.parse().ok()?, hash: ChainHash::parse(hash)? })
    };
    read().ok_or_else(|| "a checkpoint is written as its number, a colon, and 64 hexadecimal digits".to_owned())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    parse_timestamp(text).map_err(|refusal| refusal.to_string())
}

pub(super) fn run(task: &Task, settings: &Settings) -> Result<(), Failure> {
    match task {
        Task::Verify { anchor, state } => verify(*anchor, state, settings),
        Task::Export { file, after, before } => {
            let period = after.unwrap_or(Timestamp::MIN_UTC)..before.unwrap_or(Timestamp::MAX_UTC);
            let sink = AuditLines::new(target(file.as_deref())?);
            let records = serve::runtime()?.block_on(export(settings, period, sink))?;
            if file.is_some() { print(&format!("Exported {records}.\n")) } else { Ok(()) }
        }
    }
}

async fn export(
    settings: &Settings,
    period: std::ops::Range<Timestamp>,
    mut sink: AuditLines,
) -> Result<u64, BoxError> {
    let records = audit_export(settings).await?.execute(&period, &mut sink).await?;
    sink.finish()?;
    Ok(records)
}

fn target(path: Option<&Path>) -> Result<Box<dyn Write + Send>, Failure> {
    let Some(path) = path else { return Ok(Box::new(io::stdout())) };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display()).into()))?;
    Ok(Box::new(opened))
}

fn verify(anchor: Option<AuditAnchor>, state: &Path, settings: &Settings) -> Result<(), Failure> {
    let (mut progress, resume) = ShownVerification::open(state, &settings.database.url.to_string())?;
    let report = serve::runtime()?.block_on(async {
        let report = audit_verification(settings).await?.execute(anchor, resume, &mut progress).await;
        progress.end();
        Ok::<_, BoxError>(report?)
    })?;
    progress.forget();
    let faults = progress.faults();
    print(&summary(&report))?;
    match faults {
        0 => print("The audit log is whole.\n"),
        faults => Err(Failure::Other(format!("the audit log is not as it was written: {faults} faults").into())),
    }
}

fn summary(report: &AuditReport) -> String {
    let AuditReport { records, segments, erased, checkpoints, last, .. } = report;
    let last = last.map(|AuditAnchor { number, hash }| format!("The last checkpoint is {number}:{hash}\n"));
    format!(
        "{records} records, {segments} segments, of which {erased} erased after their retention; {checkpoints} checkpoints.\n{}",
        last.unwrap_or_default()
    )
}
