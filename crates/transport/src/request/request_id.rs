//! The name of a request.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use threshold_application::ports::IdGenerator;

/// The header that carries it, both ways.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const MAX_CHARACTERS: usize = 128;

/// What a request is called in answers and logs: the client's own id if it is harmless, else a UUIDv7.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue, String);

impl RequestId {
    /// The id that the client sent, or a new one.
    pub(crate) fn of(request: &ServiceRequest, ids: &dyn IdGenerator) -> Self {
        let sent = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_harmless(id));
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

/// 1–128 of `A-Z a-z 0-9 . _ -`: nothing that could forge a line of a log.
fn is_harmless(id: &str) -> bool {
    (1..=MAX_CHARACTERS).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_ids_are_kept() {
        assert!(is_harmless("a.B_9-"));
        assert!(is_harmless(&"x".repeat(128)));
        for id in ["", "a b", "a\n", "ä", "a/b", &"x".repeat(129)] {
            assert!(!is_harmless(id), "{id:?}");
        }
    }
}
