//! The name of a request.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use threshold_application::ports::IdGenerator;
use threshold_domain::audit;

/// The header that carries it, both ways.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called in answers and logs: the client's own id if it is harmless, else a UUIDv7.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue, String);

impl RequestId {
    /// The id that the client sent, or a new one.
    pub(crate) fn of(request: &ServiceRequest, ids: &dyn IdGenerator) -> Self {
        let sent = request
            .headers()
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|id| audit::RequestId::parse(id).is_some());
        let id = sent.map_or_else(|| ids.next().to_string(), str::to_owned);
        let value = HeaderValue::from_str(&id).unwrap_or_else(|_invalid| HeaderValue::from_static("unknown"));
        Self(value, id)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.1
    }

    pub(crate) fn header(&self) -> (HeaderName, HeaderValue) {
        (HEADER, self.0.clone())
    }
}
