//! The log.

use std::io::IsTerminal;
use std::str::FromStr;
use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people; in colour where standard output is a terminal.
    Pretty,
}

/// The filter can't be read.
#[derive(Debug, thiserror::Error)]
#[error("a log filter looks like `info` or `info,threshold_diesel=debug`")]
pub struct LogFilterError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A subscriber that writes lines that pass `filter` (`info`, `warn,threshold_transport=debug`, …) to `writer`. JSON lines
/// carry the fields of the span around them, such as the request's id and route, in `span`.
///
/// # Errors
/// When the filter can't be read.
pub fn subscriber<W>(
    format: LogFormat,
    filter: &str,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, LogFilterError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::from_str(filter).map_err(|error| LogFilterError(error.into()))?;
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Json => {
            let lines = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
            Box::new(lines.fmt_fields(JsonFields::new()).with_writer(writer))
        }
        LogFormat::Pretty => {
            let colours = std::io::stdout().is_terminal();
            Box::new(fmt::layer().with_target(false).with_ansi(colours).with_writer(writer))
        }
    };
    Ok(tracing_subscriber::registry().with(lines.with_filter(filter)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::io;
    use std::sync::{Arc, Mutex};
    use threshold_application::ErrorChain;
    use tracing::{Span, error, field, info, info_span};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, filter: &str, work: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(format, filter, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, work);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn log(filter: &str, work: impl FnOnce()) -> Vec<Value> {
        let text = written(LogFormat::Json, filter, work);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_carries_its_request_and_route() {
        let lines = log("info", || {
            let span = info_span!("request", request_id = "r1", route = field::Empty);
            let _entered = span.enter();
            Span::current().record("route", "/api/v1/login");
            info!(status = 200, "request answered");
        });
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!(line["message"], "request answered");
        assert_eq!(line["status"], 200);
        assert_eq!(line["span"]["request_id"], "r1");
        assert_eq!(line["span"]["route"], "/api/v1/login");
        let timestamp = line["timestamp"].as_str().unwrap();
        assert!(timestamp.contains('T') && timestamp.ends_with('Z'), "{timestamp}");
    }

    #[test]
    fn an_error_is_logged_with_its_causes_and_can_not_begin_a_line() {
        let disk = io::Error::other("the disk is full\n{\"level\":\"INFO\"}");
        let lines = log("info", || error!(error = %ErrorChain(&LogFilterError(disk.into())), "the request failed"));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((&line["level"], &line["target"]), (&json!("ERROR"), &json!(module_path!())));
        let causes = line["error"].as_str().unwrap();
        assert!(causes.starts_with("a log filter looks like") && causes.contains(": the disk is full"), "{causes}");
    }

    #[test]
    fn a_line_for_people_tells_the_same() {
        let text = written(LogFormat::Pretty, "info", || {
            let span = info_span!("request", request_id = "r1", route = "/api/v1/login");
            span.in_scope(|| info!(status = 200, "request answered"));
        });
        for told in ["INFO", "request answered", "r1", "/api/v1/login", "200"] {
            assert!(text.contains(told), "{told} in {text}");
        }
        assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
    }

    #[test]
    fn the_filter_decides_what_is_written() {
        assert!(log("warn", || info!("unimportant")).is_empty());
        assert!(subscriber(LogFormat::Json, "no such = filter", io::sink).is_err());
    }
}
