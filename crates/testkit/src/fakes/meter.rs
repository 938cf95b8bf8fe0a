//! Metrics that a test can look at.

use super::lock;
use std::collections::HashMap;
use std::sync::Mutex;
use threshold_application::ports::{Meter, Metric};

/// Keeps what was recorded; panics where the number of labels is wrong.
#[derive(Debug, Default)]
pub struct RecordingMeter(Mutex<Recorded>);

#[derive(Debug, Default)]
struct Recorded {
    counts: HashMap<(Metric, Vec<String>), u64>,
    gauges: HashMap<(Metric, Vec<String>), f64>,
    observations: HashMap<(Metric, Vec<String>), Vec<f64>>,
}

impl RecordingMeter {
    /// How often it was counted.
    #[must_use]
    pub fn counted(&self, metric: Metric, labels: &[&str]) -> u64 {
        lock(&self.0).counts.get(&key(metric, labels)).copied().unwrap_or_default()
    }

    /// What the gauge shows, if it was set.
    #[must_use]
    pub fn gauge(&self, metric: Metric, labels: &[&str]) -> Option<f64> {
        lock(&self.0).gauges.get(&key(metric, labels)).copied()
    }

    /// What was observed, in order.
    #[must_use]
    pub fn observed(&self, metric: Metric, labels: &[&str]) -> Vec<f64> {
        lock(&self.0).observations.get(&key(metric, labels)).cloned().unwrap_or_default()
    }
}

impl Meter for RecordingMeter {
    fn count(&self, metric: Metric, labels: &[&str]) {
        *lock(&self.0).counts.entry(key(metric, labels)).or_default() += 1;
    }

    fn set(&self, metric: Metric, labels: &[&str], value: f64) {
        lock(&self.0).gauges.insert(key(metric, labels), value);
    }

    fn observe(&self, metric: Metric, labels: &[&str], value: f64) {
        lock(&self.0).observations.entry(key(metric, labels)).or_default().push(value);
    }
}

fn key(metric: Metric, labels: &[&str]) -> (Metric, Vec<String>) {
    assert_eq!(labels.len(), metric.labels().len(), "{metric:?} has the labels {:?}", metric.labels());
    (metric, labels.iter().map(ToString::to_string).collect())
}
