//! The mails that the service has written into files.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A mail is there long before.
const PATIENCE: Duration = Duration::from_secs(10);

/// Everybody's mails.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Lives as long as somebody looks into it.
    installation: Arc<TempDir>,
}

/// A mail as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadMail {
    file: PathBuf,
    /// Its lines, headers and parts, with soft line breaks undone.
    pub text: String,
}

impl Mailbox {
    pub(crate) fn of(installation: Arc<TempDir>) -> Self {
        Self { installation }
    }

    /// Those to that address by now, in the order in which they were sent.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<ReadMail> {
        let Ok(folder) = fs::read_dir(self.installation.path().join("mails")) else { return Vec::new() };
        let files = folder.map(|entry| entry.unwrap().path());
        let complete = files.filter(|file| file.extension().is_some_and(|extension| extension == "eml"));
        let mut mails: Vec<_> = complete.map(ReadMail::read).filter(|mail| mail.is_to(address)).collect();
        mails.sort();
        mails
    }

    /// Waits until so many have come to that address; answers them.
    pub async fn wait_for(&self, address: &str, mails: usize) -> Vec<ReadMail> {
        let started = Instant::now();
        loop {
            let found = self.to(address);
            if found.len() >= mails {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "{} of {mails} mails to {address}", found.len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The secret of the newest link to that page that was sent to an address, once so many mails have come.
    pub async fn secret(&self, address: &str, mails: usize, page: &str) -> String {
        let mails = self.wait_for(address, mails).await;
        let secret = mails.iter().rev().find_map(|mail| mail.secret(page));
        secret.unwrap_or_else(|| panic!("no link to {page} in {mails:?}"))
    }
}

impl ReadMail {
    fn read(file: PathBuf) -> Self {
        let raw = fs::read_to_string(&file).unwrap();
        Self { text: raw.replace("=\r\n", "").replace("=3D", "="), file }
    }

    fn is_to(&self, address: &str) -> bool {
        self.text.lines().any(|line| line == format!("To: {address}"))
    }

    /// The secret of its link to that page.
    #[must_use]
    pub fn secret(&self, page: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("/{page}/"))?;
        Some(rest.chars().take(43).collect())
    }
}
