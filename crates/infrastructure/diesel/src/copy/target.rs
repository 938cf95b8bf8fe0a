//! The target: whether it may be written to, and what is kept in it until the copy is whole.

use super::CopyError;
use super::run::Side;
use super::table::{Table, quoted};
use crate::connections::Connection;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use threshold_domain::access::BuiltInRole;

/// There from before the first row until after the last comparison; its one row names the source.
pub(crate) const BOOKKEEPING: &str = "__threshold_copy";

/// What migrations and the first start fill by themselves. The copy brings all of it along.
const SEEDED: [&str; 4] = ["grants_versions", "permissions", "role_permissions", "roles"];

/// How a target was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing of anybody's is in it.
    New,
    /// An earlier copy of the same source was cut off.
    Unfinished,
}

/// Whether somebody's copy was cut off in the database.
pub(crate) async fn is_unfinished_copy(connection: &mut Connection) -> QueryResult<bool> {
    let query = diesel::select(sql::<Bool>(match connection {
        Connection::Postgres(_) => "to_regclass('__threshold_copy') IS NOT NULL",
        Connection::Sqlite(_) => "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__threshold_copy')",
    }));
    on!(connection, |c| query.get_result(c).await)
}

/// Looks what is in the target; `existing` are the tables that it has.
pub(super) async fn look(target: &mut dyn Side, existing: &[String], source: &str) -> Result<Found, CopyError> {
    if existing.iter().any(|name| name == BOOKKEEPING) {
        let same = format!("SELECT count(*) FROM {BOOKKEEPING} WHERE source = {}", text(source));
        return if target.count(&same).await? == 1 {
            Ok(Found::Unfinished)
        } else {
            Err(CopyError::OtherCopy("another source".to_owned()))
        };
    }
    let mut filled = Vec::new();
    for name in existing.iter().filter(|name| !name.starts_with("__") && !SEEDED.contains(&name.as_str())) {
        if target.count(&format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) t", quoted(name))).await? > 0 {
            filled.push(name.as_str());
        }
    }
    if existing.iter().any(|name| name == "roles") {
        let built_in: Vec<_> = BuiltInRole::ALL.iter().map(|role| text(role.name().as_str())).collect();
        let own = format!("SELECT count(*) FROM roles WHERE name NOT IN ({})", built_in.join(", "));
        if target.count(&own).await? > 0 {
            filled.push("roles");
        }
    }
    filled.sort_unstable();
    if filled.is_empty() { Ok(Found::New) } else { Err(CopyError::NotEmpty(filled.join(", "))) }
}

/// Notes what is being copied, and takes away what is there by itself: both or nothing.
pub(super) async fn begin(target: &mut dyn Side, tables: &[Table], source: &str) -> Result<(), CopyError> {
    let clear: Vec<_> = tables.iter().rev().map(|table| format!("DELETE FROM {};", quoted(&table.name))).collect();
    let (clear, source) = (clear.concat(), text(source));
    let sql = format!(
        "BEGIN; CREATE TABLE {BOOKKEEPING} (source TEXT NOT NULL PRIMARY KEY); \
         INSERT INTO {BOOKKEEPING} VALUES ({source}); {clear} COMMIT"
    );
    target.execute(&sql).await
}

/// The copy is whole.
pub(super) async fn end(target: &mut dyn Side) -> Result<(), CopyError> {
    target.execute(&format!("DROP TABLE {BOOKKEEPING}")).await
}

/// A text in SQL.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
