//! A copy from beginning to end.

use super::digest::TableDigest;
use super::error::failed;
use super::postgres::PostgresSide;
use super::sqlite::SqliteSide;
use super::table::Table;
use super::target::{self, Found};
use super::value::Value;
use super::{CopyError, catalogue};
use crate::database_url::Target;
use crate::{Database, DatabaseSettings, DatabaseUrl, MigrationState};
use async_trait::async_trait;
use futures::future::join;
use std::sync::Arc;
use threshold_application::ports::Meter;

/// Rows in one transaction.
const BATCH: i64 = 5_000;

/// One of the two databases.
#[async_trait]
pub(super) trait Side: Send {
    /// The names of its tables.
    async fn tables(&mut self) -> Result<Vec<String>, CopyError>;

    /// Runs statements that answer nothing.
    async fn execute(&mut self, sql: &str) -> Result<(), CopyError>;

    /// The one number that a query answers.
    async fn count(&mut self, sql: &str) -> Result<u64, CopyError>;

    /// At most so many rows, in the order of their keys, the first of them behind a key.
    async fn read(&mut self, table: &Table, after: Option<&[Value]>, limit: i64) -> Result<Vec<Vec<Value>>, CopyError>;

    /// The greatest key.
    async fn last_key(&mut self, table: &Table) -> Result<Option<Vec<Value>>, CopyError>;

    /// Adds rows, durably: all or none.
    async fn write(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), CopyError>;

    /// Makes the tables fit to go on with, now that all rows are in.
    async fn complete(&mut self, tables: &[Table]) -> Result<(), CopyError>;
}

/// Watches a copy.
pub trait CopyProgress: Send {
    /// An earlier run is continued.
    fn resumed(&mut self);

    /// So many of all rows are there; the last ones were of `table`.
    fn advanced(&mut self, table: &str, done: u64, all: u64);

    /// `table` is compared.
    fn comparing(&mut self, table: &str);
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyReport {
    /// Each table and how many rows it has.
    pub tables: Vec<(String, u64)>,
}

/// Copies a whole database into an empty one of the other kind, and compares them. Cut off at any moment and run again it goes on
/// where it was; until it is done the target can't be opened for anything else. Needs two threads that run tasks.
///
/// # Errors
/// See [`CopyError`].
pub async fn copy_database(
    from: &DatabaseSettings,
    to: &DatabaseSettings,
    meter: Arc<dyn Meter>,
    progress: &mut dyn CopyProgress,
) -> Result<CopyReport, CopyError> {
    if from.url.sqlite_path().is_some() == to.url.sqlite_path().is_some() {
        return Err(CopyError::SameKind);
    }
    let source = identity(&from.url)?;
    check_source(from, &meter).await?;
    let mut pair = Pair::open(&from.url, to, &meter).await?;
    let found = pair.prepare_target(to, &source, meter).await?;
    let tables = catalogue::tables(&pair.postgres.0, &mut pair.sqlite.0).await?;
    let (source_side, target_side) = pair.sides();
    match found {
        Found::New => target::begin(target_side, &tables, &source).await?,
        Found::Unfinished => progress.resumed(),
    }
    copy_tables(source_side, target_side, &tables, progress).await?;
    target_side.complete(&tables).await?;
    let report = compare(source_side, target_side, &tables, progress).await?;
    target::end(target_side).await?;
    Ok(report)
}

/// What a resumed copy knows its source by; holds no secret.
fn identity(url: &DatabaseUrl) -> Result<String, CopyError> {
    let Some(file) = url.sqlite_path() else { return Ok(url.to_string()) };
    let file = file.canonicalize().map_err(|error| CopyError::NoSource(format!("{url} ({error})")))?;
    Ok(format!("sqlite://{}", file.display()))
}

/// The source must be whole, and have exactly the tables of this program.
async fn check_source(from: &DatabaseSettings, meter: &Arc<dyn Meter>) -> Result<(), CopyError> {
    let source = Database::look(from, meter)?;
    if source.is_half_a_copy().await.map_err(failed("looking at the source"))? {
        return Err(CopyError::HalfSource(from.url.to_string()));
    }
    let all = source.migrations().status().await?;
    let odd: Vec<_> = all.into_iter().filter(|one| one.state != MigrationState::Applied).collect();
    if odd.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = odd.into_iter().map(|one| format!("{} is {:?}", one.name, one.state).to_lowercase()).collect();
    Err(CopyError::OtherVersion(names.join(", ")))
}

/// The two databases, and which is which.
struct Pair {
    postgres: PostgresSide,
    sqlite: SqliteSide,
    to_postgres: bool,
}

impl Pair {
    async fn open(from: &DatabaseUrl, to: &DatabaseSettings, meter: &Arc<dyn Meter>) -> Result<Self, CopyError> {
        let (config, tls, file, to_postgres) = match (&from.0, &to.url.0) {
            (Target::Sqlite(file), Target::Postgres { config, tls }) => (config, tls, file, true),
            (Target::Postgres { config, tls }, Target::Sqlite(file)) => (config, tls, file, false),
            (Target::Sqlite(_), Target::Sqlite(_)) | (Target::Postgres { .. }, Target::Postgres { .. }) => {
                return Err(CopyError::SameKind);
            }
        };
        // It makes the file, for its owner alone, and turns on the write-ahead log.
        Database::open(to, Arc::clone(meter)).await?.close();
        let postgres = PostgresSide::connect(config, tls).await?;
        let mut pair = Self { postgres, sqlite: SqliteSide::open(file)?, to_postgres };
        // All that is read is of one moment.
        if to_postgres {
            pair.sqlite.execute("PRAGMA query_only = ON; BEGIN").await?;
        } else {
            pair.postgres.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        }
        Ok(pair)
    }

    /// The source and the target.
    fn sides(&mut self) -> (&mut dyn Side, &mut dyn Side) {
        if self.to_postgres { (&mut self.sqlite, &mut self.postgres) } else { (&mut self.postgres, &mut self.sqlite) }
    }

    /// Makes sure that the target is nobody's, and makes its tables.
    async fn prepare_target(
        &mut self,
        to: &DatabaseSettings,
        source: &str,
        meter: Arc<dyn Meter>,
    ) -> Result<Found, CopyError> {
        let (_source, target) = self.sides();
        let existing = target.tables().await?;
        let found = target::look(target, &existing, source).await?;
        let database = Database::open(to, meter).await?;
        match found {
            Found::New => drop(database.migrations().up().await?),
            Found::Unfinished => match database.migrations().pending().await? {
                pending if pending.is_empty() => {}
                pending => {
                    return Err(CopyError::OtherVersion(format!("{} is pending in the target", pending.join(", "))));
                }
            },
        }
        database.close();
        Ok(found)
    }
}

async fn copy_tables(
    source: &mut dyn Side,
    target: &mut dyn Side,
    tables: &[Table],
    progress: &mut dyn CopyProgress,
) -> Result<(), CopyError> {
    let (mut all, mut done) = (0, 0);
    for table in tables {
        all += source.count(&table.count_sql()).await?;
        done += target.count(&table.count_sql()).await?;
    }
    for table in tables {
        let limit = if table.refers_to_itself() { i64::MAX } else { BATCH };
        let behind = target.last_key(table).await?;
        let mut next = source.read(table, behind.as_deref(), limit).await?;
        while let Some(last) = next.last() {
            let last = table.key_of(last);
            // While the one writes the other reads on.
            let (written, read_on) = join(target.write(table, &next), source.read(table, Some(&last), limit)).await;
            written?;
            done += u64::try_from(next.len()).unwrap_or_default();
            progress.advanced(&table.name, done, all);
            next = read_on?;
        }
    }
    Ok(())
}

async fn compare(
    source: &mut dyn Side,
    target: &mut dyn Side,
    tables: &[Table],
    progress: &mut dyn CopyProgress,
) -> Result<CopyReport, CopyError> {
    let mut report = Vec::with_capacity(tables.len());
    for table in tables {
        progress.comparing(&table.name);
        let (there, here) = join(digest(source, table), digest(target, table)).await;
        let (there, here) = (there?, here?);
        if there != here {
            let detail = format!("{} ({} rows there, {} here)", table.name, there.rows, here.rows);
            return Err(CopyError::Different(detail));
        }
        report.push((table.name.clone(), here.rows));
    }
    Ok(CopyReport { tables: report })
}

async fn digest(side: &mut dyn Side, table: &Table) -> Result<TableDigest, CopyError> {
    let mut digest = TableDigest::default();
    let mut behind: Option<Vec<Value>> = None;
    loop {
        let rows = side.read(table, behind.as_deref(), BATCH).await?;
        for row in &rows {
            digest.add(row);
        }
        let Some(last) = rows.last() else { return Ok(digest) };
        behind = Some(table.key_of(last));
    }
}
