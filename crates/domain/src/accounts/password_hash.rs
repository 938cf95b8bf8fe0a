//! A stored password hash.

use std::fmt;

/// What is stored of a password, in the encoding of the hasher that made it; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps what a hasher made or a store gave back.
    #[must_use]
    pub fn new(encoded: String) -> Self {
        Self(encoded)
    }

    /// The encoded hash, for hashers and stores alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Which of an account's passwords it is: another one has another version, a better hash of the same one has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PasswordVersion(i64);

impl PasswordVersion {
    /// From a store.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    /// That of the next password.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
