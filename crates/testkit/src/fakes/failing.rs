//! A store that fails when a test wants it to.

use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use threshold_application::ports::{
    AccountReader, ApiKeyLookup, ApiKeyReader, ApiKeyRepository, AttemptReader, AttemptRepository, AuditRepository,
    EndedSession, FoundSession, GrantRepository, GrantsChange, JobRepository, LinkRepository, PasswordRepository,
    Renewal, RenewedSession, RevokedApiKey, RoleRepository, SessionReader, SessionRenewals, SessionRepository,
    StoreError, Transaction, UnitOfWork, UserIntake, UserRepository,
};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyStanding};
use threshold_domain::accounts::{Credentials, Login, User, UserId};
use threshold_domain::limits::{AttemptCount, AttemptKey};
use threshold_domain::sessions::{SecretDigest, Session, SessionId};

use super::InMemoryStore;

/// A store in memory that can be made to fail: before anything, or only at the commit.
#[derive(Debug, Clone, Default)]
pub struct FailingUnitOfWork {
    store: InMemoryStore,
    down: Arc<AtomicBool>,
    commits_fail: Arc<AtomicBool>,
}

impl FailingUnitOfWork {
    /// Over `store`, in order until told otherwise.
    #[must_use]
    pub fn over(store: InMemoryStore) -> Self {
        Self { store, ..Self::default() }
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// Whether commits fail from now on.
    pub fn set_commits_fail(&self, fail: bool) {
        self.commits_fail.store(fail, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.down.load(Ordering::SeqCst) { Err(unavailable()) } else { Ok(()) }
    }
}

struct FailingTransaction {
    inner: Box<dyn Transaction>,
    commits_fail: bool,
}

#[async_trait]
impl UnitOfWork for FailingUnitOfWork {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.check()?;
        let inner = self.store.begin().await?;
        Ok(Box::new(FailingTransaction { inner, commits_fail: self.commits_fail.load(Ordering::SeqCst) }))
    }
}

#[async_trait]
impl Transaction for FailingTransaction {
    fn users(&mut self) -> &mut dyn UserRepository {
        self.inner.users()
    }

    fn roles(&mut self) -> &mut dyn RoleRepository {
        self.inner.roles()
    }

    fn grants(&mut self) -> &mut dyn GrantRepository {
        self.inner.grants()
    }

    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository {
        self.inner.api_keys()
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self.inner.passwords()
    }

    fn intake(&mut self) -> &mut dyn UserIntake {
        self.inner.intake()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.inner.sessions()
    }

    fn attempts(&mut self) -> &mut dyn AttemptRepository {
        self.inner.attempts()
    }

    fn links(&mut self) -> &mut dyn LinkRepository {
        self.inner.links()
    }

    fn jobs(&mut self) -> &mut dyn JobRepository {
        self.inner.jobs()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.inner.audit()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.commits_fail { Err(unavailable()) } else { self.inner.commit().await }
    }
}

#[async_trait]
impl AccountReader for FailingUnitOfWork {
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.check()?;
        AccountReader::find(&self.store, id).await
    }

    async fn find_by_login(&self, login: &Login) -> Result<Option<Credentials>, StoreError> {
        self.check()?;
        self.store.find_by_login(login).await
    }

    async fn credentials(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        self.check()?;
        self.store.credentials(id).await
    }
}

#[async_trait]
impl SessionReader for FailingUnitOfWork {
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError> {
        self.check()?;
        self.store.ended_since(since).await
    }

    async fn grants_changed_since(&self, since: Timestamp) -> Result<Vec<GrantsChange>, StoreError> {
        self.check()?;
        self.store.grants_changed_since(since).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<FoundSession>, StoreError> {
        self.check()?;
        SessionReader::find(&self.store, id).await
    }

    async fn open_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.check()?;
        self.store.open_of(user, now).await
    }
}

#[async_trait]
impl ApiKeyLookup for FailingUnitOfWork {
    async fn by_digest(&self, digest: &SecretDigest) -> Result<Option<ApiKeyStanding>, StoreError> {
        self.check()?;
        self.store.by_digest(digest).await
    }
}

#[async_trait]
impl ApiKeyReader for FailingUnitOfWork {
    async fn page(&self, after: Option<ApiKeyId>, at_most: u32) -> Result<Vec<ApiKey>, StoreError> {
        self.check()?;
        self.store.page(after, at_most).await
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        self.check()?;
        ApiKeyReader::find(&self.store, id).await
    }

    async fn revoked_since(&self, since: Timestamp) -> Result<Vec<RevokedApiKey>, StoreError> {
        self.check()?;
        self.store.revoked_since(since).await
    }
}

#[async_trait]
impl AttemptReader for FailingUnitOfWork {
    async fn counted(&self, key: AttemptKey) -> Result<Option<AttemptCount>, StoreError> {
        self.check()?;
        self.store.counted(key).await
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("the test wants it so".into())
}

#[async_trait]
impl SessionRenewals for FailingUnitOfWork {
    async fn renew(&self, renewal: &(dyn Fn() -> Renewal + Send + Sync)) -> Result<Option<RenewedSession>, StoreError> {
        self.check()?;
        if self.commits_fail.load(Ordering::SeqCst) { Err(unavailable()) } else { self.store.renew(renewal).await }
    }
}
