//! Telling the owner of an account what has happened to it.

use crate::ports::{MailError, Mailer};
use std::sync::Arc;
use threshold_domain::accounts::Email;
use threshold_domain::jobs::Job;
use threshold_domain::mail::{Language, Mail, MailContent, MailId, MailLink, Notice};

/// Mails notices.
pub struct SendNotice {
    /// Sends them.
    pub mailer: Arc<dyn Mailer>,
    /// Where links lead.
    pub public_url: String,
}

impl SendNotice {
    /// Sends a notice. Done again for the same job it is the same mail.
    ///
    /// # Errors
    /// When the mailer failed.
    pub async fn execute(&self, job: &Job, notice: Notice, to: &Email, language: Language) -> Result<(), MailError> {
        let content = match notice {
            Notice::PasswordChanged => MailContent::PasswordChanged,
            Notice::AlreadyRegistered => {
                MailContent::AlreadyRegistered { link: MailLink::to_page(&self.public_url, "login") }
            }
            Notice::EmailChangeRequested { new_address } => MailContent::EmailChangeRequested { new_address },
            Notice::EmailChanged { new_address } => MailContent::EmailChanged { new_address },
            Notice::AccountDeleted { purge_after } => MailContent::AccountDeleted { purge_after },
        };
        let mail = Mail { id: MailId::new(job.id.as_uuid()), to: to.clone(), language, content };
        self.mailer.send(&mail).await
    }
}
