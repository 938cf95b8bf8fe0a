//! Why a database was not copied.

use crate::{ConnectError, MigrationError};
use threshold_application::ports::BoxError;

/// Why a database was not copied, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of them must be SQLite and the other PostgreSQL.
    #[error(
        "both databases are of one kind: copy a SQLite file by `.backup`, and a PostgreSQL database by pg_dump and pg_restore"
    )]
    SameKind,
    /// There is no such file.
    #[error("there is no database {0} to copy from")]
    NoSource(String),
    /// The source lacks migrations, or has some that this program doesn't know.
    #[error("the source is not of this version: {0}; bring it up to date by `threshold migrate up`, then copy it")]
    OtherVersion(String),
    /// The source is itself what a copy has left that was cut off.
    #[error(
        "the source {0} is an unfinished copy itself: run the `threshold database copy` that made it again, then copy it, \
         or copy from where it came from"
    )]
    HalfSource(String),
    /// The target can't be opened.
    #[error(transparent)]
    Target(#[from] ConnectError),
    /// The target's tables can't be made.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// Somebody else's rows are there.
    #[error("the target holds rows already, in {0}: copy into a new database")]
    NotEmpty(String),
    /// An unfinished copy of something else is there.
    #[error("the target holds an unfinished copy of {0}: go on with that, or copy into a new database")]
    OtherCopy(String),
    /// The two have different tables or columns, or a column of a kind that nobody has taught us.
    #[error("the tables can't be copied: {0}")]
    Tables(String),
    /// What was copied is not what is there.
    #[error(
        "{0} is not the same on both sides: did somebody write meanwhile? Stop the service and copy into a new database"
    )]
    Different(String),
    /// A database failed; what is copied stays, and the next run goes on there.
    #[error("{place} failed")]
    Failed {
        /// Which side, and what it was doing.
        place: String,
        /// Why.
        source: BoxError,
    },
}

/// Says where something failed.
pub(super) fn failed<E: Into<BoxError>>(place: &str) -> impl Fn(E) -> CopyError + '_ {
    move |error| CopyError::Failed { place: place.to_owned(), source: error.into() }
}
