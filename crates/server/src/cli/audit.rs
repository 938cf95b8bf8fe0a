//! `threshold audit`

use super::audit_lines::AuditLines;
use super::audit_progress::ShownVerification;
use super::{Failure, print, serve};
use crate::config::Settings;
use crate::server::AuditLog;
use clap::Subcommand;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
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
        /// Where to; standard output without it. The file can be read by its owner alone, and appears when it is complete.
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
            let runtime = serve::runtime()?;
            if let Some(path) = file {
                return export_to(path, |sink| runtime.block_on(export(settings, &period, sink)));
            }
            let sink = AuditLines::new(Box::new(io::stdout()));
            runtime.block_on(export(settings, &period, sink)).map(drop)
        }
    }
}

/// Has a new file written, for its owner alone, and puts it in the place of whatever has that name once it is complete.
fn export_to(path: &Path, write: impl FnOnce(AuditLines) -> Result<u64, Failure>) -> Result<(), Failure> {
    let refused = |error: io::Error| Failure::Usage(format!("{}: {error}", path.display()).into());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = NamedTempFile::new_in(folder).map_err(refused)?;
    let records = write(AuditLines::new(Box::new(unfinished.reopen().map_err(refused)?)))?;
    unfinished.as_file().sync_all().map_err(refused)?;
    unfinished.persist(path).map_err(|failed| refused(failed.error))?;
    print(&format!("Exported {records}.\n"))
}

async fn export(settings: &Settings, period: &Range<Timestamp>, mut sink: AuditLines) -> Result<u64, Failure> {
    let log = AuditLog::open(settings).await.map_err(BoxError::from)?;
    let exported = log.export().execute(period, &mut sink).await;
    log.check_undisturbed().map_err(BoxError::from)?;
    sink.finish()?;
    Ok(exported.map_err(BoxError::from)?)
}

fn verify(anchor: Option<AuditAnchor>, state: &Path, settings: &Settings) -> Result<(), Failure> {
    let (mut progress, resume) = ShownVerification::open(state, &settings.database.url.to_string())?;
    let report = serve::runtime()?.block_on(async {
        let log = AuditLog::open(settings).await?;
        let report = log.verification().execute(anchor, resume, &mut progress).await;
        progress.end();
        // What was found in between is not worth going on with.
        log.check_undisturbed().inspect_err(|_disturbed| progress.forget())?;
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
