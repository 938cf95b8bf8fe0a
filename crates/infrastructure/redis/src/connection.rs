//! The connection that all tasks share.

use crate::settings::RedisSettings;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisResult};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A connection under way or made: who comes meanwhile waits for the same one.
type Attempt = Shared<BoxFuture<'static, RedisResult<MultiplexedConnection>>>;

/// One connection, which takes the questions of all tasks without waiting for answers between them. It is made when it is
/// needed first.
///
/// After any failure the next question goes over a new one: the old may lead to a server that has gone, is frozen, or may
/// no longer write. (The driver's own manager keeps some failed attempts forever.) Nothing is tried twice.
pub(crate) struct SharedConnection {
    client: Client,
    config: AsyncConnectionConfig,
    current: Mutex<Option<Attempt>>,
}

impl SharedConnection {
    pub(crate) fn new(client: Client, settings: &RedisSettings) -> Self {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(settings.connect_timeout))
            .set_response_timeout(Some(settings.response_timeout));
        Self { client, config, current: Mutex::new(None) }
    }

    /// Does some work over the connection.
    pub(crate) async fn run<T, F>(&self, work: impl FnOnce(MultiplexedConnection) -> F) -> RedisResult<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let attempt = self.attempt();
        let outcome = match attempt.clone().await {
            Ok(connection) => work(connection).await,
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            self.forget(&attempt);
        }
        outcome
    }

    fn attempt(&self) -> Attempt {
        let connect = || {
            let (client, config) = (self.client.clone(), self.config.clone());
            async move { client.get_multiplexed_async_connection_with_config(&config).await }.boxed().shared()
        };
        self.current().get_or_insert_with(connect).clone()
    }

    /// Forgets it, unless somebody else has replaced it already.
    fn forget(&self, failed: &Attempt) {
        let mut current = self.current();
        if current.as_ref().is_some_and(|current| current.ptr_eq(failed)) {
            *current = None;
        }
    }

    /// Every change is a single step, so a panic while the lock was held can't leave one half-done.
    fn current(&self) -> MutexGuard<'_, Option<Attempt>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
