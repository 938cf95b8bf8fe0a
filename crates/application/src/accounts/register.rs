//! Making an account.

use super::request_link::count_link;
use crate::ports::{
    AccountReader, AttemptReader, Clock, HashingError, IdGenerator, Meter, Metric, PasswordHasher, SessionSecrets,
    StoreError, Uniqueness, UnitOfWork,
};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_domain::accounts::{
    DisplayName, Email, LinkPurpose, Login, PasswordHash, Registration, User, UserId, Username,
};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::limits::AttemptLimit;
use threshold_domain::mail::{Language, Notice};

/// How often an owner is told that somebody wants to register with their address.
const NOTICES: AttemptLimit = AttemptLimit { failures: 1, window: TimeDelta::hours(1) };

/// Makes an account that has yet to prove its address.
pub struct Register {
    /// Tells whether a name is taken.
    pub accounts: Arc<dyn AccountReader>,
    /// Hashes the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stores the user.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates the account.
    pub clock: Arc<dyn Clock>,
    /// Names it.
    pub ids: Arc<dyn IdGenerator>,
    /// Counts it.
    pub meter: Arc<dyn Meter>,
    /// Tells how often an owner was told.
    pub attempts: Arc<dyn AttemptReader>,
    /// Names what is written where an account was not made.
    pub secrets: Arc<dyn SessionSecrets>,
}

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Somebody else has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// Somebody else has this username.
    #[error("the username is taken")]
    UsernameTaken,
    /// The password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// A registration whose password is hashed: all that is left is to store it.
pub struct HashedRegistration {
    email: Email,
    username: Option<Username>,
    display_name: Option<DisplayName>,
    password_hash: PasswordHash,
    language: Language,
}

impl Register {
    /// Makes the account; when it answers, the account is durable, and so is the mail with which its owner proves the address.
    ///
    /// # Errors
    /// See [`RegisterError`]; where both names are taken either may be named.
    pub async fn execute(&self, initiator: &Initiator, registration: Registration) -> Result<User, RegisterError> {
        let hashed = self.hash(registration).await?;
        self.store(initiator, hashed).await
    }

    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// `Hashing`.
    pub async fn hash(&self, registration: Registration) -> Result<HashedRegistration, RegisterError> {
        let Registration { email, username, display_name, password, language } = registration;
        let password_hash = self.hasher.hash(password.into_inner()).await?;
        Ok(HashedRegistration { email, username, display_name, password_hash, language })
    }

    /// The second half: changes the store, and should run to its end once it has begun.
    ///
    /// # Errors
    /// `EmailTaken`, `UsernameTaken`, `Store`.
    pub async fn store(&self, initiator: &Initiator, hashed: HashedRegistration) -> Result<User, RegisterError> {
        let HashedRegistration { email, username, display_name, password_hash, language } = hashed;
        let now = self.clock.now();
        let user = User::registered(UserId::new(self.ids.next()), email, username, display_name, now);
        let mut tx = self.unit_of_work.begin().await?;
        tx.users().insert(&user, Some(&password_hash)).await?;
        let purpose = LinkPurpose::VerifyEmail;
        // Accounts can be made and deleted again and again; a stranger is not written to each time.
        if count_link(tx.as_mut(), self.secrets.as_ref(), purpose, &user.email, now).await?.is_none() {
            let task = Task::SendLink { purpose, to: user.email.clone(), language };
            tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        }
        let made = AuditEvent::new(AuditAction::UserCreated, initiator, now).on(Subject::User(user.id));
        tx.audit().record(made.with("event", "registered"));
        tx.commit().await?;
        self.meter.count(Metric::Registrations, &[]);
        Ok(user)
    }

    /// The second half where nobody shall learn who has an account: a taken address is answered as a new one, after the same
    /// work. Usernames are public, so a taken one is told.
    ///
    /// # Errors
    /// `UsernameTaken`, `Store`.
    pub async fn store_concealed(
        &self,
        initiator: &Initiator,
        hashed: HashedRegistration,
    ) -> Result<(), RegisterError> {
        if let Some(username) = &hashed.username {
            let owner = self.accounts.find_by_login(&Login::Username(username.clone())).await?;
            if owner.is_some() {
                return Err(RegisterError::UsernameTaken);
            }
        }
        // Looked for first, so that either way one transaction follows.
        let owner = self.accounts.find_by_login(&Login::Email(hashed.email.clone())).await?;
        let (email, language) = (hashed.email.clone(), hashed.language);
        if let Some(owner) = owner {
            return self.tell_owner(initiator, Some(owner.user.id), email, language).await;
        }
        match self.store(initiator, hashed).await {
            Ok(_made) => Ok(()),
            // Somebody was quicker by a moment.
            Err(RegisterError::EmailTaken) => self.tell_owner(initiator, None, email, language).await,
            Err(error) => Err(error),
        }
    }

    /// Tells the owner of an address that somebody wanted to register with it; once an hour, however many do.
    async fn tell_owner(
        &self,
        initiator: &Initiator,
        owner: Option<UserId>,
        email: Email,
        language: Language,
    ) -> Result<(), RegisterError> {
        let now = self.clock.now();
        let key = self.secrets.attempt_key(&["register", email.canonical()]);
        let is_news = NOTICES.left(self.attempts.counted(key).await?, now).is_ok();
        let mut tx = self.unit_of_work.begin().await?;
        tx.attempts().count(key, now, now - NOTICES.window).await?;
        if is_news {
            let task = Task::SendNotice { notice: Notice::AlreadyRegistered, to: email, language };
            tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        }
        let refused = AuditEvent::new(AuditAction::RegistrationRefused, initiator, now);
        tx.audit().record(AuditEvent { subject: owner.map(Subject::User), ..refused });
        tx.commit().await?;
        Ok(())
    }
}

impl From<StoreError> for RegisterError {
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
