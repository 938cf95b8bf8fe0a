//! The client's address.

use actix_web::HttpRequest;
use std::net::IpAddr;

/// The address that the request comes from.
pub(crate) fn client_ip(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|peer| peer.ip().to_canonical())
}

/// The network that one client has for itself: an IPv6 address's /64, an IPv4 address.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}
