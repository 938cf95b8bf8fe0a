//! Whether a part can do its work.

use super::BoxError;
use async_trait::async_trait;

/// One thing that must be in order before traffic may come.
#[async_trait]
pub trait ReadinessCheck: Send + Sync {
    /// What is checked, for example `database`.
    fn name(&self) -> &'static str;

    /// Whether no traffic may come while it is not in order. Without a part that is not vital the service goes on, in a way
    /// that is stated, and says that it is degraded.
    fn is_vital(&self) -> bool {
        true
    }

    /// Checks it, changing nothing.
    ///
    /// # Errors
    /// Why it is not in order.
    async fn check(&self) -> Result<(), NotReady>;
}

/// A part is not in order; the cause is for the log.
#[derive(Debug, thiserror::Error)]
#[error("not ready")]
pub struct NotReady(#[source] pub BoxError);
