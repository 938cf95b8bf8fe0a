//! Asking for a mail with a link.

use crate::ports::{Clock, IdGenerator, SessionSecrets, StoreError, Transaction, UnitOfWork};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Email, LinkPurpose};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::limits::AttemptLimit;
use threshold_domain::mail::Language;

/// How often one address is written to for one purpose, however many ask for it.
pub(super) const LINK_LIMIT: AttemptLimit = AttemptLimit { failures: 5, window: TimeDelta::hours(1) };

/// Has a link mailed. Whether anybody has the address is found out later, by the job: asking takes the same time for all.
pub struct RequestLink {
    /// Counts how often it was asked, and writes the job.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Names what is counted.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job.
    pub ids: Arc<dyn IdGenerator>,
}

impl RequestLink {
    /// Has a link for `purpose` sent to `email`, if it is somebody's. Who asks for too many gets none, and isn't told.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn execute(
        &self,
        initiator: &Initiator,
        purpose: LinkPurpose,
        email: Email,
        language: Language,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let task = Task::SendLink { purpose, to: email.clone(), language };
        let mut tx = self.unit_of_work.begin().await?;
        if count_link(tx.as_mut(), self.secrets.as_ref(), purpose, &email, now).await?.is_some() {
            return Ok(());
        }
        tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        if purpose == LinkPurpose::ResetPassword {
            tx.audit().record(AuditEvent::new(AuditAction::PasswordResetRequested, initiator, now));
        }
        tx.commit().await
    }
}

/// Counts one more link for a purpose to an address. Where that is one too many: when it is worth trying again.
pub(super) async fn count_link(
    tx: &mut dyn Transaction,
    secrets: &dyn SessionSecrets,
    purpose: LinkPurpose,
    email: &Email,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let key = secrets.attempt_key(&["link", purpose.as_str(), email.canonical()]);
    Ok(LINK_LIMIT.exceeded(tx.attempts().count(key, now, now - LINK_LIMIT.window).await?))
}
