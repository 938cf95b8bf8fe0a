//! Inserting many users, as fast as each database can while it tells which of them it kept out.

use super::row::NewUserRow;
use crate::connections::Connection;
use crate::schema::users;
use crate::statements::Prepared;
use crate::types::{Id, Instant, SqlId, SqlInstant};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashSet;

/// One array a column, so that one prepared statement takes any number of rows. They go in in their order.
const INSERT_ARRAYS: &str = "\
    INSERT INTO users (id, email, email_canonical, username, display_name, password_hash, status, \
    email_verified_at, last_login_at, created_at, updated_at, version) \
    SELECT id, email, canonical, username, display_name, hash, status, verified, login, created, updated, 1 \
    FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY AS \
    t (id, email, canonical, username, display_name, hash, status, verified, login, created, updated, place) \
    ORDER BY place ON CONFLICT DO NOTHING RETURNING id";

#[derive(QueryableByName)]
struct Added {
    #[diesel(sql_type = SqlId)]
    id: Id,
}

/// Inserts the rows that no rule keeps out, in their order, and answers for each whether it is in now.
pub(super) async fn insert_many(connection: &mut Connection, rows: &[NewUserRow<'_>]) -> QueryResult<Vec<bool>> {
    match connection {
        // A server is sent as little as possible; it tells rows apart by their ids alone.
        Connection::Postgres(link) if have_ids_of_their_own(rows) => insert_arrays(link, rows).await,
        // In the same process a row costs no more for being alone.
        Connection::Postgres(_) | Connection::Sqlite(_) => insert_each(connection, rows).await,
    }
}

fn have_ids_of_their_own(rows: &[NewUserRow<'_>]) -> bool {
    let mut seen = HashSet::with_capacity(rows.len());
    rows.iter().all(|row| seen.insert(row.id))
}

async fn insert_each(connection: &mut Connection, rows: &[NewUserRow<'_>]) -> QueryResult<Vec<bool>> {
    let mut added = Vec::with_capacity(rows.len());
    for row in rows {
        let inserted =
            on!(connection, |c| Prepared(diesel::insert_into(users::table).values(row).on_conflict_do_nothing())
                .execute(c)
                .await)?;
        added.push(inserted == 1);
    }
    Ok(added)
}

async fn insert_arrays(link: &mut AsyncPgConnection, rows: &[NewUserRow<'_>]) -> QueryResult<Vec<bool>> {
    fn column<'a, T>(rows: &'a [NewUserRow<'a>], value: impl Fn(&'a NewUserRow<'a>) -> T) -> Vec<T> {
        rows.iter().map(value).collect()
    }
    let insert = sql_query(INSERT_ARRAYS)
        .bind::<Array<SqlId>, _>(column(rows, |row| row.id))
        .bind::<Array<Text>, _>(column(rows, |row| row.email))
        .bind::<Array<Text>, _>(column(rows, |row| row.email_canonical))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.username))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.display_name))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.password_hash))
        .bind::<Array<Text>, _>(column(rows, |row| row.status))
        .bind::<Array<Nullable<SqlInstant>>, _>(column(rows, |row| row.email_verified_at))
        .bind::<Array<Nullable<SqlInstant>>, _>(column(rows, |row| row.last_login_at))
        .bind::<Array<SqlInstant>, _>(column(rows, |row| row.created_at))
        .bind::<Array<SqlInstant>, _>(column(rows, |row: &NewUserRow<'_>| -> Instant { row.updated_at }));
    let added: Vec<Added> = Prepared(insert).load(link).await?;
    let added: HashSet<Id> = added.into_iter().map(|row| row.id).collect();
    Ok(rows.iter().map(|row| added.contains(&row.id)).collect())
}
