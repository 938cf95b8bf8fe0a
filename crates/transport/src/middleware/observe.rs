//! Names, logs and counts requests.

use crate::request::RequestId;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Instant;
use threshold_application::ports::{IdGenerator, Meter, Metric};
use tracing::{Instrument, Span, field, info, info_span};

/// What stands for the route where none fits.
const UNMATCHED: &str = "unmatched";

/// Requests under way, in all workers.
static IN_FLIGHT: AtomicI32 = AtomicI32::new(0);

/// Gives the request its id and span, and once it is answered one line of log and its metrics. Never its path, its query, its
/// body or its sender: they may be personal.
pub(crate) async fn observe<B: MessageBody>(
    meter: Data<dyn Meter>,
    ids: Data<dyn IdGenerator>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let id = RequestId::of(&request, ids.get_ref());
    let method = method_label(request.method());
    let span = info_span!("request", request_id = id.as_str(), method, route = field::Empty);
    request.extensions_mut().insert(id.clone());
    let in_flight = InFlight::begin(meter.clone().into_inner());
    let outcome = next.call(request).instrument(span.clone()).await;
    drop(in_flight);
    outcome.map(|mut response| {
        let (name, value) = id.header();
        response.headers_mut().insert(name, value);
        record(&span, meter.get_ref(), &response, method, started);
        response
    })
}

fn record<B>(span: &Span, meter: &dyn Meter, response: &ServiceResponse<B>, method: &str, started: Instant) {
    let pattern = response.request().match_pattern();
    let route = pattern.as_deref().unwrap_or(UNMATCHED);
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status();
    meter.count(Metric::HttpRequests, &[route, method, status.as_str()]);
    meter.observe(Metric::HttpRequestDuration, &[route, method], seconds);
    if pattern.is_none() {
        // A route has told the span its name itself, for the lines that are logged on the way.
        span.record("route", UNMATCHED);
    }
    span.in_scope(|| info!(status = status.as_u16(), duration_ms = seconds * 1000.0, "request answered"));
}

/// Methods are the client's to choose; the label must stay within a few.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [(&Method, &str); 7] = [
        (&Method::GET, "GET"),
        (&Method::HEAD, "HEAD"),
        (&Method::POST, "POST"),
        (&Method::PUT, "PUT"),
        (&Method::DELETE, "DELETE"),
        (&Method::PATCH, "PATCH"),
        (&Method::OPTIONS, "OPTIONS"),
    ];
    KNOWN.into_iter().find(|(known, _)| *known == method).map_or("OTHER", |(_, label)| label)
}

/// Counts a request as under way until it is dropped, also when its client goes away.
struct InFlight(Arc<dyn Meter>);

impl InFlight {
    fn begin(meter: Arc<dyn Meter>) -> Self {
        let now = IN_FLIGHT.fetch_add(1, Ordering::Relaxed) + 1;
        meter.set(Metric::HttpRequestsInFlight, &[], f64::from(now));
        Self(meter)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let now = IN_FLIGHT.fetch_sub(1, Ordering::Relaxed) - 1;
        self.0.set(Metric::HttpRequestsInFlight, &[], f64::from(now));
    }
}
