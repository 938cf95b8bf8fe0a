//! Keeping what users are found by.

use crate::connections::Connection;
use crate::schema::user_search;
use crate::statements::Prepared;
use crate::types::{Id, SqlId};
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel::sql_query;
use diesel::sql_types::{Array, Text};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use threshold_domain::accounts::{User, searched_text};

/// Notes what a user is called. Where that is noted already, no index is touched.
pub(crate) async fn note_names(connection: &mut Connection, user: &User) -> QueryResult<()> {
    let row = (user_search::user_id.eq(Id(user.id.as_uuid())), user_search::text.eq(searched_text(user)));
    on!(connection, |c| {
        let upsert = diesel::insert_into(user_search::table)
            .values(row)
            .on_conflict(user_search::user_id)
            .do_update()
            .set(user_search::text.eq(excluded(user_search::text)));
        Prepared(FilterDsl::filter(upsert, user_search::text.ne(excluded(user_search::text)))).execute(c).await
    })
    .map(drop)
}

/// Notes what many users are called who have just been added.
pub(crate) async fn note_many_names(connection: &mut Connection, users: &[&User]) -> QueryResult<()> {
    let named = users.iter().map(|user| (Id(user.id.as_uuid()), searched_text(user)));
    match connection {
        Connection::Postgres(link) => {
            let insert = "INSERT INTO user_search (user_id, text) SELECT * FROM unnest($1, $2)";
            let (ids, texts): (Vec<Id>, Vec<String>) = named.unzip();
            let insert = sql_query(insert).bind::<Array<SqlId>, _>(ids).bind::<Array<Text>, _>(texts);
            Prepared(insert).execute(&mut **link).await.map(drop)
        }
        Connection::Sqlite(link) => {
            for (id, text) in named {
                let row = (user_search::user_id.eq(id), user_search::text.eq(text));
                Prepared(diesel::insert_into(user_search::table).values(row)).execute(&mut **link).await?;
            }
            Ok(())
        }
    }
}
