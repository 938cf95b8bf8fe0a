//! Who does something, for the audit log.

use super::{RequestId, provenance};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use threshold_application::access::Caller;
use threshold_domain::audit::{self, Initiator, Origin};

/// Whoever asks, for handlers that need nothing else of them.
pub(crate) struct By(pub(crate) Initiator);

impl FromRequest for By {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Ok(Self(initiator(request))))
    }
}

/// Whoever [`authenticate`](super::authenticate) has found to send `request`, or nobody known, and where from.
pub(crate) fn initiator(request: &HttpRequest) -> Initiator {
    let origin = origin(request);
    match request.extensions().get::<Caller>() {
        Some(caller) => Initiator::known(caller.principal(), origin),
        None => Initiator::anonymous(origin),
    }
}

/// Where `request` comes from.
pub(super) fn origin(request: &HttpRequest) -> Origin {
    let extensions = request.extensions();
    let request_id = extensions.get::<RequestId>().and_then(|id| audit::RequestId::parse(id.as_str()));
    Origin { provenance: provenance(request), request_id }
}
