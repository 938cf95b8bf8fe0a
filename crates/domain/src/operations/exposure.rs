//! How the service stands towards the network: its public address, its cookies, the proxies that it believes.

use super::Finding;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const URL: &str = "public-url";
const COOKIES: &str = "cookies";
const PROXIES: &str = "trusted-proxies";

/// What the settings say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Whether this is the real thing.
    pub production: bool,
    /// The address that clients use: a scheme and a host.
    pub public_url: String,
    /// Where the service listens.
    pub listens_on: IpAddr,
    /// Whether it speaks TLS itself.
    pub speaks_tls: bool,
    /// Whether its certificate is for the public host, if it has one.
    pub certificate_fits: Option<bool>,
    /// Who is believed about whom a request comes from.
    pub trusted_proxies: Vec<Network>,
}

/// A block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Its first address.
    pub address: IpAddr,
    /// How many leading bits all its addresses share.
    pub prefix: u8,
}

impl Exposure {
    /// The public address, the cookies and the proxies, in this order.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        vec![self.url(), self.cookies(), self.proxies()]
    }

    /// The host of the public address, without port and brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_scheme, host)| host);
        match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _port)) => address,
            None => host.rsplit_once(':').map_or(host, |(name, _port)| name),
        }
    }

    fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    fn is_local(&self) -> bool {
        let host = self.host();
        host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }

    fn url(&self) -> Finding {
        let url = self.public_url.as_str();
        if self.speaks_tls && !self.is_https() {
            let advice = "set server.public_url to the https:// address: mails and cookies follow it";
            return Finding::fail(URL, format!("{url}, but the listener speaks TLS"), advice);
        }
        if self.certificate_fits == Some(false) {
            let advice = "have a certificate made for this host, or set server.public_url to the host that it is for";
            return Finding::fail(URL, format!("{url}, but the certificate is for another host"), advice);
        }
        if self.production && self.is_local() {
            return Finding::fail(URL, url, "set server.public_url to the address that clients use");
        }
        let advice = "set server.public_url to an https:// address, and have a proxy or the listener speak TLS";
        match (self.is_https(), self.production, self.is_local()) {
            (true, _, _) | (false, false, true) => Finding::ok(URL, url),
            (false, true, _) => Finding::fail(URL, format!("{url} is not encrypted"), advice),
            (false, false, false) => Finding::warn(URL, format!("{url} is not encrypted"), advice),
        }
    }

    fn cookies(&self) -> Finding {
        let host = self.host();
        if self.is_https() {
            return Finding::ok(COOKIES, format!("for {host} alone, Secure, with the prefixes __Host- and __Secure-"));
        }
        let found = format!("for {host}, not Secure and without the prefix __Host-");
        let advice = "set server.public_url to an https:// address: browsers hold these to https only";
        match (self.production, self.is_local()) {
            (true, _) => Finding::fail(COOKIES, found, advice),
            (false, false) => Finding::warn(COOKIES, found, advice),
            (false, true) => Finding::ok(COOKIES, format!("{found}, as browsers want it for http://")),
        }
    }

    fn proxies(&self) -> Finding {
        if let Some(network) = self.trusted_proxies.iter().find(|network| network.is_boundless()) {
            let found = format!("{network} is trusted: whoever asks can choose the address that limits go by");
            return Finding::fail(PROXIES, found, "name only the proxies' own addresses in server.trusted_proxies");
        }
        if let Some(network) = self.trusted_proxies.iter().find(|network| network.is_wide()) {
            let found = format!("{network} is trusted, more public addresses than proxies have");
            return Finding::warn(PROXIES, found, "name only the proxies' own addresses in server.trusted_proxies");
        }
        if !self.trusted_proxies.is_empty() {
            let networks: Vec<_> = self.trusted_proxies.iter().map(ToString::to_string).collect();
            return Finding::ok(PROXIES, format!("{} believed", networks.join(", ")));
        }
        if self.is_https() && !self.speaks_tls {
            let found = "none, though only a proxy can speak TLS here: all clients count as one";
            return Finding::warn(PROXIES, found, "set server.trusted_proxies to the proxy's address");
        }
        Finding::ok(PROXIES, format!("none: clients are who connects to {}", self.listens_on))
    }
}

impl Network {
    /// Whether it holds so many addresses that trusting them means trusting everybody.
    fn is_boundless(&self) -> bool {
        !self.is_private() && self.prefix < if self.address.is_ipv4() { 8 } else { 16 }
    }

    fn is_wide(&self) -> bool {
        !self.is_private() && self.prefix < if self.address.is_ipv4() { 12 } else { 28 }
    }

    /// Whether nobody outside has such an address (RFC 6890).
    fn is_private(&self) -> bool {
        let within = |first: IpAddr, prefix: u8| self.prefix >= prefix && shares(self.address, first, prefix);
        let v4 = |a, b, prefix| within(IpAddr::V4(Ipv4Addr::new(a, b, 0, 0)), prefix);
        let v6 = |first, prefix| within(IpAddr::V6(Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0)), prefix);
        v4(10, 0, 8)
            || v4(172, 16, 12)
            || v4(192, 168, 16)
            || v4(127, 0, 8)
            || v4(100, 64, 10)
            || v4(169, 254, 16)
            || v6(0xfc00, 7)
            || v6(0xfe80, 10)
    }
}

/// Whether two addresses are of one kind and begin with the same bits.
fn shares(one: IpAddr, other: IpAddr, prefix: u8) -> bool {
    let shift = |bits: u8| u32::from(bits.saturating_sub(prefix));
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).checked_shr(shift(32)) == Some(0),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).checked_shr(shift(128)) == Some(0),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Verdict;

    fn exposure(public_url: &str) -> Exposure {
        Exposure {
            production: false,
            public_url: public_url.to_owned(),
            listens_on: IpAddr::V4(Ipv4Addr::LOCALHOST),
            speaks_tls: false,
            certificate_fits: None,
            trusted_proxies: Vec::new(),
        }
    }

    fn verdicts(exposure: &Exposure) -> [Verdict; 3] {
        let verdicts: Vec<_> = exposure.findings().iter().map(|finding| finding.verdict).collect();
        verdicts.try_into().unwrap()
    }

    fn proxies(networks: &[(&str, u8)]) -> Finding {
        let network = |&(address, prefix): &(&str, u8)| Network { address: address.parse().unwrap(), prefix };
        let trusted_proxies = networks.iter().map(network).collect();
        Exposure { trusted_proxies, ..exposure("https://id.example.org") }.proxies()
    }

    use Verdict::{Fail, Ok, Warn};

    #[test]
    fn a_desk_may_go_without_encryption_and_production_may_not() {
        for url in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert_eq!(verdicts(&exposure(url)), [Ok, Ok, Ok], "{url}");
            assert_eq!(verdicts(&Exposure { production: true, ..exposure(url) }), [Fail, Fail, Ok], "{url}");
        }
        assert_eq!(verdicts(&exposure("http://id.example.org")), [Warn, Warn, Ok]);
        assert_eq!(verdicts(&Exposure { production: true, ..exposure("http://id.example.org") }), [Fail, Fail, Ok]);
    }

    #[test]
    fn https_needs_tls_here_or_a_proxy_that_is_believed() {
        let behind_nobody = Exposure { production: true, ..exposure("https://id.example.org") };
        assert_eq!(verdicts(&behind_nobody), [Ok, Ok, Warn]);
        let own = Exposure { speaks_tls: true, certificate_fits: Some(true), ..behind_nobody.clone() };
        assert_eq!(verdicts(&own), [Ok, Ok, Ok]);
        assert_eq!(verdicts(&Exposure { certificate_fits: Some(false), ..own.clone() }), [Fail, Ok, Ok]);
        assert_eq!(verdicts(&Exposure { public_url: "http://id.example.org".to_owned(), ..own }), [Fail, Fail, Ok]);
        assert_eq!(proxies(&[("10.1.2.3", 32)]).verdict, Ok);
    }

    #[test]
    fn trusting_everybody_is_refused() {
        for boundless in [("0.0.0.0", 0), ("::", 0), ("128.0.0.0", 1), ("0.0.0.0", 4), ("2000::", 3), ("8.0.0.0", 7)] {
            let finding = proxies(&[("10.0.0.0", 8), boundless]);
            assert_eq!(finding.verdict, Fail, "{boundless:?}");
            assert!(finding.found.contains(&format!("{}/{}", boundless.0, boundless.1)), "{finding:?}");
        }
        assert_eq!(proxies(&[("8.0.0.0", 9)]).verdict, Warn);
        for fine in [("10.0.0.0", 8), ("172.16.0.0", 12), ("fd00::", 8), ("104.16.0.0", 13), ("2606:4700::", 32)] {
            assert_eq!(proxies(&[fine]).verdict, Ok, "{fine:?}");
        }
    }

    #[test]
    fn the_host_is_what_stands_between_scheme_and_port() {
        for (url, host) in [
            ("https://id.example.org", "id.example.org"),
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("http://[::1]:8080", "::1"),
            ("http://[::1]", "::1"),
        ] {
            assert_eq!(exposure(url).host(), host);
        }
    }
}
