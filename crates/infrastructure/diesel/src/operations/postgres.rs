//! PostgreSQL: version, settings, clock.

use super::examination::{CLOCK, NAME};
use crate::failures::unavailable;
use crate::types::{Instant, SqlInstant};
use crate::{DatabaseUrl, ExpectedUse};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use threshold_application::ports::{Clock, StoreError};
use threshold_domain::operations::{Finding, judge_clock};

const ENCODING: &str = "database-encoding";
const CONNECTIONS: &str = "database-connections";
/// The oldest version that the tests run on, as the server counts.
const OLDEST: i64 = 150_000;

const LOOK: &str = "\
    SELECT current_setting('server_version') AS version, current_setting('server_version_num')::bigint AS number, \
    pg_is_in_recovery() AS replica, clock_timestamp() AS now, \
    (SELECT pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = current_database()) AS encoding, \
    current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint \
    - coalesce(current_setting('reserved_connections', true)::bigint, 0) AS room";

#[derive(Debug, QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Bool)]
    replica: bool,
    #[diesel(sql_type = SqlInstant)]
    now: Instant,
    #[diesel(sql_type = Text)]
    encoding: String,
    /// Connections for ordinary users.
    #[diesel(sql_type = BigInt)]
    room: i64,
}

/// Asks the server about itself.
pub(super) async fn look(
    link: &mut AsyncPgConnection,
    url: &DatabaseUrl,
    clock: &dyn Clock,
    expected: ExpectedUse,
) -> Result<Vec<Finding>, StoreError> {
    let before = clock.now();
    let server: Server = sql_query(LOOK).get_result(link).await.map_err(unavailable)?;
    let after = clock.now();
    Ok(vec![
        presence(url, &server),
        judge_clock(CLOCK, before, server.now.0, after),
        encoding(&server.encoding),
        connections(server.room, expected),
    ])
}

fn presence(url: &DatabaseUrl, server: &Server) -> Finding {
    let found = format!("{url} answers, PostgreSQL {}", server.version);
    if server.number < OLDEST {
        return Finding::fail(NAME, found, "upgrade the server to PostgreSQL 15 or newer");
    }
    if server.replica {
        return Finding::fail(
            NAME,
            format!("{found}, a replica, which takes no writes"),
            "name the primary in database.url",
        );
    }
    Finding::ok(NAME, found)
}

fn encoding(encoding: &str) -> Finding {
    if encoding == "UTF8" {
        return Finding::ok(ENCODING, encoding);
    }
    let found = format!("{encoding}, which has no place for most people's names");
    Finding::fail(ENCODING, found, "make the database anew with ENCODING 'UTF8', and restore it there")
}

/// Every instance has its pool, and one connection more that listens for jobs.
fn connections(room: i64, expected: ExpectedUse) -> Finding {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let each = count(expected.max_connections).saturating_add(1);
    let wanted = each.saturating_mul(count(expected.instances));
    let instances =
        if expected.instances == 1 { "one instance".to_owned() } else { format!("{} instances", expected.instances) };
    let found = format!("the server has {room} for ordinary users; {instances} may take {wanted}");
    if wanted <= room {
        return Finding::ok(CONNECTIONS, format!("{found}; there is room for {}", room / each));
    }
    let advice = "lower database.max_connections, raise the server's max_connections, or put a pooler between them";
    Finding::warn(CONNECTIONS, found, advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use threshold_domain::operations::Verdict;

    fn server(number: i64, replica: bool) -> Server {
        let now = Instant(threshold_domain::Timestamp::UNIX_EPOCH);
        Server { version: "15.4".to_owned(), number, replica, now, encoding: "UTF8".to_owned(), room: 97 }
    }

    #[test]
    fn old_servers_and_replicas_are_of_no_use() {
        let url = "postgres://ada:hunter2@host/threshold".parse().unwrap();
        for (number, replica, verdict) in
            [(150_004, false, Verdict::Ok), (140_012, false, Verdict::Fail), (160_001, true, Verdict::Fail)]
        {
            let finding = presence(&url, &server(number, replica));
            assert_eq!(finding.verdict, verdict, "{number}");
            assert!(!finding.found.contains("hunter2"));
        }
    }

    #[test]
    fn all_pools_together_must_fit() {
        let verdict = |instances, max_connections| {
            connections(97, ExpectedUse { instances, max_connections, migrates_itself: false }).verdict
        };
        assert_eq!((verdict(1, 25), verdict(3, 25), verdict(4, 25)), (Verdict::Ok, Verdict::Ok, Verdict::Warn));
        assert_eq!((verdict(1, 96), verdict(1, 97)), (Verdict::Ok, Verdict::Warn));
    }

    #[test]
    fn names_need_utf8() {
        assert_eq!((encoding("UTF8").verdict, encoding("SQL_ASCII").verdict), (Verdict::Ok, Verdict::Fail));
    }
}
