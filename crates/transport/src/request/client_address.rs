//! The client's address.

use super::forwarded;
use crate::app::HttpSettings;
use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};
use actix_web::web::Data;
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// Proxies that tell the truth about who asks them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text is neither an address nor a block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither an address nor a block such as 10.0.0.0/8 or fd00::/8")]
pub struct TrustedProxiesError(String);

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    /// Reads addresses and CIDR blocks (RFC 4632 §3.1), with commas between them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let block = |part: &str| {
            let block = part.parse::<IpNet>().or_else(|_no_block| part.parse::<IpAddr>().map(IpNet::from));
            block.map_err(|_no_address| TrustedProxiesError(part.to_owned()))
        };
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(block).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    /// The blocks: an address, and how many of its leading bits all in it share.
    pub fn blocks(&self) -> impl Iterator<Item = (IpAddr, u8)> {
        self.0.iter().map(|block| (block.network(), block.prefix_len()))
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|block| block.contains(&address))
    }
}

/// The address that the request comes from, as far as trusted proxies tell.
pub(crate) fn client_ip(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let settings = request.app_data::<Data<HttpSettings>>()?;
    let headers = request.headers();
    Some(client_address(peer, &lines(headers, X_FORWARDED_FOR), &lines(headers, FORWARDED), &settings.trusted_proxies))
}

fn lines(headers: &HeaderMap, name: HeaderName) -> Vec<&[u8]> {
    headers.get_all(name).map(HeaderValue::as_bytes).collect()
}

/// Who asks, given who has connected and what the lines of `X-Forwarded-For` and of `Forwarded` (RFC 7239) say.
///
/// Only proxies that are trusted are believed, and only about who asked them: the answer is the right-most address that is no
/// trusted proxy's. Whatever stands left of it the client may have made up. Where a hop can't be read, or the two headers
/// tell different stories, the answer is the last proxy that is known: one that a client can't choose.
#[must_use]
pub fn client_address(
    peer: IpAddr,
    x_forwarded_for: &[&[u8]],
    forwarded: &[&[u8]],
    trusted: &TrustedProxies,
) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(peer) {
        return peer;
    }
    let told = |hops: Vec<Option<IpAddr>>| right_most_untrusted(peer, &hops, trusted);
    match (x_forwarded_for.is_empty(), forwarded.is_empty()) {
        (true, true) => peer,
        (false, true) => told(forwarded::x_forwarded_for(x_forwarded_for)),
        (true, false) => told(forwarded::forwarded(forwarded)),
        (false, false) => {
            let (one, other) =
                (told(forwarded::x_forwarded_for(x_forwarded_for)), told(forwarded::forwarded(forwarded)));
            if one == other { one } else { peer }
        }
    }
}

fn right_most_untrusted(peer: IpAddr, hops: &[Option<IpAddr>], trusted: &TrustedProxies) -> IpAddr {
    let mut last = peer;
    for hop in hops.iter().rev() {
        match hop {
            Some(address) if trusted.contains(*address) => last = *address,
            Some(address) => return *address,
            None => return last,
        }
    }
    last
}

/// The network that one client has for itself: an IPv6 address's /64, an IPv4 address.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PROXY: &str = "10.0.0.1";

    fn address(peer: &str, x_forwarded_for: &[&str], forwarded: &[&str]) -> String {
        let trusted = "10.0.0.0/8, 2001:db8:ffff::/48".parse().unwrap();
        let bytes =
            |lines: &[&'static str]| -> Vec<&'static [u8]> { lines.iter().map(|line| line.as_bytes()).collect() };
        let leak = |lines: &[&str]| -> Vec<&'static str> {
            lines.iter().map(|line| &*Box::leak((*line).to_owned().into_boxed_str())).collect()
        };
        let (one, other) = (leak(x_forwarded_for), leak(forwarded));
        client_address(peer.parse().unwrap(), &bytes(&one), &bytes(&other), &trusted).to_string()
    }

    #[test]
    fn a_peer_that_is_not_trusted_is_the_client_whatever_it_says() {
        assert_eq!(address("192.0.2.1", &["198.51.100.1"], &["for=198.51.100.1"]), "192.0.2.1");
        assert_eq!(address("192.0.2.1", &["10.0.0.1"], &[]), "192.0.2.1");
    }

    #[test]
    fn the_right_most_address_that_is_not_trusted_is_the_client() {
        assert_eq!(address(PROXY, &[], &[]), PROXY);
        assert_eq!(address(PROXY, &["192.0.2.1"], &[]), "192.0.2.1");
        assert_eq!(address(PROXY, &["203.0.113.9, 192.0.2.1, 10.9.9.9"], &[]), "192.0.2.1");
        assert_eq!(address(PROXY, &["203.0.113.9", "192.0.2.1", "10.9.9.9"], &[]), "192.0.2.1");
        assert_eq!(address(PROXY, &[], &["for=203.0.113.9, for=192.0.2.1;proto=https;by=10.0.0.1"]), "192.0.2.1");
        assert_eq!(address("2001:db8:ffff::1", &["2001:db8::7"], &[]), "2001:db8::7");
        assert_eq!(address("::ffff:10.0.0.1", &["::ffff:192.0.2.1"], &[]), "192.0.2.1");
        assert_eq!(address(PROXY, &["10.0.0.3, 10.0.0.2"], &[]), "10.0.0.3", "all of them are proxies");
    }

    #[test]
    fn what_can_not_be_read_ends_the_way_at_the_last_known_proxy() {
        assert_eq!(address(PROXY, &["192.0.2.1, nonsense"], &[]), PROXY);
        assert_eq!(address(PROXY, &["192.0.2.1, unknown, 10.9.9.9"], &[]), "10.9.9.9");
        assert_eq!(address(PROXY, &["192.0.2.1,"], &[]), PROXY);
        assert_eq!(address(PROXY, &["nonsense, 192.0.2.1"], &[]), "192.0.2.1", "left of the client nothing counts");
        assert_eq!(address(PROXY, &[], &["for=_hidden"]), PROXY);
        assert_eq!(address(PROXY, &[], &["for=192.0.2.1, proto=https"]), PROXY);
    }

    #[test]
    fn where_the_headers_tell_different_stories_neither_is_believed() {
        assert_eq!(address(PROXY, &["192.0.2.1"], &["for=192.0.2.1"]), "192.0.2.1");
        assert_eq!(address(PROXY, &["192.0.2.1"], &["for=192.0.2.2"]), PROXY);
        assert_eq!(address(PROXY, &["192.0.2.1"], &["nonsense"]), PROXY);
    }

    #[test]
    fn blocks_and_addresses_are_read_and_anything_else_is_refused() {
        assert_eq!("".parse(), Ok(TrustedProxies::default()));
        assert!("10.0.0.0/8,::1, 192.0.2.1".parse::<TrustedProxies>().is_ok_and(|proxies| proxies.0.len() == 3));
        for bad in ["10.0.0.0/33", "localhost", "10.0.0", "*"] {
            assert!(bad.parse::<TrustedProxies>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_network_is_an_ipv6_addresss_first_half() {
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6".parse().unwrap()).to_string(), "2001:db8:1:2::");
        assert_eq!(network_of("192.0.2.1".parse().unwrap()).to_string(), "192.0.2.1");
    }

    proptest! {
        #[test]
        fn nothing_that_a_client_sends_moves_an_untrusted_peer(lines in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
            let peer: IpAddr = "192.0.2.1".parse().unwrap();
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let trusted = PROXY.parse().unwrap();
            prop_assert_eq!(client_address(peer, &lines, &lines, &trusted), peer);
        }

        #[test]
        fn what_a_client_puts_in_front_changes_nothing(forged in "[ -~]{0,60}") {
            let proxy: IpAddr = PROXY.parse().unwrap();
            let trusted = PROXY.parse().unwrap();
            let line = format!("{forged}, 192.0.2.1");
            let told = client_address(proxy, &[line.as_bytes()], &[], &trusted);
            prop_assert_eq!(told, "192.0.2.1".parse::<IpAddr>().unwrap());
        }
    }
}
