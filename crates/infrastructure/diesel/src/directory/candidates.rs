//! Finding the few who meet a part of a filter, by an index of its own.

use super::lane::{Key, Lane};
use super::scope::{Scope, Until, pattern};
use crate::connections::Connection;
use crate::schema::{user_roles, users};
use crate::types::{Id, Instant, SqlId};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text, Untyped};
use diesel_async::RunQueryDsl;
use threshold_domain::Timestamp;
use threshold_domain::access::RoleName;
use threshold_domain::accounts::{Standing, UserFilter, UserList, UserSearch};

/// As many as are read and sorted in milliseconds. Where more meet every part of a filter, one in five hundred of a million does,
/// and walking finds them.
const FEW: i64 = 2_000;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlId)]
    user_id: Id,
}

/// Everybody who meets one part of a list's filter, if they are few; `None` if many meet each part.
pub(super) async fn few(connection: &mut Connection, list: &UserList) -> QueryResult<Option<Vec<Id>>> {
    let UserFilter { search, standing, role, created_after, created_before } = &list.filter;
    let is_by_creation = Lane::of(list.sort).iter().any(|lane| lane.is_by_creation());
    if let Some(role) = role
        && let Some(few) = if_few(holders(connection, role).await?)
    {
        return Ok(Some(few));
    }
    if let Some(standing) = standing
        && let Some(few) = if_few(standing_so(connection, *standing).await?)
    {
        return Ok(Some(few));
    }
    if !is_by_creation
        && (created_after.is_some() || created_before.is_some())
        && let Some(few) = if_few(created(connection, *created_after, *created_before).await?)
    {
        return Ok(Some(few));
    }
    if let Some(search) = search {
        return Ok(if_few(named(connection, search).await?));
    }
    Ok(None)
}

fn if_few(ids: Vec<Id>) -> Option<Vec<Id>> {
    i64::try_from(ids.len()).is_ok_and(|found| found <= FEW).then_some(ids)
}

/// In the order of the index, as the following ones: so that it is the index that is read.
async fn holders(connection: &mut Connection, role: &RoleName) -> QueryResult<Vec<Id>> {
    on!(connection, |c| user_roles::table
        .filter(user_roles::role.eq(role.as_str()))
        .order((user_roles::role, user_roles::user_id))
        .limit(FEW + 1)
        .select(user_roles::user_id)
        .load(c)
        .await)
}

async fn standing_so(connection: &mut Connection, standing: Standing) -> QueryResult<Vec<Id>> {
    on!(connection, |c| users::table
        .filter(users::status.eq(standing.as_str()))
        .filter(users::deleted_at.is_null())
        .order((users::status, users::id))
        .limit(FEW + 1)
        .select(users::id)
        .load(c)
        .await)
}

async fn created(
    connection: &mut Connection,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
) -> QueryResult<Vec<Id>> {
    let after = after.map(|at| Key::from(&Lane::Oldest.edge(at)));
    let until = before.map_or(Until::End, |at| Until::Moment(Instant(at)));
    let scope = Scope::stretch(Lane::Oldest, after, until);
    on!(connection, |c| users::table
        .filter(scope)
        .order(sql::<Untyped>(Lane::Oldest.order()))
        .limit(FEW + 1)
        .select(users::id)
        .load(c)
        .await)
}

/// Deleted users, too: they are few.
async fn named(connection: &mut Connection, search: &UserSearch) -> QueryResult<Vec<Id>> {
    let found: Vec<Found> = match connection {
        // Planned for these words: where many are called so, the table itself tells that soonest.
        Connection::Postgres(link) => {
            sql_query("SELECT user_id FROM user_search WHERE text LIKE $1 LIMIT $2")
                .bind::<Text, _>(pattern(search.needle()))
                .bind::<BigInt, _>(FEW + 1)
                .load(&mut **link)
                .await
        }
        // Whoever has all the trigrams may still not have them in this order.
        Connection::Sqlite(link) => {
            let index = "SELECT user_search.user_id FROM user_search_index \
                CROSS JOIN user_search ON user_search.number = user_search_index.rowid \
                WHERE user_search_index MATCH ? AND user_search.text LIKE ? ESCAPE '\\' LIMIT ?";
            sql_query(index)
                .bind::<Text, _>(match_all(search))
                .bind::<Text, _>(pattern(search.needle()))
                .bind::<BigInt, _>(FEW + 1)
                .load(&mut **link)
                .await
        }
    }?;
    Ok(found.into_iter().map(|one| one.user_id).collect())
}

/// Every trigram, as FTS5 is asked for texts that hold them all.
fn match_all(search: &UserSearch) -> String {
    let quoted = search.trigrams().into_iter().map(|three| format!("\"{}\"", three.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" AND ")
}
