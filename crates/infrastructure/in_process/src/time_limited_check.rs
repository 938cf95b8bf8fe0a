//! A readiness check that always answers in time.

use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{NotReady, ReadinessCheck};

/// Gives up on a check after a while: who asks for readiness has a deadline of their own.
pub struct TimeLimitedCheck {
    /// What is asked.
    pub check: Arc<dyn ReadinessCheck>,
    /// How long it may take.
    pub limit: Duration,
}

#[async_trait]
impl ReadinessCheck for TimeLimitedCheck {
    fn name(&self) -> &'static str {
        self.check.name()
    }

    fn is_vital(&self) -> bool {
        self.check.is_vital()
    }

    async fn check(&self) -> Result<(), NotReady> {
        match tokio::time::timeout(self.limit, self.check.check()).await {
            Ok(outcome) => outcome,
            Err(elapsed) => Err(NotReady(elapsed.into())),
        }
    }
}
