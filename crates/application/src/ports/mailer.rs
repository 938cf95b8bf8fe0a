//! Sending mail.

use super::BoxError;
use async_trait::async_trait;
use threshold_domain::mail::Mail;

/// Takes mails to where their readers find them.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail and returns when somebody else answers for it: a mail server has accepted it, a file is on the disk.
    ///
    /// It arrives at least once: after a failure, or when the future is dropped, nobody knows whether it did. So a mail is sent
    /// again under the same id, and every copy carries the same `Message-ID`, by which receivers can tell that they are one.
    ///
    /// Whatever is in the mail, it goes to its address alone and changes no header. Links in it are secrets: no error and no
    /// log holds them.
    ///
    /// # Errors
    /// `Temporary` if the same mail may be taken later, `Permanent` if it never will be.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The way is blocked for now: nobody answers or not in time, the other side asks to try later (4xx), or something must be
    /// set right first: certificates, credentials, space on a disk.
    #[error("the mail could not be sent now")]
    Temporary(#[source] BoxError),
    /// This mail is refused for good (5xx), by what its address or its content is.
    #[error("the mail was refused for good")]
    Permanent(#[source] BoxError),
}
