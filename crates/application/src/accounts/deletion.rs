//! What every deletion of an account does, whoever asks for it.

use crate::ports::{IdGenerator, News, StoreError, Transaction};
use crate::sessions::Announcer;
use chrono::TimeDelta;
use threshold_domain::Timestamp;
use threshold_domain::access::BuiltInRole;
use threshold_domain::accounts::{Email, LinkPurpose, User};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Notice};

/// An account that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// When it was.
    pub deleted_at: Timestamp,
    /// When it is erased for good.
    pub purge_after: Timestamp,
}

/// Why an account is not deleted.
pub(super) enum NotDeleted {
    /// Nobody active would be an administrator any more.
    LastAdmin,
    /// The store failed.
    Store(StoreError),
}

/// What a deletion needs.
pub(super) struct Deleting<'a> {
    /// Who wants it.
    pub(super) initiator: &'a Initiator,
    pub(super) announcer: &'a Announcer,
    pub(super) ids: &'a dyn IdGenerator,
    pub(super) retention: TimeDelta,
    pub(super) now: Timestamp,
    /// Of the mail to the owner.
    pub(super) language: Language,
}

impl Deleting<'_> {
    /// Deletes a user who was locked in this transaction; one who is an administrator, with the next version of grants taken
    /// before: of two who leave at once the second finds out that they are the last one. Answers what is to be announced once it
    /// is committed.
    pub(super) async fn delete(
        &self,
        tx: &mut dyn Transaction,
        user: User,
    ) -> Result<(Deletion, Vec<News>), NotDeleted> {
        let now = self.now;
        let (id, admin) = (user.id, BuiltInRole::Admin.name());
        let was_admin = user.roles.contains(&admin);
        // An address that nobody has proven may be a stranger's, who would be written to with each account made and deleted.
        let owner = user.email_verified_at.map(|_proven| user.email.clone());
        tx.users().update(&user.deleted(now)).await?;
        if was_admin && tx.grants().active_holders(&admin).await? == 0 {
            return Err(NotDeleted::LastAdmin);
        }
        for purpose in LinkPurpose::ALL {
            tx.links().void(id, purpose, now).await?;
        }
        let ended = tx.sessions().end_all(id, None, now).await?;
        tx.audit().record(AuditEvent::new(AuditAction::UserArchived, self.initiator, now).on(Subject::User(id)));
        let deletion = Deletion { deleted_at: now, purge_after: now + self.retention };
        if let Some(owner) = owner {
            self.tell(tx, owner, deletion).await?;
        }
        let ended = ended.into_iter().map(|session| self.announcer.ended(session, now));
        Ok((deletion, ended.chain([News::UserChanged(id)]).collect()))
    }

    async fn tell(&self, tx: &mut dyn Transaction, to: Email, deletion: Deletion) -> Result<(), StoreError> {
        let notice = Notice::AccountDeleted { purge_after: deletion.purge_after };
        let task = Task::SendNotice { notice, to, language: self.language };
        tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, self.now, self.now)).await
    }
}

impl From<StoreError> for NotDeleted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
