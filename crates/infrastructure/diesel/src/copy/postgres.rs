//! PostgreSQL as one side of a copy.

use super::CopyError;
use super::error::failed;
use super::run::Side;
use super::table::{Column, Table, quoted};
use super::value::{Kind, Value};
use crate::database_url::Tls;
use async_trait::async_trait;
use std::time::Duration;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config};

const PLACE: &str = "PostgreSQL";
const TABLES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection of its own, without limits to a statement's time.
pub(super) struct PostgresSide(pub(super) Client);

impl PostgresSide {
    pub(super) async fn connect(config: &Config, tls: &Tls) -> Result<Self, CopyError> {
        let mut config = config.clone();
        config.connect_timeout(CONNECT_TIMEOUT);
        if config.get_application_name().is_none() {
            config.application_name("threshold-copy");
        }
        crate::connections::connect_plainly(&config, tls).await.map(Self).map_err(failed("connecting to PostgreSQL"))
    }

    async fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, tokio_postgres::Error> {
        let values: Vec<_> = values.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
        let rows = self.0.query(sql, &values).await?;
        rows.iter().map(|row| (0..row.len()).map(|place| row.try_get(place)).collect()).collect()
    }
}

/// Texts in the order of their bytes, as SQLite has them.
fn bytewise(column: &Column) -> &'static str {
    if column.kind == Kind::Text { " COLLATE \"C\"" } else { "" }
}

fn bytewise_downwards(column: &Column) -> &'static str {
    if column.kind == Kind::Text { " COLLATE \"C\" DESC" } else { " DESC" }
}

#[async_trait]
impl Side for PostgresSide {
    async fn tables(&mut self) -> Result<Vec<String>, CopyError> {
        let rows = self.0.query(TABLES, &[]).await.map_err(failed(PLACE))?;
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed(PLACE))
    }

    async fn execute(&mut self, sql: &str) -> Result<(), CopyError> {
        self.0.batch_execute(sql).await.map_err(failed(PLACE))
    }

    async fn count(&mut self, sql: &str) -> Result<u64, CopyError> {
        let row = self.0.query_one(sql, &[]).await.map_err(failed(PLACE))?;
        let number: i64 = row.try_get(0).map_err(failed(PLACE))?;
        Ok(u64::try_from(number).unwrap_or_default())
    }

    async fn read(&mut self, table: &Table, after: Option<&[Value]>, limit: i64) -> Result<Vec<Vec<Value>>, CopyError> {
        let key = table.key_list(bytewise);
        let places: Vec<_> = (1..=table.key.len()).map(|number| format!("${number}")).collect();
        let beyond = after.map_or_else(String::new, |_values| format!("WHERE ({key}) > ({})", places.join(", ")));
        let (columns, name) = (table.column_list(), quoted(&table.name));
        let sql = format!("SELECT {columns} FROM {name} {beyond} ORDER BY {key} LIMIT {limit}");
        let place = format!("reading {} from PostgreSQL", table.name);
        self.rows(&sql, after.unwrap_or_default()).await.map_err(failed(&place))
    }

    async fn last_key(&mut self, table: &Table) -> Result<Option<Vec<Value>>, CopyError> {
        let (key, last) = (table.key_list(|_column| ""), table.key_list(bytewise_downwards));
        let sql = format!("SELECT {key} FROM {} ORDER BY {last} LIMIT 1", quoted(&table.name));
        Ok(self.rows(&sql, &[]).await.map_err(failed(PLACE))?.pop())
    }

    /// One statement is one transaction.
    async fn write(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), CopyError> {
        let place = format!("writing {} to PostgreSQL", table.name);
        let failure = failed::<tokio_postgres::Error>(&place);
        let sql = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&table.name), table.column_list());
        let sink = self.0.copy_in(&sql).await.map_err(&failure)?;
        let types: Vec<_> = table.columns.iter().map(|column| column.kind.postgres_type()).collect();
        let writer = BinaryCopyInWriter::new(sink, &types);
        futures::pin_mut!(writer);
        for row in rows {
            writer.as_mut().write_raw(row).await.map_err(&failure)?;
        }
        writer.finish().await.map(drop).map_err(failure)
    }

    /// Has numbers go on behind the greatest, and plans go by what is there now.
    async fn complete(&mut self, tables: &[Table]) -> Result<(), CopyError> {
        for table in tables {
            for column in table.columns.iter().filter(|column| column.counted) {
                let (name, greatest) = (quoted(&table.name), quoted(&column.name));
                let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
                self.execute(&format!(
                    "SELECT setval(pg_get_serial_sequence({}, {}), \
                     (SELECT COALESCE(max({greatest}), 0) + 1 FROM {name}), false)",
                    text(&name),
                    text(&column.name)
                ))
                .await?;
            }
        }
        self.execute("ANALYZE").await
    }
}
