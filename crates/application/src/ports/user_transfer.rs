//! Users by the hundred: taking them in, and handing all of them out.

use super::{BoxError, StoreError, Uniqueness};
use async_trait::async_trait;
use threshold_domain::accounts::{Credentials, ImportedUser, PasswordHash, UserId};

/// Takes in many users within a transaction.
#[async_trait]
pub trait UserIntake: Send {
    /// Adds the users whom no rule keeps out, in their order: of two who want one name the first gets it. Answers for each, in
    /// the same order.
    ///
    /// # Errors
    /// `Unavailable`, also where somebody who held a name has just given it up; `Corrupt`.
    async fn add_all(&mut self, users: &[ImportedUser]) -> Result<Vec<Intake>, StoreError>;
}

/// What became of a user who was to be taken in.
#[derive(Debug)]
pub enum Intake {
    /// The user is there now.
    Added,
    /// Nothing changed.
    Taken {
        /// A rule that keeps the user out once all are taken in: of several the email's before the username's before the id's.
        rule: Uniqueness,
        /// Whom it protects; may be deleted where the rule is the id's.
        holder: Box<Credentials>,
    },
}

/// Hands out all users, page by page.
#[async_trait]
pub trait UserPages: Send + Sync {
    /// Up to `at_most` users who are not deleted and whose ids are `from` or greater, in the order of their ids; with their
    /// hashes only if `with_hashes`.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn page(&self, from: UserId, at_most: u32, with_hashes: bool) -> Result<Vec<Credentials>, StoreError>;
}

/// Knows a good password hash without a password.
pub trait PasswordHashCheck: Send + Sync {
    /// Whether passwords can be compared with this hash, in bearable time.
    ///
    /// # Errors
    /// Why not, without repeating any of it.
    fn check(&self, hash: &PasswordHash) -> Result<(), BoxError>;
}
