//! Making an account.

use crate::ports::{
    AccountReader, Clock, HashingError, IdGenerator, Meter, Metric, PasswordHasher, SessionSecrets, StoreError,
    Uniqueness, UnitOfWork,
};
use std::sync::Arc;
use threshold_domain::accounts::{DisplayName, Email, Login, PasswordHash, Registration, User, UserId, Username};

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
}

impl Register {
    /// Makes the account; when it answers, the account is durable.
    ///
    /// # Errors
    /// See [`RegisterError`]; where both names are taken either may be named.
    pub async fn execute(&self, registration: Registration) -> Result<User, RegisterError> {
        let hashed = self.hash(registration).await?;
        self.store(hashed).await
    }

    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// `Hashing`.
    pub async fn hash(&self, registration: Registration) -> Result<HashedRegistration, RegisterError> {
        let Registration { email, username, display_name, password } = registration;
        let password_hash = self.hasher.hash(password.into_inner()).await?;
        Ok(HashedRegistration { email, username, display_name, password_hash })
    }

    /// The second half: changes the store, and should run to its end once it has begun.
    ///
    /// # Errors
    /// `EmailTaken`, `UsernameTaken`, `Store`.
    pub async fn store(&self, hashed: HashedRegistration) -> Result<User, RegisterError> {
        let HashedRegistration { email, username, display_name, password_hash } = hashed;
        let user = User::registered(UserId::new(self.ids.next()), email, username, display_name, self.clock.now());
        let mut tx = self.unit_of_work.begin().await?;
        tx.users().insert(&user, Some(&password_hash)).await?;
        tx.commit().await?;
        self.meter.count(Metric::Registrations, &[]);
        Ok(user)
    }

    /// The second half where nobody shall learn who has an account: a taken address is answered as a new one, after the same
    /// work. Usernames are public, so a taken one is told.
    ///
    /// # Errors
    /// `UsernameTaken`, `Store`.
    pub async fn store_concealed(&self, hashed: HashedRegistration) -> Result<(), RegisterError> {
        if let Some(username) = &hashed.username {
            let owner = self.accounts.find_by_login(&Login::Username(username.clone())).await?;
            if owner.is_some() {
                return Err(RegisterError::UsernameTaken);
            }
        }
        // Looked for first, so that either way one transaction follows.
        let owner = self.accounts.find_by_login(&Login::Email(hashed.email.clone())).await?;
        let address = hashed.email.canonical().to_owned();
        if owner.is_some() {
            return self.note_attempt(&address).await;
        }
        match self.store(hashed).await {
            Ok(_made) => Ok(()),
            // Somebody was quicker by a moment.
            Err(RegisterError::EmailTaken) => self.note_attempt(&address).await,
            Err(error) => Err(error),
        }
    }

    /// Writes something as durable as an account.
    async fn note_attempt(&self, address: &str) -> Result<(), RegisterError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        tx.attempts().count(self.secrets.attempt_key(&["register", address]), now, now).await?;
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
