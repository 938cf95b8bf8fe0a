//! Taking users elsewhere.

use crate::ports::{BoxError, Clock, StoreError, UnitOfWork, UserPages, UserSink};
use std::sync::Arc;
use threshold_domain::accounts::{UserId, UserRecord};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator};
use uuid::Uuid;

/// Users held in memory at once.
const PAGE: u32 = 1_000;

/// Writes down all users who are not deleted, in the order of their ids.
pub struct ExportUsers {
    /// Reads them.
    pub users: Arc<dyn UserPages>,
    /// Records that they are taken.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates the record.
    pub clock: Arc<dyn Clock>,
}

/// Why users were not all written down.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Where they are written to failed.
    #[error("the users can't be written")]
    Sink(#[source] BoxError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportUsers {
    /// Writes every user to `sink`, in a form of that name, with their hashes only if `with_hashes`, and answers how many. Who comes
    /// or goes meanwhile may be among them or not. It is recorded before the first is read.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub async fn execute(
        &self,
        initiator: &Initiator,
        sink: &mut dyn UserSink,
        form: &str,
        with_hashes: bool,
    ) -> Result<u64, ExportError> {
        self.record(initiator, form, with_hashes).await?;
        let (mut written, mut next) = (0, Some(UserId::new(Uuid::nil())));
        while let Some(from) = next {
            let page = self.users.page(from, PAGE, with_hashes).await?;
            for one in &page {
                let record = UserRecord::of(&one.user, one.password_hash.as_ref());
                sink.write(&record).map_err(ExportError::Sink)?;
                written += 1;
            }
            next = page.last().and_then(|last| successor(last.user.id));
        }
        Ok(written)
    }

    async fn record(&self, initiator: &Initiator, form: &str, with_hashes: bool) -> Result<(), StoreError> {
        let event = AuditEvent::new(AuditAction::UsersExported, initiator, self.clock.now())
            .with("format", form)
            .with("password_hashes", if with_hashes { "yes" } else { "no" });
        let mut tx = self.unit_of_work.begin().await?;
        tx.audit().record(event);
        tx.commit().await
    }
}

/// The next id that there can be; `None` behind the last.
fn successor(id: UserId) -> Option<UserId> {
    id.as_uuid().as_u128().checked_add(1).map(|next| UserId::new(Uuid::from_u128(next)))
}
