//! Work that goes on when its client goes away.

use crate::problem::Problem;
use std::future::Future;
use tokio::runtime::Handle;
use tracing::Instrument;

/// Runs use cases that change something on a runtime of their own.
///
/// actix drops a handler when its client resets the connection. Work that was handed over here ends all the same, and a
/// slow commit holds up a thread of that runtime, not the worker that serves other requests.
#[derive(Debug, Clone)]
pub struct Detached(Handle);

impl Detached {
    /// Hands work over to `runtime`, which must outlive the server.
    #[must_use]
    pub fn new(runtime: Handle) -> Self {
        Self(runtime)
    }

    /// Runs `work` to its end and answers what it gave, to whoever still waits.
    ///
    /// # Errors
    /// `internal-error` if it panicked or the runtime is gone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.0.spawn(work.in_current_span()).await.map_err(Problem::internal)
    }
}
