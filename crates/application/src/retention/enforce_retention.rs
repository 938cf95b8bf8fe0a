//! Forgetting what is over.

use crate::ports::{Clock, StoreError, UnitOfWork};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::accounts::UserId;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use tracing::info;

/// Failed sign-ins count for an hour at most.
const ATTEMPTS_KEPT: TimeDelta = TimeDelta::hours(1);
/// How long after its end a mailed link is told from one that never was.
const LINKS_KEPT: TimeDelta = TimeDelta::days(7);
/// How long a segment of the audit log takes records: they are erased together.
const SEGMENT_SPAN: TimeDelta = TimeDelta::days(7);
/// How long a key that was revoked or has expired is told from one that never was.
const KEYS_KEPT: TimeDelta = TimeDelta::days(30);
/// How many rows of a kind one step deletes, so that nobody waits for it.
const STEP: u32 = 1000;
/// The same for accounts, of which much else hangs.
const ACCOUNTS_STEP: u32 = 100;

/// Deletes whatever was kept for as long as it may be.
pub struct EnforceRetention {
    /// Deletes.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells what is over.
    pub clock: Arc<dyn Clock>,
    /// How long things are kept.
    pub periods: RetentionPeriods,
}

/// How long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionPeriods {
    /// A session after its end, so that it can be looked into.
    pub sessions: TimeDelta,
    /// An account after its deletion, so that it can be brought back.
    pub accounts: TimeDelta,
    /// A job that was given up, so that it can be looked into.
    pub dead_jobs: TimeDelta,
    /// A record of the audit log, and a week more, because they go by segments.
    pub audit: TimeDelta,
}

/// What a run has deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// Sessions.
    pub sessions: u32,
    /// Counts of failed sign-ins and of mails.
    pub attempts: u32,
    /// Mailed links.
    pub links: u32,
    /// Jobs that were given up.
    pub dead_jobs: u32,
    /// Records of the audit log.
    pub audit_records: u32,
    /// Checkpoints of it.
    pub checkpoints: u32,
    /// API keys.
    pub api_keys: u32,
    /// Accounts, of which nothing is left.
    pub accounts: Vec<UserId>,
}

impl EnforceRetention {
    /// Deletes everything that is over, in small transactions; answers and logs what it was. Instances that do it at once do no
    /// harm.
    ///
    /// # Errors
    /// When the store failed: what was deleted before stays so.
    pub async fn execute(&self) -> Result<RetentionReport, StoreError> {
        let mut total = RetentionReport::default();
        let outcome = self.delete(&mut total).await;
        info!(
            sessions = total.sessions,
            attempts = total.attempts,
            links = total.links,
            dead_jobs = total.dead_jobs,
            api_keys = total.api_keys,
            audit_records = total.audit_records,
            checkpoints = total.checkpoints,
            accounts = total.accounts.len(),
            "deleted what was kept long enough"
        );
        outcome.map(|()| total)
    }

    /// One kind after the other, each step a transaction of its own: it holds nothing that anybody waits for long, and waits for
    /// nobody.
    async fn delete(&self, total: &mut RetentionReport) -> Result<(), StoreError> {
        let now = self.clock.now();
        for kind in Kind::ALL {
            while self.step(kind, total, now).await? {}
        }
        Ok(())
    }

    /// Deletes a little of a kind; answers whether there may be more.
    async fn step(&self, kind: Kind, total: &mut RetentionReport, now: Timestamp) -> Result<bool, StoreError> {
        let RetentionPeriods { sessions, accounts, dead_jobs, audit } = self.periods;
        let mut tx = self.unit_of_work.begin().await?;
        let (deleted, counter) = match kind {
            Kind::Accounts => {
                let erased = tx.users().erase(now - accounts, ACCOUNTS_STEP).await?;
                for user in &erased {
                    let event = AuditEvent::new(AuditAction::UserDeleted, &Initiator::system(), now);
                    tx.audit().record(event.on(Subject::User(*user)));
                }
                tx.commit().await?;
                for user in &erased {
                    info!(user = %user.as_uuid(), "erased an account whose retention is over");
                }
                let has_more = u32::try_from(erased.len()) == Ok(ACCOUNTS_STEP);
                total.accounts.extend(erased);
                return Ok(has_more);
            }
            Kind::Sessions => (tx.sessions().purge(now - sessions, STEP).await?, &mut total.sessions),
            Kind::Links => (tx.links().purge(now - LINKS_KEPT, STEP).await?, &mut total.links),
            Kind::Attempts => (tx.attempts().purge(now - ATTEMPTS_KEPT, STEP).await?, &mut total.attempts),
            Kind::Audit => {
                tx.audit().close_segments(now - SEGMENT_SPAN, now).await?;
                let erased = tx.audit().erase(now - audit, now, STEP).await?;
                if erased > 0 {
                    let event = AuditEvent::new(AuditAction::AuditErased, &Initiator::system(), now);
                    tx.audit().record(event.with("records", erased));
                }
                (erased, &mut total.audit_records)
            }
            Kind::Checkpoints => (tx.audit().erase_checkpoints(now - audit, STEP).await?, &mut total.checkpoints),
            Kind::ApiKeys => (tx.api_keys().purge(now - KEYS_KEPT, STEP).await?, &mut total.api_keys),
            Kind::DeadJobs => (tx.jobs().purge_dead(now - dead_jobs, STEP).await?, &mut total.dead_jobs),
        };
        tx.commit().await?;
        *counter += deleted;
        Ok(deleted == STEP)
    }
}

/// What is kept for a while.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Accounts,
    Sessions,
    Links,
    Attempts,
    DeadJobs,
    ApiKeys,
    Audit,
    Checkpoints,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Accounts,
        Self::Sessions,
        Self::Links,
        Self::Attempts,
        Self::DeadJobs,
        Self::ApiKeys,
        Self::Audit,
        Self::Checkpoints,
    ];
}
