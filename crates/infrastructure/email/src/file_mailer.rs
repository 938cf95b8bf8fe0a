//! Mails in a folder.

use crate::Sender;
use crate::composer::Composer;
use async_trait::async_trait;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use threshold_application::ports::{BoxError, Clock, MailError, Mailer};
use threshold_domain::mail::Mail;

/// Puts each mail into a file of its own, `{time}-{mail id}.eml`: sorted by name they are sorted by time. A file is complete when
/// it appears under its name. It holds secrets, so only its owner may read it.
pub struct FileMailer {
    composer: Composer,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
}

impl FileMailer {
    /// Writes into `folder`, and makes it if it isn't there.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new(folder: PathBuf, sender: Sender, clock: Arc<dyn Clock>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { composer: Composer::new(sender, Arc::clone(&clock)), clock, folder })
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.composer.compose(mail)?.formatted();
        let name = format!("{}-{}.eml", self.clock.now().format("%Y%m%dT%H%M%S%.6fZ"), mail.id);
        let folder = self.folder.clone();
        // Waiting for the disk is no work for a thread that serves others.
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &message)).await;
        written.map_err(temporary)?.map_err(temporary)
    }
}

fn temporary(error: impl Into<BoxError>) -> MailError {
    MailError::Temporary(error.into())
}

fn write(folder: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let written = write_synced(&unfinished, message).and_then(|()| fs::rename(&unfinished, folder.join(name)));
    if written.is_err() {
        // On a full disk it is in the way; nobody looks for it.
        let _ = fs::remove_file(&unfinished);
    }
    // The new name is on the disk when the folder is.
    written.and_then(|()| File::open(folder)?.sync_all())
}

fn write_synced(path: &Path, message: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(message)?;
    file.sync_all()
}
