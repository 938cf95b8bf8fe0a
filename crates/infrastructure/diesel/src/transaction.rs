//! Transactions.

use crate::audit::Chronicler;
use crate::connections::{Connection, Pools, SqliteLink};
use crate::failures::{corrupt, store_failure, unavailable};
use crate::jobs::{Bell, notify};
use async_trait::async_trait;
use diesel::QueryResult;
use diesel::connection::AnsiTransactionManager as Ansi;
use diesel::result::Error;
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{
    ApiKeyRepository, AttemptRepository, AuditRepository, GrantRepository, JobRepository, LinkRepository,
    PasswordRepository, RoleRepository, SessionRepository, StoreError, Transaction, UnitOfWork, UserIntake,
    UserRepository,
};
use threshold_domain::audit::AuditEvent;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

type PostgresTransactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;
type SqliteTransactions = <SqliteLink as AsyncConnection>::TransactionManager;

/// Begins transactions on the connections that write.
#[derive(Clone)]
pub(crate) struct DieselUnitOfWork {
    pub(crate) pools: Arc<Pools>,
    pub(crate) bell: Arc<Bell>,
    /// Nobody where nothing is recorded.
    pub(crate) chronicler: Option<Arc<Chronicler>>,
}

impl DieselUnitOfWork {
    /// Begins; a connection that turns out to be lost costs a second try, not an error.
    pub(crate) async fn open(&self) -> Result<DieselTransaction, StoreError> {
        let (mut transaction, mut begun) = self.begin_once().await?;
        if let Err(error) = &begun
            && transaction.connection().is_lost(error).await
        {
            drop(transaction);
            self.pools.forget_idle();
            (transaction, begun) = self.begin_once().await?;
        }
        transaction.settle("transaction", begun)?;
        Ok(transaction)
    }

    async fn begin_once(&self) -> Result<(DieselTransaction, QueryResult<()>), StoreError> {
        let connection = self.pools.writer().await?;
        let transaction = DieselTransaction {
            connection: Some(connection),
            failed: false,
            bell: Arc::clone(&self.bell),
            rings: false,
            chronicler: self.chronicler.clone(),
            events: Vec::new(),
        };
        transaction.take_step(Step::Begin).await
    }
}

#[async_trait]
impl UnitOfWork for DieselUnitOfWork {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(self.open().await?))
    }
}

/// A transaction on a connection of its own, from before its `BEGIN` to after its `COMMIT`: wherever it is dropped in
/// between, it is rolled back.
pub(crate) struct DieselTransaction {
    /// Empty once it is committed.
    connection: Option<Connection>,
    /// After a failed statement PostgreSQL answers a COMMIT with success, and rolls back.
    failed: bool,
    bell: Arc<Bell>,
    /// Whether workers are to be told once it is committed.
    rings: bool,
    chronicler: Option<Arc<Chronicler>>,
    /// What is to be recorded with it.
    events: Vec<AuditEvent>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Begin,
    Commit,
}

impl DieselTransaction {
    /// The connection that the transaction is on.
    #[expect(clippy::expect_used, reason = "only `finish` and `drop` empty it, and nobody can ask after them")]
    pub(crate) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("the transaction is open")
    }

    /// What a statement of this transaction on the table `place` came to.
    pub(crate) fn settle<T>(&mut self, place: &'static str, outcome: QueryResult<T>) -> Result<T, StoreError> {
        self.failed |= outcome.is_err();
        outcome.map_err(|error| store_failure(self.connection(), place, error))
    }

    /// Notes something that has happened, to be recorded at the end.
    pub(crate) fn note(&mut self, event: AuditEvent) {
        self.events.push(event);
    }

    /// Whoever chains records.
    pub(crate) fn chronicler(&self) -> Result<Arc<Chronicler>, StoreError> {
        self.chronicler
            .clone()
            .ok_or_else(|| corrupt("audit_records", "this connection was not made to record anything"))
    }

    /// Records what was noted, and makes the changes durable.
    pub(crate) async fn finish(mut self) -> Result<(), StoreError> {
        if self.failed {
            return Err(corrupt("transaction", "a statement failed, so it can't be committed"));
        }
        let events = std::mem::take(&mut self.events);
        let head = match events.first() {
            Some(first) => Some(self.chronicler()?.keep(&mut self, first.at, events).await?),
            None => None,
        };
        let (mut transaction, committed) = self.take_step(Step::Commit).await?;
        transaction.settle("transaction", committed)?;
        transaction.connection = None;
        if let (Some(head), Some(chronicler)) = (head, &transaction.chronicler) {
            chronicler.remember(head);
        }
        if transaction.rings {
            transaction.bell.ring();
        }
        Ok(())
    }

    /// Has workers told of new jobs once this is committed.
    pub(crate) async fn ring(&mut self) -> Result<(), StoreError> {
        if std::mem::replace(&mut self.rings, true) {
            return Ok(());
        }
        let notified = notify(self.connection()).await;
        self.settle("jobs", notified)
    }

    /// SQLite may wait here for the disk or for another process, so it does it on a thread, and the whole transaction
    /// goes with it: who stops waiting for the thread does not stop it.
    async fn take_step(mut self, step: Step) -> Result<(Self, QueryResult<()>), StoreError> {
        if let Connection::Postgres(_) = self.connection() {
            let done = self.perform(step).await;
            return Ok((self, done));
        }
        spawn_blocking(move || {
            let done = self.perform(step).now_or_never();
            (self, done.unwrap_or(Err(Error::BrokenTransactionManager)))
        })
        .await
        .map_err(unavailable)
    }

    async fn perform(&mut self, step: Step) -> QueryResult<()> {
        match (self.connection(), step) {
            (Connection::Postgres(link), Step::Begin) => PostgresTransactions::begin_transaction(&mut **link).await,
            (Connection::Postgres(link), Step::Commit) => PostgresTransactions::commit_transaction(&mut **link).await,
            // IMMEDIATE waits for other processes now, instead of failing in the middle.
            (Connection::Sqlite(link), Step::Begin) => {
                link.spawn_blocking(|c| Ansi::begin_transaction_sql(c, "BEGIN IMMEDIATE")).await
            }
            (Connection::Sqlite(link), Step::Commit) => SqliteTransactions::commit_transaction(&mut **link).await,
        }
    }
}

#[async_trait]
impl Transaction for DieselTransaction {
    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn roles(&mut self) -> &mut dyn RoleRepository {
        self
    }

    fn grants(&mut self) -> &mut dyn GrantRepository {
        self
    }

    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository {
        self
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self
    }

    fn intake(&mut self) -> &mut dyn UserIntake {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    fn links(&mut self) -> &mut dyn LinkRepository {
        self
    }

    fn jobs(&mut self) -> &mut dyn JobRepository {
        self
    }

    fn attempts(&mut self) -> &mut dyn AttemptRepository {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.finish().await
    }
}

impl Drop for DieselTransaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if let Connection::Sqlite(_) = connection {
            // Writes nothing and waits for nobody.
            roll_back(connection).now_or_never().unwrap_or_default();
        } else if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(roll_back(connection));
        } else {
            connection.close();
        }
    }
}

/// Rolls back and gives the connection back to its pool, or closes it if that fails.
async fn roll_back(mut connection: Connection) {
    let rolled_back = match &mut connection {
        Connection::Postgres(link) => PostgresTransactions::rollback_transaction(&mut **link).await,
        Connection::Sqlite(link) => SqliteTransactions::rollback_transaction(&mut **link).await,
    };
    // Not in a transaction: its BEGIN was refused.
    if !matches!(rolled_back, Ok(()) | Err(Error::NotInTransaction)) || connection.is_broken() {
        connection.close();
    }
}
