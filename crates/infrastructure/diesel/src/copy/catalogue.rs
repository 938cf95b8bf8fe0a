//! Which tables there are: what PostgreSQL's catalogue says, compared with SQLite's.
//!
//! PostgreSQL tells apart what SQLite keeps alike, so kinds of columns are read there. SQLite knows which tables are only the
//! inner parts of an index of its own: they are filled by triggers and not copied.

use super::CopyError;
use super::error::failed;
use super::table::{Column, Table, in_order};
use super::value::Kind;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::{Client, Row};

/// Those of the migrations and of copying itself begin like this.
const OURS_ALONE: &str = "__";

const COLUMNS_POSTGRES: &str = "\
    SELECT c.table_name::text, c.column_name::text, c.udt_name::text, \
    COALESCE(c.is_identity = 'YES' OR c.column_default LIKE 'nextval(%', false), c.is_generated = 'ALWAYS' \
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY 1, 2";

const KEYS_POSTGRES: &str = "\
    SELECT c.conrelid::regclass::text, c.contype::text, c.confrelid::regclass::text, \
    ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place) \
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place) \
    FROM pg_constraint c \
    WHERE c.connamespace = current_schema()::regnamespace AND c.contype IN ('p', 'f')";

const COLUMNS_SQLITE: &str = "\
    SELECT t.name || '.' || c.name AS line FROM pragma_table_list t, pragma_table_xinfo(t.name) c \
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden = 0";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every table of the migrations, in the order in which they are filled.
pub(super) async fn tables(postgres: &Client, sqlite: &mut SqliteConnection) -> Result<Vec<Table>, CopyError> {
    let failure = failed("reading PostgreSQL's catalogue");
    let mut tables = BTreeMap::<String, Table>::new();
    for row in postgres.query(COLUMNS_POSTGRES, &[]).await.map_err(&failure)? {
        add_column(&mut tables, row.try_get(0).map_err(&failure)?, &row)?;
    }
    for row in postgres.query(KEYS_POSTGRES, &[]).await.map_err(&failure)? {
        add_key(&mut tables, &row).map_err(&failure)?;
    }
    compare(&tables, sqlite)?;
    in_order(tables.into_values().collect())
}

fn add_column(tables: &mut BTreeMap<String, Table>, table: String, row: &Row) -> Result<(), CopyError> {
    let failure = failed::<tokio_postgres::Error>("reading PostgreSQL's catalogue");
    let name: String = row.try_get(1).map_err(&failure)?;
    let is_made_of_others: bool = row.try_get(4).map_err(&failure)?;
    if table.starts_with(OURS_ALONE) || is_made_of_others {
        return Ok(());
    }
    let kind: &str = row.try_get(2).map_err(&failure)?;
    let Some(kind) = Kind::of(kind) else {
        let fault = format!("{table}.{name} is a {kind}, which nobody has taught threshold-diesel's copy/value.rs");
        return Err(CopyError::Tables(fault));
    };
    let column = Column { name, kind, counted: row.try_get(3).map_err(&failure)? };
    tables.entry(table.clone()).or_insert_with(|| empty(table)).columns.push(column);
    Ok(())
}

fn empty(name: String) -> Table {
    Table { name, columns: Vec::new(), key: Vec::new(), refers_to: BTreeSet::new() }
}

fn add_key(tables: &mut BTreeMap<String, Table>, row: &Row) -> Result<(), tokio_postgres::Error> {
    let Some(table) = tables.get_mut(row.try_get::<_, &str>(0)?) else { return Ok(()) };
    if row.try_get::<_, &str>(1)? == "p" {
        let names: Vec<String> = row.try_get(3)?;
        let place = |name: &String| table.columns.iter().position(|column| column.name == *name);
        table.key = names.iter().filter_map(place).collect();
    } else {
        table.refers_to.insert(row.try_get(2)?);
    }
    Ok(())
}

/// Makes sure that SQLite has the same columns in the same tables, and every table a key.
fn compare(tables: &BTreeMap<String, Table>, sqlite: &mut SqliteConnection) -> Result<(), CopyError> {
    let lines: Vec<Line> = sql_query(COLUMNS_SQLITE).load(sqlite).map_err(failed("reading SQLite's catalogue"))?;
    let on_sqlite: BTreeSet<String> =
        lines.into_iter().map(|line| line.line).filter(|line| !line.starts_with(OURS_ALONE)).collect();
    let name = |table: &Table, column: &Column| format!("{}.{}", table.name, column.name);
    let on_postgres: BTreeSet<String> =
        tables.values().flat_map(|table| table.columns.iter().map(|column| name(table, column))).collect();
    let only: Vec<_> = on_sqlite.symmetric_difference(&on_postgres).cloned().collect();
    if !only.is_empty() {
        return Err(CopyError::Tables(format!("only one database has {}", only.join(", "))));
    }
    match tables.values().find(|table| table.key.is_empty()) {
        Some(table) => Err(CopyError::Tables(format!("{} has no primary key to go by", table.name))),
        None => Ok(()),
    }
}
