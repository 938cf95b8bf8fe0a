//! Telling workers that there is something to do.

use crate::connections::{Connection, connect};
use crate::database_url::Tls;
use async_trait::async_trait;
use diesel::sql_query;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::StreamExt;
use std::pin::pin;
use std::sync::Weak;
use std::time::Duration;
use threshold_application::ports::{BoxError, JobBell};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_postgres::Config;

/// PostgreSQL's name for what is rung (`NOTIFY`).
const CHANNEL: &str = "threshold_jobs";
/// How long a silent server is waited for.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(10);
/// How often it is looked whether anybody still listens.
const STILL_WANTED: Duration = Duration::from_secs(5);
/// Between two tries to listen to PostgreSQL.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Rings in this process; on PostgreSQL in all others too.
#[derive(Debug, Default)]
pub(crate) struct Bell(Notify);

impl Bell {
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }
}

#[async_trait]
impl JobBell for Bell {
    async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Tells other processes, once what this transaction has changed is committed.
pub(crate) async fn notify(connection: &mut Connection) -> diesel::QueryResult<()> {
    match connection {
        // Without preparing it, which would be a round trip more.
        Connection::Postgres(link) => link.batch_execute(&format!("NOTIFY {CHANNEL}")).await,
        Connection::Sqlite(_) => Ok(()),
    }
}

/// Hears what other processes ring, on a connection of its own.
pub(crate) struct Listener {
    config: Config,
    tls: Tls,
}

impl Listener {
    /// On that server.
    pub(crate) fn new(config: &Config, tls: &Tls) -> Self {
        let mut config = config.clone();
        config.application_name("threshold jobs");
        // A server that vanished without a word is noticed all the same.
        config.connect_timeout(LISTEN_TIMEOUT).keepalives_idle(LISTEN_TIMEOUT).tcp_user_timeout(LISTEN_TIMEOUT);
        Self { config, tls: tls.clone() }
    }

    /// Passes on what it hears for as long as there is somebody to pass it on to. What is missed while PostgreSQL is away is
    /// made up for by ringing once it is back.
    pub(crate) async fn listen(self, bell: Weak<Bell>) {
        while bell.strong_count() > 0 {
            // Why it can't listen others say already; until it can workers look by themselves.
            let _lost = self.pass_on(&bell).await;
            sleep(LISTEN_AGAIN).await;
        }
    }

    async fn pass_on(&self, bell: &Weak<Bell>) -> Result<(), BoxError> {
        let mut link = connect(&self.config, &self.tls).await?;
        sql_query(format!("LISTEN {CHANNEL}")).execute(&mut link).await?;
        let mut rings = pin!(link.notifications_stream());
        ring(bell);
        while bell.strong_count() > 0 {
            // Now and then it is looked whether anybody still listens.
            if let Ok(rung) = timeout(STILL_WANTED, rings.next()).await {
                rung.ok_or("the connection is lost")??;
                ring(bell);
            }
        }
        Ok(())
    }
}

fn ring(bell: &Weak<Bell>) {
    if let Some(bell) = bell.upgrade() {
        bell.ring();
    }
}
