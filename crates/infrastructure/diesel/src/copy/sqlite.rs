//! SQLite as one side of a copy.

use super::CopyError;
use super::error::failed;
use super::run::Side;
use super::table::{Table, quoted};
use super::value::Value;
use crate::statements::Prepared;
use async_trait::async_trait;
use diesel::connection::SimpleConnection;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::row::{Field, Row};
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Nullable, Text, Untyped};
use diesel::sqlite::{Sqlite, SqliteType};
use std::path::Path;

const PLACE: &str = "SQLite";
const TABLES: &str = "SELECT name FROM pragma_table_list \
                      WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
/// Keys are looked at in the end.
const SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; \
                        PRAGMA temp_store = MEMORY; PRAGMA cache_size = -64000";

/// A connection of its own; nobody else is kept waiting by it.
pub(super) struct SqliteSide(pub(super) SqliteConnection);

/// Whatever a row holds.
struct AnyRow(Vec<Value>);

impl FromSqlRow<Untyped, Sqlite> for AnyRow {
    fn build_from_row<'a>(row: &impl Row<'a, Sqlite>) -> deserialize::Result<Self> {
        (0..row.field_count()).map(|place| value(row, place)).collect::<deserialize::Result<_>>().map(Self)
    }
}

fn value<'a>(row: &impl Row<'a, Sqlite>, place: usize) -> deserialize::Result<Value> {
    let field = row.get(place).ok_or("a row is shorter than it says")?;
    let Some(raw) = field.value() else { return Ok(Value::Null) };
    Ok(match raw.value_type() {
        None => Value::Null,
        Some(SqliteType::Text) => Value::Text(<String as FromSql<Text, Sqlite>>::from_sql(raw)?),
        Some(SqliteType::Binary) => Value::Bytes(<Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(raw)?),
        Some(SqliteType::Integer | SqliteType::Long | SqliteType::SmallInt) => {
            Value::Number(<i64 as FromSql<BigInt, Sqlite>>::from_sql(raw)?)
        }
        Some(SqliteType::Float | SqliteType::Double) => return Err("a number with a fraction".into()),
    })
}

/// A statement with these values in the place of its question marks.
fn bound<'a>(sql: &'a str, values: &'a [Value]) -> BoxedSqlQuery<'a, Sqlite, SqlQuery> {
    values.iter().fold(sql_query(sql).into_boxed::<Sqlite>(), |query, value| match value {
        Value::Null => query.bind::<Nullable<BigInt>, _>(None::<i64>),
        Value::Number(number) => query.bind::<BigInt, _>(*number),
        Value::Text(text) => query.bind::<Text, _>(text.as_str()),
        Value::Bytes(bytes) => query.bind::<Binary, _>(bytes.as_slice()),
    })
}

impl SqliteSide {
    /// Opens a file that is there.
    pub(super) fn open(file: &Path) -> Result<Self, CopyError> {
        let mut connection = SqliteConnection::establish(&file.to_string_lossy()).map_err(failed("opening SQLite"))?;
        connection.batch_execute(SETTINGS).map_err(failed("opening SQLite"))?;
        Ok(Self(connection))
    }

    fn rows(&mut self, sql: &str, values: &[Value]) -> QueryResult<Vec<Vec<Value>>> {
        Ok(bound(sql, values).load::<AnyRow>(&mut self.0)?.into_iter().map(|row| row.0).collect())
    }

    fn insert(&mut self, table: &Table, rows: &[Vec<Value>]) -> QueryResult<()> {
        let places = vec!["?"; table.columns.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(&table.name), table.column_list());
        for row in rows {
            Prepared(bound(&sql, row)).execute(&mut self.0)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Side for SqliteSide {
    async fn tables(&mut self) -> Result<Vec<String>, CopyError> {
        let rows = self.rows(TABLES, &[]).map_err(failed(PLACE))?;
        Ok(rows
            .into_iter()
            .flatten()
            .filter_map(|value| if let Value::Text(name) = value { Some(name) } else { None })
            .collect())
    }

    async fn execute(&mut self, sql: &str) -> Result<(), CopyError> {
        self.0.batch_execute(sql).map_err(failed(PLACE))
    }

    async fn count(&mut self, sql: &str) -> Result<u64, CopyError> {
        let rows = self.rows(sql, &[]).map_err(failed(PLACE))?;
        Ok(match rows.first().and_then(|row| row.first()) {
            Some(Value::Number(number)) => u64::try_from(*number).unwrap_or_default(),
            Some(Value::Null | Value::Text(_) | Value::Bytes(_)) | None => 0,
        })
    }

    async fn read(&mut self, table: &Table, after: Option<&[Value]>, limit: i64) -> Result<Vec<Vec<Value>>, CopyError> {
        let key = table.key_list(|_column| "");
        let places = vec!["?"; table.key.len()].join(", ");
        let beyond = after.map_or_else(String::new, |_values| format!("WHERE ({key}) > ({places})"));
        let (columns, name) = (table.column_list(), quoted(&table.name));
        let sql = format!("SELECT {columns} FROM {name} {beyond} ORDER BY {key} LIMIT {limit}");
        self.rows(&sql, after.unwrap_or_default()).map_err(failed(&format!("reading {} from SQLite", table.name)))
    }

    async fn last_key(&mut self, table: &Table) -> Result<Option<Vec<Value>>, CopyError> {
        let (key, last) = (table.key_list(|_column| ""), table.key_list(|_column| " DESC"));
        let sql = format!("SELECT {key} FROM {} ORDER BY {last} LIMIT 1", quoted(&table.name));
        Ok(self.rows(&sql, &[]).map_err(failed(PLACE))?.pop())
    }

    async fn write(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), CopyError> {
        let failure = failed::<diesel::result::Error>("writing to SQLite");
        self.0.batch_execute("BEGIN IMMEDIATE").map_err(&failure)?;
        self.insert(table, rows).map_err(failed(&format!("writing {} to SQLite", table.name)))?;
        self.0.batch_execute("COMMIT").map_err(failure)
    }

    /// Its numbers go on behind the greatest by themselves. Rows that refer to none are found here, since keys aren't held to
    /// while rows come in.
    async fn complete(&mut self, _tables: &[Table]) -> Result<(), CopyError> {
        let strays = self.count("SELECT count(*) FROM pragma_foreign_key_check").await?;
        if strays > 0 {
            return Err(CopyError::Different(format!("{strays} rows refer to rows that are not there: the source")));
        }
        Ok(())
    }
}
