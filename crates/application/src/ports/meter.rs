//! Recording metrics.

use super::Metric;

/// Records metrics. Never fails, never waits.
///
/// `labels` are the values of [`Metric::labels`], in their order. They are bounded: a route or a status, never an
/// id, a name or an address.
pub trait Meter: Send + Sync {
    /// Adds one to a counter.
    fn count(&self, metric: Metric, labels: &[&str]);

    /// Sets a gauge.
    fn set(&self, metric: Metric, labels: &[&str], value: f64);

    /// Adds an observation to a histogram, in the metric's unit.
    fn observe(&self, metric: Metric, labels: &[&str], value: f64);
}
