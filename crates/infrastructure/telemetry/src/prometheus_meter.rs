//! Metrics in Prometheus' text format.

use metrics::{Key, KeyName, Label, Level, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use metrics_process::Collector;
use std::sync::{PoisonError, RwLock};
use threshold_application::ports::{Meter, Metric, MetricKind};

/// Upper bounds in seconds, from a cache hit to a request that somebody gave up on.
const BUCKETS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const METADATA: Metadata<'static> = Metadata::new("threshold", Level::INFO, None);

/// Records metrics for Prometheus, in a recorder of its own: two in one process don't mix.
pub struct PrometheusMeter {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    process: Collector,
    /// Held while observations are folded into their buckets: one that was made at that moment could be lost.
    folding: RwLock<()>,
}

/// The recorder could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the metrics recorder can't be built")]
pub struct RecorderError(#[from] BuildError);

impl PrometheusMeter {
    /// A recorder in which every metric is described.
    ///
    /// # Errors
    /// When the exporter refuses its buckets.
    pub fn new() -> Result<Self, RecorderError> {
        let of_ours = Matcher::Prefix("threshold_".to_owned());
        let recorder = PrometheusBuilder::new().set_buckets_for_metric(of_ours, &BUCKETS)?.build_recorder();
        let handle = recorder.handle();
        let meter = Self { recorder, handle, process: Collector::default(), folding: RwLock::default() };
        for metric in Metric::ALL {
            meter.describe(metric);
        }
        metrics::with_local_recorder(&meter.recorder, || meter.process.describe());
        Ok(meter)
    }

    /// All metrics in Prometheus' text format, with the process' own figures as they are now.
    #[must_use]
    pub fn render(&self) -> String {
        metrics::with_local_recorder(&self.recorder, || self.process.collect());
        let _folding = self.folding.write().unwrap_or_else(PoisonError::into_inner);
        self.handle.render()
    }

    /// Folds what was observed into its buckets. Observations pile up until then, so it is called every few seconds, also when
    /// nobody asks for the metrics.
    pub fn upkeep(&self) {
        let _folding = self.folding.write().unwrap_or_else(PoisonError::into_inner);
        self.handle.run_upkeep();
    }

    fn describe(&self, metric: Metric) {
        let (name, help) = (KeyName::from_const_str(metric.name()), SharedString::const_str(metric.help()));
        match metric.kind() {
            MetricKind::Counter => self.recorder.describe_counter(name, None, help),
            MetricKind::Gauge => self.recorder.describe_gauge(name, None, help),
            MetricKind::Histogram => self.recorder.describe_histogram(name, Some(Unit::Seconds), help),
        }
    }
}

impl Meter for PrometheusMeter {
    fn count(&self, metric: Metric, labels: &[&str]) {
        self.recorder.register_counter(&key(metric, labels), &METADATA).increment(1);
    }

    fn set(&self, metric: Metric, labels: &[&str], value: f64) {
        self.recorder.register_gauge(&key(metric, labels), &METADATA).set(value);
    }

    fn observe(&self, metric: Metric, labels: &[&str], value: f64) {
        let histogram = self.recorder.register_histogram(&key(metric, labels), &METADATA);
        let _observing = self.folding.read().unwrap_or_else(PoisonError::into_inner);
        histogram.record(value);
    }
}

fn key(metric: Metric, values: &[&str]) -> Key {
    let names = metric.labels();
    debug_assert_eq!(names.len(), values.len(), "{metric:?} has the labels {names:?}");
    let labels = names.iter().zip(values).map(|(name, value)| Label::new(*name, (*value).to_owned()));
    Key::from_parts(metric.name(), labels.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn labels_of(metric: Metric) -> Vec<&'static str> {
        metric.labels().to_vec()
    }

    #[test]
    fn every_metric_is_rendered_with_its_help() {
        let meter = PrometheusMeter::new().unwrap();
        for metric in Metric::ALL {
            match metric.kind() {
                MetricKind::Counter => meter.count(metric, &labels_of(metric)),
                MetricKind::Gauge => meter.set(metric, &labels_of(metric), 1.0),
                MetricKind::Histogram => meter.observe(metric, &labels_of(metric), 0.003),
            }
        }
        let text = meter.render();
        for metric in Metric::ALL {
            assert!(text.contains(&format!("# HELP {} {}", metric.name(), metric.help())), "{metric:?} in {text}");
        }
        assert!(text.contains("threshold_database_connection_wait_seconds_bucket{pool=\"pool\",le=\"0.005\"} 1"));
        assert!(text.contains("threshold_database_connection_wait_seconds_bucket{pool=\"pool\",le=\"0.0025\"} 0"));
    }

    #[test]
    fn the_process_tells_its_own_figures() {
        let text = PrometheusMeter::new().unwrap().render();
        for name in ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"] {
            assert!(text.lines().any(|line| line.starts_with(name)), "{name} in {text}");
            assert!(text.contains(&format!("# HELP {name} ")), "{name} is explained in {text}");
        }
    }

    #[test]
    fn many_threads_lose_nothing_also_while_it_is_rendered() {
        let meter = Arc::new(PrometheusMeter::new().unwrap());
        let work = |meter: &PrometheusMeter| {
            meter.count(Metric::SignIns, &["failed"]);
            meter.observe(Metric::HashWait, &[], 0.1);
        };
        let threads = (0..4).map(|_| {
            let meter = Arc::clone(&meter);
            std::thread::spawn(move || (0..1000).for_each(|_| work(&meter)))
        });
        let threads: Vec<_> = threads.collect();
        while threads.iter().any(|thread| !thread.is_finished()) {
            meter.upkeep();
            assert!(!meter.render().is_empty());
        }
        for thread in threads {
            thread.join().unwrap();
        }
        let text = meter.render();
        assert!(text.contains("threshold_sign_ins_total{outcome=\"failed\"} 4000"), "{text}");
        assert!(text.contains("threshold_password_hash_wait_seconds_count 4000"), "{text}");
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "SignIns has the labels [\"outcome\"]")]
    fn a_forgotten_label_is_a_defect_that_tests_find() {
        PrometheusMeter::new().unwrap().count(Metric::SignIns, &[]);
    }

    #[test]
    fn a_gauge_shows_what_was_set_last() {
        let meter = PrometheusMeter::new().unwrap();
        meter.set(Metric::HashQueueDepth, &[], 7.0);
        meter.set(Metric::HashQueueDepth, &[], 3.0);
        assert!(meter.render().contains("threshold_password_hash_queue_depth 3"));
    }

    #[test]
    fn two_meters_do_not_mix() {
        let (one, two) = (PrometheusMeter::new().unwrap(), PrometheusMeter::new().unwrap());
        one.count(Metric::Registrations, &[]);
        assert!(one.render().contains("threshold_registrations_total 1"));
        assert!(!two.render().contains("threshold_registrations_total 1"));
    }

    #[test]
    fn every_histogram_is_cut_at_every_bound() {
        let meter = PrometheusMeter::new().unwrap();
        let of_kind = |metric: &Metric| metric.kind() == MetricKind::Histogram;
        for metric in Metric::ALL.into_iter().filter(of_kind) {
            meter.observe(metric, &labels_of(metric), 0.2);
            let text = meter.render();
            let is_bucket = |line: &&str| line.starts_with(&format!("{}_bucket", metric.name()));
            assert_eq!(text.lines().filter(is_bucket).count(), BUCKETS.len() + 1, "{metric:?} and infinity: {text}");
        }
    }

    #[test]
    fn label_values_are_escaped() {
        let meter = PrometheusMeter::new().unwrap();
        meter.count(Metric::SignIns, &["a\"b\\c\nd"]);
        assert!(meter.render().contains(r#"{outcome="a\"b\\c\nd"} 1"#));
    }
}
