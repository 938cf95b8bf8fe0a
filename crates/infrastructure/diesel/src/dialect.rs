//! What differs between the databases, both ways side by side.

use crate::connections::Connection;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

/// Whether anything was ever migrated here. Reads the catalogue, which every database has.
pub(crate) async fn has_migrations_table(connection: &mut Connection) -> QueryResult<bool> {
    let query = diesel::select(sql::<Bool>(match connection {
        Connection::Postgres(_) => "to_regclass('__diesel_schema_migrations') IS NOT NULL",
        Connection::Sqlite(_) => "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')",
    }));
    on!(connection, |c| query.get_result(c).await)
}
