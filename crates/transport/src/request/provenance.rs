//! Where a request comes from, as the account's owner will see it.

use super::{Cookies, client_ip};
use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use threshold_application::sessions::Guesser;
use threshold_domain::sessions::{Provenance, UserAgent};

/// Address and name of the client.
pub(crate) fn provenance(request: &HttpRequest) -> Provenance {
    let user_agent = request.headers().get(USER_AGENT);
    Provenance {
        address: client_ip(request),
        user_agent: user_agent.and_then(|value| UserAgent::cleaned(&String::from_utf8_lossy(value.as_bytes()))),
    }
}

/// Who tries a password: the network, because whoever has one IPv6 address has the whole /64, and the device.
pub(crate) fn guesser(request: &HttpRequest) -> Guesser {
    Guesser { address: client_ip(request).map(super::network_of), device: Cookies::device(request) }
}
