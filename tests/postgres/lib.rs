//! Throw-away PostgreSQL databases for tests.
//!
//! The server is not ours to start: `make test` starts one that is thrown away afterwards and says where it is in
//! the environment. A test that needs it never skips.

use std::sync::atomic::{AtomicU32, Ordering};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

/// Names the server: a superuser's URL, for example `postgres://threshold@127.0.0.1:5433/postgres`.
pub const SERVER_VARIABLE: &str = "THRESHOLD_TEST_POSTGRES_URL";

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// An empty database of a test's own. It stays until the server is thrown away, so that a failed test can be looked into.
#[derive(Debug)]
pub struct FreshDatabase {
    url: String,
}

impl FreshDatabase {
    /// Makes the database.
    ///
    /// # Panics
    /// When the server is not running or does not make the database.
    pub async fn create() -> Self {
        let server = server_url();
        let client = connect(&server).await;
        loop {
            let name = format!("test_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
            match client.batch_execute(&format!("CREATE DATABASE {name}")).await {
                Ok(()) => return Self { url: beside(&server, &name) },
                // An earlier process had the same number.
                Err(error) if error.code() == Some(&SqlState::DUPLICATE_DATABASE) => {}
                Err(error) => panic!("the test database was not made: {error}"),
            }
        }
    }

    /// Where it is, as `THRESHOLD_DATABASE__URL` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection of the superuser to it, to look at and to break things.
    ///
    /// # Panics
    /// When the server can't be reached.
    pub async fn client(&self) -> Client {
        connect(&self.url).await
    }
}

fn server_url() -> String {
    let missing = |error| panic!("PostgreSQL isn't running ({SERVER_VARIABLE}: {error}): use `make test`");
    std::env::var(SERVER_VARIABLE).unwrap_or_else(missing)
}

/// The URL of another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (without_query, query) = server.split_once('?').map_or((server, None), |(url, query)| (url, Some(query)));
    let host = without_query.rsplit_once('/').map_or(without_query, |(host, _database)| host);
    match query {
        Some(query) => format!("{host}/{name}?{query}"),
        None => format!("{host}/{name}"),
    }
}

async fn connect(url: &str) -> Client {
    let config: Config = url.parse().unwrap_or_else(|error| panic!("{SERVER_VARIABLE} is no PostgreSQL URL: {error}"));
    match config.connect(NoTls).await {
        Ok((client, connection)) => {
            tokio::spawn(connection);
            client
        }
        Err(error) => panic!("PostgreSQL can't be reached: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn the_database_replaces_the_one_of_the_server() {
        assert_eq!(beside("postgres://me@host:1/postgres", "test_1"), "postgres://me@host:1/test_1");
        assert_eq!(beside("postgres://me@host:1/postgres?a=b", "test_1"), "postgres://me@host:1/test_1?a=b");
    }
}
