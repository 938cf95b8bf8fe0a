//! Does another site's page send this request?

use crate::app::HttpSettings;
use crate::problem::{Code, Problem};
use actix_web::http::header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};

/// What the browser says of the page (W3C Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where the page is that sends a request, as far as its browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// On our own site, or on an origin that the operator trusts.
    Ours,
    /// On another one.
    Foreign,
    /// The request doesn't say: it comes from no browser, or from a very old one.
    Unsaid,
}

impl Site {
    /// Reads the headers of a request.
    pub(crate) fn of(headers: &HeaderMap, settings: &HttpSettings) -> Self {
        let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("null"));
        if origin.is_some_and(|origin| settings.cors_origins.iter().any(|trusted| trusted == origin)) {
            return Self::Ours;
        }
        match headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes) {
            // `none`: the user typed the address or opened a bookmark.
            Some(b"same-origin" | b"same-site" | b"none") => Self::Ours,
            Some(_) => Self::Foreign,
            None => origin.map_or(Self::Unsaid, |origin| of_origin(origin, headers, settings)),
        }
    }

    /// Refuses requests from other sites' pages.
    pub(crate) fn not_foreign(self) -> Result<(), Problem> {
        match self {
            Self::Ours | Self::Unsaid => Ok(()),
            Self::Foreign => Err(foreign()),
        }
    }

    /// Refuses what does not prove that it comes from our site.
    pub(crate) fn ours(self) -> Result<(), Problem> {
        match self {
            Self::Ours => Ok(()),
            Self::Foreign => Err(foreign()),
            Self::Unsaid => Err(Problem::new(Code::CsrfFailed)
                .with_detail("A cookie counts here only together with an “Origin” or “Sec-Fetch-Site” of this site.")),
        }
    }
}

fn foreign() -> Problem {
    Problem::new(Code::CsrfFailed).with_detail("The request comes from a page of another site.")
}

/// Ports don't divide a site, schemes do. A proxy may have changed the host, so the public address counts as well.
fn of_origin(origin: &str, headers: &HeaderMap, settings: &HttpSettings) -> Site {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (own_scheme, own_authority) = settings.public_url.split_once("://").unwrap_or_default();
    let Some((scheme, authority)) = origin.split_once("://") else { return Site::Foreign };
    let is_own = host_of(authority) == host_of(own_authority) || authority.eq_ignore_ascii_case(host);
    if scheme == own_scheme && is_own { Site::Ours } else { Site::Foreign }
}

fn host_of(authority: &str) -> String {
    let port_at = authority.rfind(':').filter(|at| !authority.get(*at..).unwrap_or_default().contains(']'));
    authority.get(..port_at.unwrap_or(authority.len())).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(headers: &[(&'static str, &'static str)]) -> Site {
        let mut settings = HttpSettings::for_tests("https://id.example.org");
        settings.cors_origins = vec!["https://app.example.com".to_owned()];
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Site::of(&headers.collect(), &settings)
    }

    #[test]
    fn what_the_browser_says_decides() {
        for (value, expected) in [
            ("same-origin", Site::Ours),
            ("same-site", Site::Ours),
            ("none", Site::Ours),
            ("cross-site", Site::Foreign),
            ("nonsense", Site::Foreign),
        ] {
            assert_eq!(site(&[("sec-fetch-site", value)]), expected, "{value}");
            assert_eq!(site(&[("sec-fetch-site", value), ("origin", "https://id.example.org")]), expected, "{value}");
        }
    }

    #[test]
    fn an_old_browsers_origin_must_be_ours() {
        for ours in ["https://id.example.org", "https://ID.example.org:8443", "https://internal:8080"] {
            assert_eq!(site(&[("origin", ours), ("host", "internal:8080")]), Site::Ours, "{ours}");
        }
        for foreign in
            ["http://id.example.org", "https://example.org", "https://id.example.org.evil.test", "null", "", "https://"]
        {
            assert_eq!(site(&[("origin", foreign), ("host", "internal:8080")]), Site::Foreign, "{foreign}");
        }
        assert_eq!(site(&[("host", "internal:8080")]), Site::Unsaid);
    }

    #[test]
    fn trusted_origins_are_ours_wherever_they_are() {
        assert_eq!(site(&[("origin", "https://app.example.com"), ("sec-fetch-site", "cross-site")]), Site::Ours);
        assert_eq!(
            site(&[("origin", "https://app.example.com.evil.test"), ("sec-fetch-site", "cross-site")]),
            Site::Foreign
        );
    }

    #[test]
    fn addresses_keep_their_brackets() {
        assert_eq!(host_of("[::1]:8080"), "[::1]");
        assert_eq!(host_of("[::1]"), "[::1]");
        assert_eq!(host_of("Localhost:80"), "localhost");
    }
}
