//! Metrics for Prometheus and logs in JSON.
