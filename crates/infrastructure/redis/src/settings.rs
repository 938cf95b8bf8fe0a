//! Where Redis is, and how long is waited for it.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What the adapters need to know.
#[derive(Debug, Clone)]
pub struct RedisSettings {
    /// Where it is.
    pub url: RedisUrl,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long an answer may take.
    pub response_timeout: Duration,
}

impl RedisSettings {
    /// With time-outs that a request can bear: 100 ms to connect, 50 ms for an answer.
    #[must_use]
    pub fn new(url: RedisUrl) -> Self {
        Self { url, connect_timeout: Duration::from_millis(100), response_timeout: Duration::from_millis(50) }
    }
}

/// The URL of a Redis: `redis://user:password@host:port/database`, `rediss://` with TLS, or `redis+unix:///path`. Certificates
/// must come from an authority that the system knows (or that the file in `SSL_CERT_FILE` holds).
///
/// Printed, it shows neither user nor password.
#[derive(Clone)]
pub struct RedisUrl(pub(crate) ConnectionInfo);

/// Why a text is no URL of a Redis; repeats nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("a Redis URL has the form redis://user:password@host:port/database (rediss:// with TLS), percent-encoded")]
pub struct RedisUrlError;

impl FromStr for RedisUrl {
    type Err = RedisUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let info = url.into_connection_info().map_err(|_repeats_values| RedisUrlError)?;
        // Encryption is checked or off and never pretended.
        let pretended = matches!(info.addr(), ConnectionAddr::TcpTls { insecure: true, .. });
        if pretended { Err(RedisUrlError) } else { Ok(Self(info)) }
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.0.addr();
        let tls = matches!(address, ConnectionAddr::TcpTls { .. });
        let socket = matches!(address, ConnectionAddr::Unix(_));
        write!(f, "redis{}{}://{address}", if tls { "s" } else { "" }, if socket { "+unix" } else { "" })
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> RedisUrl {
        text.parse().unwrap()
    }

    #[test]
    fn urls_may_name_a_host_or_a_socket_with_tls_or_without() {
        for (text, shown) in [
            ("redis://localhost", "redis://localhost:6379"),
            ("redis://[::1]:7000/3", "redis://::1:7000"),
            ("rediss://cache.example.org", "rediss://cache.example.org:6379"),
            ("redis+unix:///run/redis.sock", "redis+unix:///run/redis.sock"),
        ] {
            assert_eq!(url(text).to_string(), shown);
        }
    }

    #[test]
    fn passwords_are_never_printed() {
        let settings = RedisSettings::new(url("redis://ada:hunter2@cache.example.org:7000/0"));
        assert_eq!(settings.url.to_string(), "redis://cache.example.org:7000");
        assert!(!format!("{settings:?}").contains("hunter2"));
        let bad = "redis://ada:hunter2@host:notaport/hunter2".parse::<RedisUrl>().unwrap_err();
        assert!(!format!("{bad} {bad:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_no_redis_url_is_refused() {
        for text in ["", "localhost:6379", "http://localhost", "redis://", "redis://host/name", "redis://host:99999"] {
            assert!(text.parse::<RedisUrl>().is_err(), "{text}");
        }
    }

    #[test]
    fn encryption_is_checked_or_off_and_never_pretended() {
        assert!("rediss://host/#insecure".parse::<RedisUrl>().is_err());
    }
}
