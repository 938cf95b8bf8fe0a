//! A store in memory.

mod attempts;
mod jobs;
mod links;
mod sessions;
mod signing_keys;
mod transfer;

use super::lock;
use async_trait::async_trait;
use futures::lock::{Mutex as AsyncMutex, OwnedMutexGuard};
use std::sync::{Arc, Mutex};
use threshold_application::ports::{
    AccountReader, AttemptRepository, JobRepository, LinkRepository, SessionRepository, StoreError, Transaction,
    Uniqueness, UnitOfWork, UserIntake, UserRepository,
};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, Credentials, Login, PasswordHash, Standing, User, UserId};
use threshold_domain::jobs::Job;
use threshold_domain::limits::{AttemptCount, AttemptKey};
use threshold_domain::sessions::{Session, SigningKey};

/// Every store port over tables in memory. Transactions run one after the other, each on a copy that it puts back at the end.
#[derive(Debug, Clone, Default)]
pub struct InMemoryStore {
    committed: Arc<Mutex<Tables>>,
    writing: Arc<AsyncMutex<()>>,
}

#[derive(Debug, Clone, Default)]
struct Tables {
    users: Vec<Credentials>,
    grants_changed: Vec<(UserId, Timestamp)>,
    sessions: Vec<Session>,
    attempts: Vec<(AttemptKey, AttemptCount)>,
    signing_keys: Vec<SigningKey>,
    jobs: Vec<Job>,
    ticks: Vec<(String, Timestamp)>,
    links: Vec<AccountLink>,
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

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let mut committed = lock(&self.committed);
        // Keys are not part of a transaction: those that came in the meantime stay.
        let signing_keys = std::mem::take(&mut committed.signing_keys);
        *committed = Tables { signing_keys, ..self.tables };
        Ok(())
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
        let holds = |other: &User| other.deleted_at.is_none() && user.deleted_at.is_none();
        let taken = self.users.iter().find_map(|Credentials { user: other, .. }| {
            if other.id == user.id {
                Some(Uniqueness::Id)
            } else if holds(other) && other.email == user.email {
                Some(Uniqueness::Email)
            } else if holds(other) && other.username.is_some() && other.username == user.username {
                Some(Uniqueness::Username)
            } else {
                None
            }
        });
        if let Some(rule) = taken {
            return Err(StoreError::NotUnique(rule));
        }
        self.users.push(Credentials { user: user.clone(), password_hash: password_hash.cloned() });
        Ok(())
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.users.iter().map(|one| &one.user).find(|user| user.id == id && user.deleted_at.is_none()).cloned())
    }

    async fn verify_email(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(Credentials { user, .. }) = self.living(id) {
            if user.standing == Standing::Unverified {
                user.standing = Standing::Active;
            }
            (user.email_verified_at, user.updated_at, user.version) = (Some(at), at, user.version + 1);
        }
        Ok(())
    }

    async fn set_password(&mut self, id: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError> {
        if let Some(Credentials { user, password_hash }) = self.living(id) {
            *password_hash = Some(hash.clone());
            (user.updated_at, user.version) = (at, user.version + 1);
        }
        Ok(())
    }

    async fn mark_grants_changed(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        self.grants_changed.push((id, at));
        Ok(())
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<bool, StoreError> {
        let user =
            self.users.iter_mut().map(|one| &mut one.user).find(|user| user.id == id && user.deleted_at.is_none());
        Ok(user.map(|user| user.last_login_at = Some(at)).is_some())
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
}
