//! Stored accounts.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, Credentials, Login, PasswordHash, PasswordVersion, User, UserId};
use threshold_domain::sessions::Session;

/// Reads accounts outside of a transaction.
#[async_trait]
pub trait AccountReader: Send + Sync {
    /// The user of that id who is not deleted; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user who signs in by that name and is not deleted; emails are compared in their canonical form.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find_by_login(&self, login: &Login) -> Result<Option<Credentials>, StoreError>;

    /// The user of that id who is not deleted, with what proves that it is them.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn credentials(&self, id: UserId) -> Result<Option<Credentials>, StoreError>;
}

/// What is held about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalData {
    /// The account.
    pub user: User,
    /// Whether it has a password; a hash is of no use to anybody but an attacker.
    pub has_password: bool,
    /// Every session that is kept, open or not, the oldest first.
    pub sessions: Vec<Session>,
    /// Every mailed link that is kept, the oldest first.
    pub links: Vec<AccountLink>,
}

/// Reads everything that is held about somebody.
#[async_trait]
pub trait PersonalDataReader: Send + Sync {
    /// What is held about the user of that id who is not deleted; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn of(&self, user: UserId) -> Result<Option<PersonalData>, StoreError>;
}

/// Changes accounts within a transaction.
#[async_trait]
pub trait UserRepository: Send {
    /// Adds a user with their roles, and with a password hash if they have a password.
    ///
    /// # Errors
    /// `NotUnique` for a taken email, username or id; `Corrupt` for a role that isn't there.
    async fn insert(&mut self, user: &User, password_hash: Option<&PasswordHash>) -> Result<(), StoreError>;

    /// The user of that id who is not deleted, as this transaction sees them; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user of that id who is not deleted; who else wants to change them waits until this transaction ends. To be taken
    /// before anything else of theirs, so that two transactions never wait for each other.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user of that id who is deleted, as [`lock`](UserRepository::lock) locks one who isn't.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn lock_deleted(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Stores a user who was locked in this transaction: everything but `roles`, `last_login_at` and `created_at`.
    ///
    /// # Errors
    /// `NotUnique` for a taken email or username, `Unavailable`.
    async fn update(&mut self, user: &User) -> Result<(), StoreError>;

    /// Removes users who were deleted before that moment, and everything that is about them, at most `at_most` of them; answers
    /// who it was.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn erase(&mut self, deleted_before: Timestamp, at_most: u32) -> Result<Vec<UserId>, StoreError>;

    /// Remembers a successful sign-in with that version of the password; neither `updated_at` nor `version` changes. Nothing
    /// happens if the user is gone, deleted or suspended, or has another password by now, and then `false` is answered.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn record_login(&mut self, id: UserId, password: PasswordVersion, at: Timestamp) -> Result<bool, StoreError>;
}
