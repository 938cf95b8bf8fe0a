//! A SQLite file that nobody has open.

use crate::connections::log_of;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What such a file looked like.
pub(crate) struct AtRest {
    file: PathBuf,
    written: Option<SystemTime>,
}

impl AtRest {
    /// The file, if it is at rest: whoever writes keeps a log beside it.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        (!log_of(file).exists()).then(|| Self { file: file.to_owned(), written: written(file) })
    }

    /// Whether somebody has it open now, or had in between: whoever goes away takes the log into the file.
    pub(crate) fn is_over(&self) -> bool {
        log_of(&self.file).exists() || written(&self.file) != self.written
    }
}

fn written(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}
