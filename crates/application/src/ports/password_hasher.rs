//! Hashing passwords.

use super::BoxError;
use async_trait::async_trait;
use std::time::Duration;
use threshold_domain::accounts::{Password, PasswordHash};

/// Hashes and compares passwords, deliberately slowly; a bounded resource.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password with a fresh salt. Every byte of the password counts, however long it is.
    ///
    /// # Errors
    /// `Overloaded` at once when it would have to wait too long, `Stopped` on shutdown.
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError>;

    /// Compares a password with a stored hash. `Mismatch` takes the time that hashing a password takes, also with no hash to
    /// compare with, or a weaker one. Dropping the future abandons the work if it hasn't begun.
    ///
    /// # Errors
    /// As [`hash`](PasswordHasher::hash), and `Unreadable` for a hash that this hasher can't read.
    async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<PasswordMatch, HashingError>;
}

/// Whether a password is the one that was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordMatch {
    /// It is.
    Match,
    /// It is, and its hash is weaker than new ones are: it should be hashed again.
    Outdated,
    /// It isn't, or there was nothing to compare with.
    Mismatch,
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// More work waits than can be done in the time that a caller may wait.
    #[error("too many passwords wait to be hashed")]
    Overloaded {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The hasher was shut down.
    #[error("the password hasher has stopped")]
    Stopped,
    /// The stored hash is in no known form.
    #[error("a stored password hash can't be read")]
    Unreadable(#[source] BoxError),
}
