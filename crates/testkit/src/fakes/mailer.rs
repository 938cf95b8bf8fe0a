//! A mailer that keeps what it is given.

use super::lock;
use async_trait::async_trait;
use std::sync::Mutex;
use threshold_application::ports::{MailError, Mailer};
use threshold_domain::mail::Mail;

/// Keeps every mail in order, unless it is told to fail.
#[derive(Debug, Default)]
pub struct FakeMailer {
    sent: Mutex<Vec<Mail>>,
    failure: Mutex<Option<MailFailure>>,
}

/// How a [`FakeMailer`] fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFailure {
    /// For now.
    Temporary,
    /// For good.
    Permanent,
}

impl FakeMailer {
    /// Fails every mail from now on, or none.
    pub fn set_failure(&self, failure: Option<MailFailure>) {
        *lock(&self.failure) = failure;
    }

    /// What was sent, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        lock(&self.sent).clone()
    }
}

#[async_trait]
impl Mailer for FakeMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        match *lock(&self.failure) {
            Some(MailFailure::Temporary) => Err(MailError::Temporary("the test wants it so".into())),
            Some(MailFailure::Permanent) => Err(MailError::Permanent("the test wants it so".into())),
            None => {
                lock(&self.sent).push(mail.clone());
                Ok(())
            }
        }
    }
}
