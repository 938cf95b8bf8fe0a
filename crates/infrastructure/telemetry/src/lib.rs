//! Metrics for Prometheus and logs in JSON.

mod logging;
mod prometheus_meter;
mod reference;

pub use logging::{LogFilterError, LogFormat, subscriber};
pub use prometheus_meter::{PrometheusMeter, RecorderError};
pub use reference::metrics_reference;
