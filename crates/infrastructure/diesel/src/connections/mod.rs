//! Connections: one type for both databases, and where they come from.

mod pool;
mod pools;
mod postgres;
mod sqlite;

pub(crate) use pools::{Access, Pools};
pub(crate) use postgres::{connect, connect_plainly};
pub(crate) use sqlite::{SqliteLink, log_of};

use crate::failures::is_outage;
use diesel::result::Error;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::pooled_connection::deadpool::Object;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The longest time between a server's last words and its hanging up.
const GOODBYE: Duration = Duration::from_millis(20);

/// A connection lent by a pool; dropped, it goes back.
#[expect(clippy::large_enum_variant, reason = "it moves a few times in its life; a box would cost every query more")]
pub(crate) enum Connection {
    /// To PostgreSQL.
    Postgres(Object<AsyncPgConnection>),
    /// To SQLite.
    Sqlite(Object<SqliteLink>),
}

impl Connection {
    /// Whether nothing more can be asked of it; the pool will not lend it again.
    pub(crate) fn is_broken(&mut self) -> bool {
        match self {
            Self::Postgres(link) => PoolableConnection::is_broken(&mut **link),
            Self::Sqlite(link) => PoolableConnection::is_broken(&mut **link),
        }
    }

    /// Whether a statement failed because the connection is gone. A server that ends a connection says so first and hangs
    /// up afterwards: that is waited for, for a moment.
    pub(crate) async fn is_lost(&mut self, error: &Error) -> bool {
        if let Self::Postgres(_) = self
            && is_outage(self, error)
        {
            let began = Instant::now();
            while !self.is_broken() && began.elapsed() < GOODBYE {
                sleep(Duration::from_millis(1)).await;
            }
        }
        self.is_broken()
    }

    /// Closes it now instead of giving it back: what it holds on the server is free at once.
    pub(crate) fn close(self) {
        match self {
            Self::Postgres(link) => drop(Object::take(link)),
            Self::Sqlite(link) => drop(Object::take(link)),
        }
    }
}

/// Runs one query on whichever database the connection is to: the body is type-checked once for each.
///
/// The whole query stands inside, `as_select()` included, since its type holds the database's.
macro_rules! on {
    ($connection:expr, |$c:ident| $body:expr) => {
        match $connection {
            $crate::connections::Connection::Postgres(link) => {
                let $c: &mut diesel_async::AsyncPgConnection = &mut *link;
                $body
            }
            $crate::connections::Connection::Sqlite(link) => {
                let $c: &mut $crate::connections::SqliteLink = &mut *link;
                $body
            }
        }
    };
}
