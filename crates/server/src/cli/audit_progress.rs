//! Shows how a verification gets on, and notes it, so that it can be resumed.

use super::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use threshold_application::audit::{VerificationStep, VerificationWatch};
use threshold_domain::audit::{AuditFault, AuditSegment, ChainHash};

/// How often it is noted, and how often a line is written where there is no terminal.
const PACE: Duration = Duration::from_secs(2);
/// For how long it can be resumed.
const RESUMABLE: Duration = Duration::from_hours(24);
const BAR: &str = "{wide_bar} {percent}% of {len} records, {per_sec}, {eta} left";

/// On standard error, and in a file: the store's address, how far it is, and what was found.
pub(super) struct ShownVerification {
    bar: ProgressBar,
    file: PathBuf,
    store: String,
    found: Vec<String>,
    /// Of them those that an earlier run has found: what is verified again is told once.
    known: HashSet<String>,
    noted: Instant,
}

impl ShownVerification {
    /// Goes on with what `file` says, if it is about that store.
    pub(super) fn open(file: &Path, store: &str) -> Result<(Self, Option<VerificationStep>), Failure> {
        let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        let (store, file) = (store.to_owned(), file.to_owned());
        let mut shown = Self { bar, file, store, found: Vec::new(), known: HashSet::new(), noted: Instant::now() };
        let text = match fs::read_to_string(&shown.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((shown, None)),
            Err(error) => return Err(Failure::Usage(format!("{}: {error}", shown.file.display()).into())),
        };
        let mut lines = text.lines();
        if lines.next() != Some(&*shown.store) {
            let message = format!("{} is about another database: move it away", shown.file.display());
            return Err(Failure::Usage(message.into()));
        }
        if is_old(&shown.file) {
            shown.say("an earlier run is too long ago to be continued: it begins anew");
            return Ok((shown, None));
        }
        let step = lines.next().and_then(read_step);
        if let Some(step) = &step {
            shown.say(&format!("an earlier run is continued behind record {}", step.done));
            for fault in lines {
                shown.known.insert(fault.to_owned());
                shown.tell(fault);
            }
        }
        Ok((shown, step))
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Forgets how far it was: it is done.
    pub(super) fn forget(&self) {
        // Where it was never noted there is nothing to forget.
        let _gone = fs::remove_file(&self.file);
    }

    /// How much was found, an earlier run included.
    pub(super) fn faults(&self) -> usize {
        self.found.len()
    }

    fn tell(&mut self, fault: &str) {
        self.say(fault);
        self.found.push(fault.to_owned());
    }

    fn say(&self, text: &str) {
        // Where standard error is closed nobody can be told.
        self.bar.suspend(|| drop(writeln!(io::stderr(), "threshold: {text}")));
    }

    fn note(&self, step: &VerificationStep) -> io::Result<()> {
        let VerificationStep { segment, seen, hash, done } = step;
        let mut text = format!("{}\n{} {} {seen} {hash} {done}\n", self.store, segment.lane, segment.number);
        for fault in &self.found {
            text += fault;
            text.push('\n');
        }
        let fresh = self.file.with_added_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&fresh)?.write_all(text.as_bytes())?;
        fs::rename(fresh, &self.file)
    }
}

/// Whether what it vouches for may have been changed since.
fn is_old(file: &Path) -> bool {
    let age = fs::metadata(file).and_then(|about| about.modified()).ok().and_then(|noted| noted.elapsed().ok());
    age.is_none_or(|age| age > RESUMABLE)
}

fn read_step(line: &str) -> Option<VerificationStep> {
    let mut parts = line.split(' ');
    let segment = AuditSegment { lane: parts.next()?.parse().ok()?, number: parts.next()?.parse().ok()? };
    let seen = parts.next()?.parse().ok()?;
    let hash = ChainHash::parse(parts.next()?)?;
    Some(VerificationStep { segment, seen, hash, done: parts.next()?.parse().ok()? })
}

impl VerificationWatch for ShownVerification {
    fn begins(&mut self, records: u64) {
        self.bar.set_length(records);
    }

    fn progressed(&mut self, step: &VerificationStep) {
        self.bar.set_position(step.done);
        if self.noted.elapsed() < PACE {
            return;
        }
        self.noted = Instant::now();
        if let Err(error) = self.note(step) {
            self.say(&format!("{}: {error}; it can't be resumed", self.file.display()));
        }
        if self.bar.is_hidden() {
            let percent = u128::from(step.done) * 100 / u128::from(self.bar.length().unwrap_or_default().max(1));
            self.say(&format!("{percent}% done, {} records", step.done));
        }
    }

    fn found(&mut self, fault: &AuditFault) {
        let fault = fault.to_string();
        if !self.known.contains(&fault) {
            self.tell(&fault);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::SystemTime;
    use tempfile::TempDir;

    const FAULT: AuditFault = AuditFault::CheckpointRemoved { number: 7 };

    /// Where a run was cut off that has found something.
    fn cut_off(folder: &TempDir) -> PathBuf {
        let file = folder.path().join("state");
        let (mut shown, _) = ShownVerification::open(&file, "store").unwrap();
        shown.found(&FAULT);
        let segment = AuditSegment::first(2);
        shown.note(&VerificationStep { segment, seen: 5, hash: segment.origin(), done: 9 }).unwrap();
        file
    }

    #[test]
    fn what_an_earlier_run_has_found_is_counted_once() {
        let folder = TempDir::new().unwrap();
        let (mut shown, step) = ShownVerification::open(&cut_off(&folder), "store").unwrap();
        assert_eq!(step.unwrap().done, 9);
        shown.found(&FAULT);
        assert_eq!(shown.faults(), 1);
        shown.found(&AuditFault::CheckpointRemoved { number: 8 });
        assert_eq!(shown.faults(), 2);
    }

    #[test]
    fn a_run_of_long_ago_is_not_continued() {
        let folder = TempDir::new().unwrap();
        let file = cut_off(&folder);
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
        let (shown, step) = ShownVerification::open(&file, "store").unwrap();
        assert_eq!((shown.faults(), step), (0, None));
    }
}
