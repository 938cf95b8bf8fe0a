//! How a database is used.

use crate::DatabaseUrl;
use std::time::Duration;

/// Where the database is and how much of it we use.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Connections open at once, 1 at least; for SQLite, those that read. One that writes comes on top there.
    pub max_connections: usize,
    /// Connections kept open while nobody needs them.
    pub max_idle: usize,
    /// A connection older than this is replaced before its next use.
    pub max_lifetime: Duration,
    /// The longest wait for a free connection, and for a new one to open.
    pub acquire_timeout: Duration,
    /// The longest that one statement may take; for SQLite, the longest wait for another process's write.
    pub statement_timeout: Duration,
}

impl DatabaseSettings {
    /// The defaults: 25 connections, 5 of them kept idle, none older than 5 minutes, 5 s to get one, 5 s a statement.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            max_connections: 25,
            max_idle: 5,
            max_lifetime: Duration::from_mins(5),
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
        }
    }
}

/// What a deployment expects of its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedUse {
    /// Instances that share it.
    pub instances: usize,
    /// Connections that each may open at once.
    pub max_connections: usize,
    /// Whether they apply pending migrations when they start.
    pub migrates_itself: bool,
}
