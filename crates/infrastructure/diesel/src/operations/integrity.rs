//! Whether a SQLite file is whole.

use crate::DatabaseUrl;
use crate::connections::{Connection, Pools, SqliteLink};
use crate::failures::unavailable;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ErrorChain;
use threshold_application::ports::{Examination, StoreError};
use threshold_domain::operations::Finding;
use tokio::task::spawn_blocking;

const NAME: &str = "database-integrity";
const ADVICE: &str = "stop the service, keep a copy of the file, and restore the last backup; \
                      `sqlite3 FILE .recover` saves what is left";
/// The first fault is enough. (As an argument the number would name a table.)
const CHECK: &str = "SELECT quick_check AS line FROM pragma_quick_check LIMIT 1";

/// Reads the whole file, which takes a second a gigabyte or so.
pub(crate) struct IntegrityExamination {
    pub(crate) pools: Arc<Pools>,
    pub(crate) url: DatabaseUrl,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[async_trait]
impl Examination for IntegrityExamination {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn examine(&self) -> Vec<Finding> {
        if self.url.sqlite_path().is_none_or(|file| !file.exists()) {
            return vec![Finding::skip(NAME, "there is no SQLite file")];
        }
        vec![match self.check().await {
            Ok(line) if line == "ok" => Finding::ok(NAME, "the file is whole"),
            Ok(line) => Finding::fail(NAME, line, ADVICE),
            Err(error) => Finding::fail(NAME, ErrorChain(&error).to_string(), ADVICE),
        }]
    }
}

impl IntegrityExamination {
    /// On a thread of its own: others must get their turn, and be able to give up on it.
    async fn check(&self) -> Result<String, StoreError> {
        let Connection::Sqlite(mut link) = self.pools.reader().await? else { return Ok("ok".to_owned()) };
        let checked = spawn_blocking(move || quick_check(&mut link)).await;
        checked.map_err(unavailable)?.map_err(unavailable)
    }
}

fn quick_check(link: &mut SqliteLink) -> QueryResult<String> {
    let checked =
        SyncConnectionWrapper::spawn_blocking(link, |c| sql_query(CHECK).get_result::<Line>(c).map(|line| line.line));
    checked.now_or_never().unwrap_or(Err(diesel::result::Error::BrokenTransactionManager))
}
