//! How often one client may ask.

use crate::app::HttpSettings;
use crate::problem::{Code, Problem};
use crate::request::{client_ip, network_of};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};
use std::num::NonZeroU32;
use std::time::Duration;
use threshold_application::ports::{Meter, Metric, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;

/// What is asked by those who watch over the service: if it were limited, they would take it for dead.
const UNLIMITED: [&str; 2] = ["/health", "/ready"];

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Everything.
    Default,
    /// What proves who somebody is.
    Auth,
}

/// Where a client stands, for the answer's headers.
struct Standing {
    class: Class,
    limit: RateLimit,
    taken: Taken,
}

/// All of them.
#[derive(Default)]
struct Standings(Vec<Standing>);

/// Counts a request, whether or not there is anything at its path.
pub(crate) async fn limit_requests(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if UNLIMITED.contains(&request.path()) {
        return next.call(request).await;
    }
    match limit(request.request(), Class::Default).await {
        Ok(()) => next.call(request).await,
        Err(problem) => Ok(request.error_response(problem)),
    }
}

/// Counts a request in a class; refuses it if its client has asked too often. Clients are told apart by address, IPv6 ones by
/// network, because whoever has one address there has a whole network.
pub(crate) async fn limit(request: &HttpRequest, class: Class) -> Result<(), Problem> {
    let settings = request.app_data::<Data<HttpSettings>>();
    let Some(limit) = settings.and_then(|settings| class.limit(settings)) else { return Ok(()) };
    let buckets = request.app_data::<Data<dyn TokenBuckets>>();
    let buckets = buckets.ok_or_else(|| Problem::internal("limits are not wired"))?;
    let client = client_ip(request).map(network_of);
    let client = client.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    let key = format!("{}:{client}", class.name());
    let taken = buckets.take(&key, limit, NonZeroU32::MIN).await.map_err(Problem::internal)?;
    let mut extensions = request.extensions_mut();
    let mut standings = extensions.remove::<Standings>().unwrap_or_default();
    standings.0.push(Standing { class, limit, taken });
    extensions.insert(standings);
    if taken.granted > 0 { Ok(()) } else { Err(refusal(request, class, taken)) }
}

fn refusal(request: &HttpRequest, class: Class, taken: Taken) -> Problem {
    if let Some(meter) = request.app_data::<Data<dyn Meter>>() {
        meter.count(Metric::RateLimited, &[class.name()]);
    }
    Problem::new(Code::RateLimited).with_header(RETRY_AFTER, HeaderValue::from(seconds(taken.next_in).max(1)))
}

/// Tells the client where it stands (draft-ietf-httpapi-ratelimit-headers): structured fields, a member for each class.
pub(crate) async fn tell_limits<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let Some(Standings(standings)) = response.request().extensions_mut().remove() else { return Ok(response) };
    let policies: Vec<_> = standings.iter().map(Standing::policy).collect();
    let states: Vec<_> = standings.iter().map(Standing::state).collect();
    for (name, members) in [(RATE_LIMIT_POLICY, policies), (RATE_LIMIT, states)] {
        if let Ok(value) = HeaderValue::from_str(&members.join(", ")) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Auth => "auth",
        }
    }

    fn limit(self, settings: &HttpSettings) -> Option<RateLimit> {
        match self {
            Self::Default => settings.limits.default,
            Self::Auth => settings.limits.auth,
        }
    }
}

impl Standing {
    fn policy(&self) -> String {
        format!("\"{}\";q={};w={}", self.class.name(), self.limit.quota, seconds(self.limit.window))
    }

    fn state(&self) -> String {
        format!("\"{}\";r={};t={}", self.class.name(), self.taken.left, seconds(self.taken.full_in))
    }
}

/// Whole seconds, rounded up.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
