//! Making an account for somebody else.

use crate::ports::{Clock, HashingError, IdGenerator, PasswordHasher, StoreError, Uniqueness, UnitOfWork};
use std::sync::Arc;
use threshold_domain::access::RoleName;
use threshold_domain::accounts::{AcceptedPassword, DisplayName, Email, Standing, User, UserId, Username};

/// Makes accounts that are in order from the start: whoever makes one vouches for its address.
pub struct CreateAccount {
    /// Hashes the password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stores the user.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates the account.
    pub clock: Arc<dyn Clock>,
    /// Names it.
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
    /// Its password.
    pub password: AcceptedPassword,
    /// The roles that it holds.
    pub roles: Vec<RoleName>,
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
    /// The password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed, or has no such role.
    #[error(transparent)]
    Store(StoreError),
}

impl CreateAccount {
    /// Makes the account.
    ///
    /// # Errors
    /// See [`CreateAccountError`].
    pub async fn execute(&self, account: NewAccount) -> Result<User, CreateAccountError> {
        let NewAccount { email, username, display_name, password, mut roles } = account;
        let hash = self.hasher.hash(password.into_inner()).await?;
        let now = self.clock.now();
        roles.sort_unstable();
        roles.dedup();
        let user = User {
            standing: Standing::Active,
            email_verified_at: Some(now),
            roles,
            ..User::registered(UserId::new(self.ids.next()), email, username, display_name, now)
        };
        let mut tx = self.unit_of_work.begin().await?;
        tx.users().insert(&user, Some(&hash)).await?;
        tx.commit().await?;
        Ok(user)
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
