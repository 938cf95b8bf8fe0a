//! May traffic come?

use crate::ports::{Clock, ReadinessCheck};
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::warn;

/// Asks every part whether it is in order.
pub struct CheckReadiness {
    /// The parts.
    pub checks: Vec<Arc<dyn ReadinessCheck>>,
    /// Measures how long each took.
    pub clock: Arc<dyn Clock>,
    /// Set once the process is about to stop.
    pub draining: Arc<AtomicBool>,
}

/// The state of all parts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the process is about to stop.
    pub draining: bool,
    /// Each part, in a fixed order.
    pub checks: Vec<CheckResult>,
}

/// The state of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// Which part.
    pub name: &'static str,
    /// Whether it is in order.
    pub status: CheckStatus,
    /// How long the check took.
    pub latency: Duration,
}

/// Whether a part is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStatus {
    /// It is.
    Up,
    /// It isn't, and no traffic may come.
    Down,
    /// It isn't, and the service goes on without it.
    Degraded,
}

impl Readiness {
    /// Whether traffic may come.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.draining && self.checks.iter().all(|check| check.status != CheckStatus::Down)
    }

    /// Whether the service goes on without one of its parts.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.checks.iter().any(|check| check.status == CheckStatus::Degraded)
    }
}

impl CheckReadiness {
    /// Asks all parts side by side.
    pub async fn execute(&self) -> Readiness {
        let checks = join_all(self.checks.iter().map(|check| self.ask(check.as_ref()))).await;
        Readiness { draining: self.draining.load(Ordering::Acquire), checks }
    }

    async fn ask(&self, check: &dyn ReadinessCheck) -> CheckResult {
        let started = self.clock.now();
        let outcome = check.check().await;
        let latency = (self.clock.now() - started).to_std().unwrap_or_default();
        let status = match outcome {
            Ok(()) => CheckStatus::Up,
            Err(error) => {
                warn!(check = check.name(), error = ?error, "a readiness check failed");
                if check.is_vital() { CheckStatus::Down } else { CheckStatus::Degraded }
            }
        };
        CheckResult { name: check.name(), status, latency }
    }
}
