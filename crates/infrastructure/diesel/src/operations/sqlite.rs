//! SQLite: version and journal.

use super::examination::{CLOCK, NAME};
use crate::DatabaseUrl;
use crate::connections::SqliteLink;
use crate::failures::unavailable;
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use threshold_application::ports::StoreError;
use threshold_domain::operations::Finding;

const JOURNAL: &str = "database-journal";

/// Looks at the file.
pub(super) async fn look(link: &mut SqliteLink, url: &DatabaseUrl) -> Result<Vec<Finding>, StoreError> {
    let version: String = text(link, "sqlite_version()").await?;
    Ok(vec![
        Finding::ok(NAME, format!("{url} can be read, SQLite {version}")),
        Finding::skip(CLOCK, "a file has no clock of its own"),
        judge_journal(url.sqlite_path().is_some_and(keeps_a_log)),
    ])
}

async fn text(link: &mut SqliteLink, expression: &str) -> Result<String, StoreError> {
    diesel::select(sql::<Text>(expression)).get_result(link).await.map_err(unavailable)
}

/// What the file's head says (<https://sqlite.org/fileformat.html>, §1.3.3): who only looks is not told.
fn keeps_a_log(file: &Path) -> bool {
    let mut head = [0; 20];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head.ends_with(&[2, 2])
}

fn judge_journal(keeps_a_log: bool) -> Finding {
    if keeps_a_log {
        return Finding::ok(JOURNAL, "write-ahead log");
    }
    let advice = "start the service, which turns it on; where that fails, move the file to a disk of this machine";
    Finding::warn(JOURNAL, "no write-ahead log: readers wait for writers", advice)
}
