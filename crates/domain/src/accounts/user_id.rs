//! The id of a user.

use std::fmt;
use uuid::Uuid;

/// Names one user for ever; a UUIDv7 in what this project makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(Uuid);

impl UserId {
    /// Wraps an id that an id generator made or a store gave back.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The bare id.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
