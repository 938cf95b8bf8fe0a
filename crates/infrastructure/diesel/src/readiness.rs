//! Whether the database can do its work.

use crate::connections::Pools;
use crate::dialect::has_migrations_table;
use crate::migrations::{MigrationError, Migrations};
use async_trait::async_trait;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{NotReady, ReadinessCheck};

/// The database answers.
pub(crate) struct DatabaseAnswers {
    pub(crate) pools: Arc<Pools>,
}

/// The tables have the form that this binary needs.
pub(crate) struct MigrationsApplied {
    pub(crate) migrations: Migrations,
}

#[async_trait]
impl ReadinessCheck for DatabaseAnswers {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), NotReady> {
        let answer = self.pools.read("catalogue", |connection| has_migrations_table(connection).boxed()).await;
        answer.map(drop).map_err(|error| NotReady(error.into()))
    }
}

#[async_trait]
impl ReadinessCheck for MigrationsApplied {
    fn name(&self) -> &'static str {
        "migrations"
    }

    async fn check(&self) -> Result<(), NotReady> {
        match self.migrations.pending().await {
            Ok(pending) if pending.is_empty() => Ok(()),
            // The next version was here. While it is rolled out this one still works: migrations only add.
            Err(MigrationError::MadeByNewerVersion(_)) => Ok(()),
            Ok(pending) => Err(NotReady(format!("migrations are pending: {}", pending.join(", ")).into())),
            Err(error) => Err(NotReady(error.into())),
        }
    }
}
