//! A store in memory.

mod access;
mod api_keys;
mod attempts;
mod audit;
mod directory;
mod jobs;
mod links;
mod sessions;
mod signing_keys;
mod transfer;

use super::lock;
use api_keys::StoredKey;
use async_trait::async_trait;
use audit::AuditTables;
use futures::lock::{Mutex as AsyncMutex, OwnedMutexGuard};
use std::sync::{Arc, Mutex};
use threshold_application::ports::{
    AccountReader, ApiKeyRepository, AttemptRepository, AuditRepository, GrantRepository, GrantsChange, JobRepository,
    LinkRepository, PasswordRepository, PersonalData, PersonalDataReader, RoleRepository, SessionRepository,
    StoreError, Transaction, Uniqueness, UnitOfWork, UserIntake, UserRepository,
};
use threshold_domain::Timestamp;
use threshold_domain::access::Role;
use threshold_domain::accounts::{
    AccountLink, Credentials, Login, PasswordHash, PasswordVersion, Standing, User, UserId,
};
use threshold_domain::jobs::Job;
use threshold_domain::limits::{AttemptCount, AttemptKey};
use threshold_domain::sessions::{Session, SigningKey};

/// Every store port over tables in memory. Transactions run one after the other, each on a copy that it puts back at the end.
#[derive(Debug, Clone, Default)]
pub struct InMemoryStore {
    committed: Arc<Mutex<Tables>>,
    writing: Arc<AsyncMutex<()>>,
}

#[derive(Debug, Clone)]
struct Tables {
    users: Vec<Credentials>,
    roles: Vec<Role>,
    last_grants_version: i64,
    /// The last change of each.
    grants_changes: Vec<GrantsChange>,
    api_keys: Vec<StoredKey>,
    sessions: Vec<Session>,
    attempts: Vec<(AttemptKey, AttemptCount)>,
    signing_keys: Vec<SigningKey>,
    jobs: Vec<Job>,
    ticks: Vec<(String, Timestamp)>,
    links: Vec<AccountLink>,
    audit: AuditTables,
}

struct InMemoryTransaction {
    committed: Arc<Mutex<Tables>>,
    tables: Tables,
    _writing: OwnedMutexGuard<()>,
}

#[async_trait]
impl UnitOfWork for InMemoryStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        let writing = Arc::clone(&self.writing).lock_owned().await;
        let tables = lock(&self.committed).clone();
        Ok(Box::new(InMemoryTransaction { committed: Arc::clone(&self.committed), tables, _writing: writing }))
    }
}

#[async_trait]
impl Transaction for InMemoryTransaction {
    fn users(&mut self) -> &mut dyn UserRepository {
        &mut self.tables
    }

    fn roles(&mut self) -> &mut dyn RoleRepository {
        &mut self.tables
    }

    fn grants(&mut self) -> &mut dyn GrantRepository {
        &mut self.tables
    }

    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository {
        &mut self.tables
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        &mut self.tables
    }

    fn intake(&mut self) -> &mut dyn UserIntake {
        &mut self.tables
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        &mut self.tables
    }

    fn attempts(&mut self) -> &mut dyn AttemptRepository {
        &mut self.tables
    }

    fn links(&mut self) -> &mut dyn LinkRepository {
        &mut self.tables
    }

    fn jobs(&mut self) -> &mut dyn JobRepository {
        &mut self.tables
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        &mut self.tables
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.tables.audit.keep();
        let mut committed = lock(&self.committed);
        // Keys are not part of a transaction: those that came in the meantime stay.
        let signing_keys = std::mem::take(&mut committed.signing_keys);
        *committed = Tables { signing_keys, ..self.tables };
        Ok(())
    }
}

/// The rule that two living users with these names would break.
fn name_conflict(other: &User, user: &User) -> Option<Uniqueness> {
    if other.deleted_at.is_some() || user.deleted_at.is_some() {
        None
    } else if other.email == user.email {
        Some(Uniqueness::Email)
    } else {
        let is_taken = other.username.is_some() && other.username == user.username;
        is_taken.then_some(Uniqueness::Username)
    }
}

impl Tables {
    fn living(&mut self, id: UserId) -> Option<&mut Credentials> {
        self.users.iter_mut().find(|one| one.user.id == id && one.user.deleted_at.is_none())
    }
}

#[async_trait]
impl UserRepository for Tables {
    async fn insert(&mut self, user: &User, password_hash: Option<&PasswordHash>) -> Result<(), StoreError> {
        let taken = self.users.iter().find_map(|Credentials { user: other, .. }| {
            if other.id == user.id { Some(Uniqueness::Id) } else { name_conflict(other, user) }
        });
        if let Some(rule) = taken {
            return Err(StoreError::NotUnique(rule));
        }
        self.check_roles(&user.roles)?;
        self.users.push(Credentials {
            user: user.clone(),
            password_hash: password_hash.cloned(),
            password_version: PasswordVersion::default(),
        });
        Ok(())
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.users.iter().map(|one| &one.user).find(|user| user.id == id && user.deleted_at.is_none()).cloned())
    }

    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        UserRepository::find(self, id).await
    }

    async fn lock_deleted(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.users.iter().map(|one| &one.user).find(|user| user.id == id && user.deleted_at.is_some()).cloned())
    }

    async fn update(&mut self, user: &User) -> Result<(), StoreError> {
        let mut others = self.users.iter().map(|one| &one.user).filter(|other| other.id != user.id);
        if let Some(rule) = others.find_map(|other| name_conflict(other, user)) {
            return Err(StoreError::NotUnique(rule));
        }
        if let Some(stored) = self.users.iter_mut().map(|one| &mut one.user).find(|stored| stored.id == user.id) {
            let (last_login_at, created_at, roles) = (stored.last_login_at, stored.created_at, stored.roles.clone());
            *stored = User { last_login_at, created_at, roles, ..user.clone() };
        }
        Ok(())
    }

    async fn erase(&mut self, deleted_before: Timestamp, at_most: u32) -> Result<Vec<UserId>, StoreError> {
        let is_over = |user: &User| user.deleted_at.is_some_and(|at| at < deleted_before);
        let mut over: Vec<User> = self.users.iter().map(|one| one.user.clone()).filter(is_over).collect();
        over.sort_by_key(|user| user.deleted_at);
        over.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
        let erased: Vec<UserId> = over.iter().map(|user| user.id).collect();
        self.users.retain(|one| !erased.contains(&one.user.id));
        self.sessions.retain(|session| !erased.contains(&session.user_id));
        self.links.retain(|link| !erased.contains(&link.user_id));
        self.forget_users_as_makers(&erased);
        Ok(erased)
    }

    async fn record_login(&mut self, id: UserId, password: PasswordVersion, at: Timestamp) -> Result<bool, StoreError> {
        let may = |one: &&mut Credentials| one.password_version == password && one.user.standing != Standing::Suspended;
        let credentials = self.living(id).filter(may);
        Ok(credentials.map(|one| one.user.last_login_at = Some(at)).is_some())
    }
}

#[async_trait]
impl PasswordRepository for Tables {
    async fn version(&mut self, id: UserId) -> Result<PasswordVersion, StoreError> {
        Ok(self.users.iter().find(|one| one.user.id == id).map(|one| one.password_version).unwrap_or_default())
    }

    async fn exists(&mut self, id: UserId) -> Result<bool, StoreError> {
        Ok(self.users.iter().any(|one| one.user.id == id && one.password_hash.is_some()))
    }

    async fn replace(&mut self, id: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError> {
        if let Some(Credentials { user, password_hash, password_version }) = self.living(id) {
            *password_hash = Some(hash.clone());
            *password_version = password_version.next();
            (user.updated_at, user.version) = (at, user.version + 1);
        }
        Ok(())
    }

    async fn upgrade(&mut self, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError> {
        let credentials = self.users.iter_mut().find(|one| one.user.id == id);
        if let Some(hash) = credentials.and_then(|one| one.password_hash.as_mut()).filter(|hash| **hash == *old) {
            *hash = new.clone();
        }
        Ok(())
    }
}

#[async_trait]
impl AccountReader for InMemoryStore {
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let tables = lock(&self.committed);
        let user = tables.users.iter().map(|one| &one.user).find(|user| user.id == id && user.deleted_at.is_none());
        Ok(user.cloned())
    }

    async fn find_by_login(&self, login: &Login) -> Result<Option<Credentials>, StoreError> {
        let tables = lock(&self.committed);
        let named = |user: &User| match login {
            Login::Email(email) => user.email == *email,
            Login::Username(username) => user.username.as_ref() == Some(username),
        };
        Ok(tables.users.iter().find(|one| one.user.deleted_at.is_none() && named(&one.user)).cloned())
    }

    async fn credentials(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        let tables = lock(&self.committed);
        Ok(tables.users.iter().find(|one| one.user.deleted_at.is_none() && one.user.id == id).cloned())
    }
}

#[async_trait]
impl PersonalDataReader for InMemoryStore {
    async fn of(&self, user: UserId) -> Result<Option<PersonalData>, StoreError> {
        let tables = lock(&self.committed).clone();
        let owner = tables.users.into_iter().find(|one| one.user.id == user && one.user.deleted_at.is_none());
        let Some(Credentials { user: owner, password_hash, .. }) = owner else { return Ok(None) };
        let mut sessions: Vec<_> = tables.sessions.into_iter().filter(|session| session.user_id == user).collect();
        let mut links: Vec<_> = tables.links.into_iter().filter(|link| link.user_id == user).collect();
        sessions.sort_by_key(|session| (session.created_at, session.id.as_uuid()));
        links.sort_by_key(|link| (link.created_at, link.id.as_uuid()));
        Ok(Some(PersonalData { user: owner, has_password: password_hash.is_some(), sessions, links }))
    }
}
