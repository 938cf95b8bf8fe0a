//! Persistence by Diesel, for PostgreSQL and SQLite from one text.
//!
//! [`Database`] is the whole entrance: it connects, lends every store port, migrates, and closes.
//!
//! ```no_run
//! # async fn example(meter: std::sync::Arc<dyn threshold_application::ports::Meter>) -> Result<(), Box<dyn std::error::Error>> {
//! use threshold_diesel::{Database, DatabaseSettings, DatabaseUrl};
//!
//! let url: DatabaseUrl = "sqlite://data/threshold.db".parse()?;
//! let database = Database::connect(&DatabaseSettings::new(url), meter).await?;
//! database.migrations().up().await?;             // or refuse to start while `pending()` names some
//!
//! let unit_of_work = database.unit_of_work();    // Arc<dyn UnitOfWork>
//! let accounts = database.accounts();            // Arc<dyn AccountReader>
//! let sessions = database.sessions();            // Arc<dyn SessionReader>
//! let attempts = database.attempts();            // Arc<dyn AttemptReader>
//! let signing_keys = database.signing_keys();    // Arc<dyn SigningKeyRepository>
//! let checks = database.readiness_checks();      // Vec<Arc<dyn ReadinessCheck>>: `database`, `migrations`
//! # drop((unit_of_work, accounts, sessions, attempts, signing_keys, checks));
//! database.close();
//! # Ok(())
//! # }
//! ```
//!
//! Inside, every query is written once, in plain Diesel, over SQL types that both databases have (`types`), and is
//! type-checked against both by the macro `on!` (`connections`). What has to differ is in `dialect`.

#[macro_use]
mod connections;

mod access;
mod accounts;
mod at_rest;
mod audit;
mod copy;
mod database;
mod database_url;
mod dialect;
mod directory;
mod failures;
mod jobs;
mod limits;
mod links;
mod migrations;
mod operations;
mod patient;
mod readiness;
mod schema;
mod sessions;
mod settings;
mod statements;
mod transaction;
mod types;

pub use copy::{CopyError, CopyProgress, CopyReport, copy_database};
pub use database::{ConnectError, Database};
pub use database_url::{DatabaseUrl, DatabaseUrlError};
pub use migrations::{Migration, MigrationError, MigrationState, Migrations};
pub use settings::{DatabaseSettings, ExpectedUse};
