//! Where the mail server is, and how long is waited for it.

use super::SmtpUrl;
use std::path::PathBuf;
use std::time::Duration;

/// What the mailer needs to know.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Where the server is.
    pub url: SmtpUrl,
    /// How long it may take until the server has accepted a mail, connecting included.
    pub timeout: Duration,
    /// A file of certificates in PEM whose authorities are trusted besides the public ones.
    pub authorities: Option<PathBuf>,
}

impl SmtpSettings {
    /// Ten seconds a mail, and public authorities alone.
    #[must_use]
    pub fn new(url: SmtpUrl) -> Self {
        Self { url, timeout: Duration::from_secs(10), authorities: None }
    }
}
