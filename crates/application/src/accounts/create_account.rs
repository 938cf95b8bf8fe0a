//! Making an account for somebody else.

use crate::access::{Exceeds, Reach};
use crate::ports::{Clock, HashingError, IdGenerator, PasswordHasher, StoreError, Transaction, Uniqueness, UnitOfWork};
use std::sync::Arc;
use threshold_domain::access::{Permission, Permissions, RoleName};
use threshold_domain::accounts::{
    AcceptedPassword, DisplayName, Email, LinkPurpose, PasswordHash, Standing, User, UserId, Username,
};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::Language;

/// Makes accounts for others: with a password they are in order from the start, as whoever makes one vouches for its address;
/// without one its owner is invited to choose it, and proves the address by that.
pub struct CreateAccount {
    /// Hashes the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stores the user.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates the account.
    pub clock: Arc<dyn Clock>,
    /// Names it, and the job that invites its owner.
    pub ids: Arc<dyn IdGenerator>,
}

/// An account that is to be, every value of it within the rules.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its address.
    pub email: Email,
    /// Its username, if it has one.
    pub username: Option<Username>,
    /// The name shown to others.
    pub display_name: Option<DisplayName>,
    /// Its password; without one its owner is invited.
    pub password: Option<AcceptedPassword>,
    /// The roles that it holds; `None` for those of everybody.
    pub roles: Option<Vec<RoleName>>,
}

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// Somebody else has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// Somebody else has this username.
    #[error("the username is taken")]
    UsernameTaken,
    /// One of the roles isn't there.
    #[error("there is no role of that name")]
    UnknownRole(RoleName),
    /// The caller lacks a permission that the user would have.
    #[error(transparent)]
    Exceeds(#[from] Exceeds),
    /// The password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// An account whose password is hashed: all that is left is to store it.
pub struct HashedAccount {
    user: User,
    password_hash: Option<PasswordHash>,
    chooses_roles: bool,
}

impl CreateAccount {
    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// `Hashing`.
    pub async fn hash(&self, account: NewAccount) -> Result<HashedAccount, CreateAccountError> {
        Ok(self.hashed(account).await?)
    }

    pub(super) async fn hashed(&self, account: NewAccount) -> Result<HashedAccount, HashingError> {
        let NewAccount { email, username, display_name, password, roles } = account;
        let password_hash = match password {
            Some(password) => Some(self.hasher.hash(password.into_inner()).await?),
            None => None,
        };
        let now = self.clock.now();
        let mut user = User::registered(UserId::new(self.ids.next()), email, username, display_name, now);
        if password_hash.is_some() {
            (user.standing, user.email_verified_at) = (Standing::Active, Some(now));
        }
        let chooses_roles = roles.is_some();
        if let Some(mut roles) = roles {
            roles.sort_unstable();
            roles.dedup();
            user.roles = roles;
        }
        Ok(HashedAccount { user, password_hash, chooses_roles })
    }

    /// The second half: changes the store, and should run to its end once it has begun. `caller` is whoever asks, or nobody where
    /// the operator does.
    ///
    /// # Errors
    /// `EmailTaken`, `UsernameTaken`, `UnknownRole`, `Exceeds`, `Store`.
    pub async fn store(
        &self,
        initiator: &Initiator,
        account: HashedAccount,
        language: Language,
    ) -> Result<User, CreateAccountError> {
        let user = &account.user;
        let mut tx = self.unit_of_work.begin().await?;
        if account.chooses_roles {
            // Whoever changes or deletes one of them meanwhile waits.
            tx.grants().next_version().await?;
            for name in &user.roles {
                let known = tx.roles().lock(name).await?;
                known.ok_or_else(|| CreateAccountError::UnknownRole(name.clone()))?;
            }
        }
        let reach = Reach::of(tx.as_mut(), initiator, Permission::UsersWrite, user.created_at).await?;
        let by_choice = if account.chooses_roles { Permission::RolesAssign.into() } else { Permissions::NONE };
        let is_invited = account.password_hash.is_none();
        account.insert(tx.as_mut(), initiator, if is_invited { "invited" } else { "created" }).await?;
        reach.covers(tx.grants().of(user.id).await?.permissions.with(by_choice))?;
        if is_invited {
            let task = Task::SendLink { purpose: LinkPurpose::Invite, to: user.email.clone(), language };
            let (id, now) = (JobId::new(self.ids.next()), user.created_at);
            tx.jobs().enqueue(&Job::new(id, task, now, now)).await?;
        }
        tx.commit().await?;
        Ok(account.user)
    }
}

impl HashedAccount {
    /// Stores the account with its password, and records how it was made.
    pub(super) async fn insert(
        &self,
        tx: &mut dyn Transaction,
        initiator: &Initiator,
        how: &'static str,
    ) -> Result<(), StoreError> {
        let user = &self.user;
        tx.users().insert(user, self.password_hash.as_ref()).await?;
        let names: Vec<_> = user.roles.iter().map(RoleName::as_str).collect();
        let made = AuditEvent::new(AuditAction::UserCreated, initiator, user.created_at).on(Subject::User(user.id));
        tx.audit().record(made.with("event", how).with("roles", names.join(" ")));
        Ok(())
    }

    /// The user, once they are stored.
    pub(super) fn into_user(self) -> User {
        self.user
    }
}

impl From<StoreError> for CreateAccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(Uniqueness::Email) => Self::EmailTaken,
            StoreError::NotUnique(Uniqueness::Username) => Self::UsernameTaken,
            error @ (StoreError::NotUnique(_)
            | StoreError::Unavailable(_)
            | StoreError::Overloaded
            | StoreError::Corrupt { .. }) => Self::Store(error),
        }
    }
}
