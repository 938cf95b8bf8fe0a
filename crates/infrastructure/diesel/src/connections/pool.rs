//! A pool that keeps to its bounds and is measured.

use crate::DatabaseSettings;
use crate::failures::{pool_failure, unavailable};
use deadpool::Runtime;
use deadpool::managed::{Hook, HookError, Manager, Object, Pool};
use diesel_async::pooled_connection::PoolError;
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_application::ports::{Meter, Metric, StoreError};

/// How long a connection may lie idle before the bound on idle ones applies: bursts should not reconnect.
const GRACE: Duration = Duration::from_secs(1);

/// Connections of one kind.
pub(crate) struct ConnectionPool<M: Manager> {
    name: &'static str,
    connections: Pool<M>,
    max_idle: usize,
    max_lifetime: Duration,
    meter: Arc<dyn Meter>,
}

impl<M> ConnectionPool<M>
where
    M: Manager<Error = PoolError> + 'static,
    M::Type: Send,
{
    /// A pool of at most `size` connections, none of them open yet.
    pub(super) fn new(
        name: &'static str,
        manager: M,
        size: usize,
        settings: &DatabaseSettings,
        meter: Arc<dyn Meter>,
    ) -> Result<Self, StoreError> {
        let max_lifetime = settings.max_lifetime;
        let young = Hook::sync_fn(move |_connection, metrics| {
            if metrics.age() < max_lifetime { Ok(()) } else { Err(HookError::message("it reached its lifetime")) }
        });
        let connections = Pool::builder(manager)
            .max_size(size)
            .pre_recycle(young)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.acquire_timeout))
            .create_timeout(Some(settings.acquire_timeout))
            .recycle_timeout(Some(settings.acquire_timeout))
            .build()
            .map_err(unavailable)?;
        Ok(Self { name, connections, max_idle: settings.max_idle, max_lifetime, meter })
    }

    /// Lends a connection, waiting for one if need be.
    pub(super) async fn get(&self) -> Result<Object<M>, StoreError> {
        let asked = Instant::now();
        let lent = self.connections.get().await.map_err(pool_failure);
        self.meter.observe(Metric::PoolWait, &[self.name], asked.elapsed().as_secs_f64());
        lent
    }

    /// Closes every connection that nobody uses.
    pub(super) fn forget_idle(&self) {
        self.connections.retain(|_connection, _metrics| false);
    }

    /// Closes idle connections that are too old or too many, and reports the rest; called every second.
    pub(super) fn tend(&self) {
        let mut kept = 0;
        self.connections.retain(|_connection, metrics| {
            if metrics.age() >= self.max_lifetime {
                return false;
            }
            let idle = metrics.last_used() >= GRACE;
            kept += usize::from(idle);
            !idle || kept <= self.max_idle
        });
        let status = self.connections.status();
        self.report("idle", status.available);
        self.report("used", status.size.saturating_sub(status.available));
    }

    fn report(&self, state: &str, connections: usize) {
        let connections = u32::try_from(connections).unwrap_or(u32::MAX);
        self.meter.set(Metric::PoolConnections, &[self.name, state], f64::from(connections));
    }

    /// Closes the idle connections and lends no more; those in use close when they come back.
    pub(super) fn close(&self) {
        self.connections.close();
    }
}
