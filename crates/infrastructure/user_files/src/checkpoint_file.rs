//! How far bringing in a file got, as it is kept beside it.

use crate::format::Format;
use crate::kept::{beside, create_private};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use threshold_application::ports::{Checkpoint, ImportTally};
use threshold_domain::accounts::UserId;
use uuid::Uuid;

/// What was read, and for whom: a checkpoint holds for exactly this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    inode: u64,
    bytes: u64,
    /// When the file was last touched, which nobody can set back.
    changed: (i64, i64),
    format: String,
    pub(crate) store: String,
}

impl Identity {
    pub(crate) fn of(file: &File, format: Format, store: &str) -> io::Result<Self> {
        let data = file.metadata()?;
        Ok(Self {
            inode: data.ino(),
            bytes: data.len(),
            changed: (data.ctime(), data.ctime_nsec()),
            format: format.as_str().to_owned(),
            store: store.to_owned(),
        })
    }
}

/// The text of the file.
#[derive(Serialize, Deserialize)]
struct Saved {
    of: Identity,
    position: u64,
    lines: u64,
    imported: u64,
    already_there: u64,
    refused: u64,
    newest: Option<Uuid>,
    rejected_bytes: u64,
    reasons_bytes: u64,
}

/// A checkpoint, with how long the files are in which refused lines are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) rejected_bytes: u64,
    pub(crate) reasons_bytes: u64,
}

/// The file that holds it.
pub(crate) struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    pub(crate) fn of(import: &Path) -> Self {
        Self { path: beside(import, "progress") }
    }

    /// Whether there is one, good or not: an earlier run did not come to its end.
    pub(crate) fn exists(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok()
    }

    /// What it says, if it is about `identity`. One that can't be read says nothing: then all is done again, which does no harm.
    pub(crate) fn load(&self, identity: &Identity) -> Option<Progress> {
        let saved: Saved = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        let Saved { imported, already_there, refused, position, lines, .. } = saved;
        let progress = Progress {
            checkpoint: Checkpoint {
                position,
                lines,
                tally: ImportTally { imported, already_there, refused },
                newest: saved.newest.map(UserId::new),
            },
            rejected_bytes: saved.rejected_bytes,
            reasons_bytes: saved.reasons_bytes,
        };
        (saved.of == *identity).then_some(progress)
    }

    /// Replaces it as a whole.
    pub(crate) fn save(&self, identity: &Identity, progress: &Progress) -> io::Result<()> {
        let Checkpoint { position, lines, tally, newest } = &progress.checkpoint;
        let saved = Saved {
            of: identity.clone(),
            position: *position,
            lines: *lines,
            imported: tally.imported,
            already_there: tally.already_there,
            refused: tally.refused,
            newest: newest.map(|id| id.as_uuid()),
            rejected_bytes: progress.rejected_bytes,
            reasons_bytes: progress.reasons_bytes,
        };
        let new = beside(&self.path, "new");
        create_private(&new)?.write_all(&serde_json::to_vec(&saved)?)?;
        fs::rename(new, &self.path)
    }

    pub(crate) fn remove(&self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}
