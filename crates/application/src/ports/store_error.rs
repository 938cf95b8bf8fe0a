//! How stores fail.

use super::BoxError;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another row that is not deleted holds this value. Where a change breaks two rules, which one is named is open.
    #[error("the value is taken: {0:?}")]
    NotUnique(Uniqueness),
    /// The store can't be reached, is full or read-only, or took too long; the same call may succeed later.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
    /// Every connection is in use and none came free in time.
    #[error("the store is overloaded")]
    Overloaded,
    /// Stored data that breaks a rule of the domain, or a statement that the store refuses: a defect.
    #[error("the store and the program disagree about {place}")]
    Corrupt {
        /// The table, and the column where known.
        place: &'static str,
        /// What was wrong.
        #[source]
        source: BoxError,
    },
}

/// What no two rows may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// The email address of users who are not deleted, compared in its canonical form.
    Email,
    /// The username of users who are not deleted.
    Username,
    /// The key that signs with an algorithm.
    SigningKey,
    /// A primary key, or the digest of a secret: it was used twice.
    Id,
}
