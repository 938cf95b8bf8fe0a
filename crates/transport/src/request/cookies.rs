//! The cookies of the service.

use crate::app::HttpSettings;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::COOKIE;
use actix_web::web::Data;
use threshold_domain::Timestamp;
use threshold_domain::sessions::{CsrfToken, KnownDevice, Session, SessionToken};

/// Names, paths and flags of the cookies. Where the public address is https they have the prefixes that browsers hold to it
/// (RFC 6265bis §4.1.3) and never leave it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    https: bool,
}

/// Refresh tokens go to the API alone.
const API: &str = "/api/v1";

impl Cookies {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let settings = request.app_data::<Data<HttpSettings>>();
        Self { https: settings.is_some_and(|settings| settings.https) }
    }

    /// The refresh token that came with a request; `None` also for what is none.
    pub(crate) fn refresh_token(self, request: &HttpRequest) -> Option<SessionToken> {
        SessionToken::parse(value(request, self.refresh())?)
    }

    /// The browser session's secret as it came with a request, whatever it is.
    pub(crate) fn session_text(self, request: &HttpRequest) -> Option<String> {
        value(request, self.session()).map(str::to_owned)
    }

    /// The device that a request came from, if somebody has signed in on it.
    pub(crate) fn device(request: &HttpRequest) -> Option<KnownDevice> {
        KnownDevice::parse(value(request, DEVICE)?)
    }

    /// Keeps a refresh token; beyond the browser's window only where it is remembered.
    pub(crate) fn keep_refresh(self, token: &SessionToken, session: &Session, now: Timestamp) -> Cookie<'static> {
        let cookie = self.cookie(self.refresh(), token.expose(), API, SameSite::Strict, true);
        lasting(cookie, session, now)
    }

    /// Keeps a browser's session, likewise.
    pub(crate) fn keep_session(self, token: &SessionToken, session: &Session, now: Timestamp) -> Cookie<'static> {
        lasting(self.cookie(self.session(), token.expose(), "/", SameSite::Lax, true), session, now)
    }

    /// Hands the pages of a session what their requests must show; their scripts read it.
    pub(crate) fn keep_csrf(self, token: &CsrfToken, session: &Session, now: Timestamp) -> Cookie<'static> {
        lasting(self.cookie(self.csrf(), token.expose().to_owned(), "/", SameSite::Lax, false), session, now)
    }

    /// Knows the device again for a year.
    pub(crate) fn keep_device(self, device: &KnownDevice) -> Cookie<'static> {
        let mut cookie = self.cookie(DEVICE, device.expose(), "/", SameSite::Lax, true);
        cookie.set_max_age(Duration::days(365));
        cookie
    }

    /// Takes away the refresh token.
    pub(crate) fn drop_refresh(self) -> Cookie<'static> {
        removal(self.cookie(self.refresh(), String::new(), API, SameSite::Strict, true))
    }

    /// Takes away the browser's session and what its pages show.
    pub(crate) fn drop_session(self) -> [Cookie<'static>; 2] {
        [
            removal(self.cookie(self.session(), String::new(), "/", SameSite::Lax, true)),
            removal(self.cookie(self.csrf(), String::new(), "/", SameSite::Lax, false)),
        ]
    }

    fn cookie(
        self,
        name: &'static str,
        value: String,
        path: &'static str,
        same_site: SameSite,
        http_only: bool,
    ) -> Cookie<'static> {
        Cookie::build(name, value).path(path).same_site(same_site).http_only(http_only).secure(self.https).finish()
    }

    fn refresh(self) -> &'static str {
        if self.https { "__Secure-threshold_refresh" } else { "threshold_refresh" }
    }

    fn session(self) -> &'static str {
        if self.https { "__Host-threshold_session" } else { "threshold_session" }
    }

    fn csrf(self) -> &'static str {
        if self.https { "__Host-threshold_csrf" } else { "threshold_csrf" }
    }
}

/// The device's cookie survives signing out; it proves nothing but that somebody has signed in here before.
const DEVICE: &str = "threshold_device";

/// The value of the first cookie of exactly that name, whatever else is sent.
///
/// Names are compared byte by byte: browsers hold `__Host-` to its rules, but not `%5F_Host-` or a name behind a wide space, which a
/// neighbouring site may set and which libraries read as the same.
fn value<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut pairs = request.headers().get_all(COOKIE).flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let value = pairs.find_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    str::from_utf8(value).ok()
}

/// A cookie that the browser keeps for as long as the session lives unused, or only until it is closed.
fn lasting(mut cookie: Cookie<'static>, session: &Session, now: Timestamp) -> Cookie<'static> {
    if session.request.remembered {
        let left = (session.idle_until - now).num_milliseconds().max(0);
        cookie.set_max_age(Duration::seconds((left + 999) / 1000));
    }
    cookie
}

fn removal(mut cookie: Cookie<'static>) -> Cookie<'static> {
    cookie.make_removal();
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;
    use threshold_domain::sessions::{
        Provenance, SecretDigest, SessionId, SessionKind, SessionLifetimes, SessionRequest, SessionSecret,
    };

    fn session(remembered: bool) -> (SessionToken, Session) {
        let id = SessionId::new(uuid::Uuid::nil());
        let request = SessionRequest { kind: SessionKind::Tokens, remembered, provenance: Provenance::default() };
        let user = threshold_domain::accounts::UserId::new(uuid::Uuid::nil());
        let (now, lifetimes) = (Timestamp::UNIX_EPOCH, SessionLifetimes::default());
        let session = Session::started(id, user, request, SecretDigest::new([0; 32]), now, &lifetimes);
        (SessionToken::first(id, SessionSecret::new([1; 32])), session)
    }

    #[test]
    fn over_https_the_prefixes_bind_the_cookies_to_it() {
        let (token, session) = session(true);
        let cookies = Cookies { https: true };
        let refresh = cookies.keep_refresh(&token, &session, Timestamp::UNIX_EPOCH).to_string();
        assert!(refresh.starts_with("__Secure-threshold_refresh="), "{refresh}");
        assert!(refresh.ends_with("; HttpOnly; SameSite=Strict; Secure; Path=/api/v1; Max-Age=2592000"), "{refresh}");
        let kept = cookies.keep_session(&token, &session, Timestamp::UNIX_EPOCH).to_string();
        assert!(kept.starts_with("__Host-threshold_session="), "{kept}");
        assert!(kept.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000"), "{kept}");
        let csrf = cookies.keep_csrf(&CsrfToken::new("x".to_owned()), &session, Timestamp::UNIX_EPOCH).to_string();
        assert_eq!(csrf, "__Host-threshold_csrf=x; SameSite=Lax; Secure; Path=/; Max-Age=2592000");
    }

    fn session_in(line: &'static [u8]) -> Option<String> {
        let settings = Data::new(HttpSettings::for_tests("https://id.example"));
        let line = HeaderValue::from_bytes(line).unwrap();
        let request = TestRequest::default().app_data(settings).insert_header((COOKIE, line)).to_http_request();
        Cookies::of(&request).session_text(&request)
    }

    #[test]
    fn a_cookie_is_found_whatever_else_is_sent() {
        for line in [
            b"__Host-threshold_session=mine".as_slice(),
            b"lone; =x;;a=\xff; __Host-threshold_session=mine; b=%ff",
            b"\t__Host-threshold_session=mine;__Host-threshold_session=other",
        ] {
            assert_eq!(session_in(line).as_deref(), Some("mine"), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn names_that_browsers_do_not_hold_to_the_prefix_are_others() {
        for line in [
            b"%5F_Host-threshold_session=theirs".as_slice(),
            "\u{2003}__Host-threshold_session=theirs".as_bytes(),
            "\u{a0}__Host-threshold_session\u{a0}=theirs".as_bytes(),
            b"__host-threshold_session=theirs",
            b"__Host-threshold_session2=theirs",
            b"=__Host-threshold_session=theirs",
            b"threshold_session=theirs",
        ] {
            assert_eq!(session_in(line), None, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn who_is_not_remembered_gets_a_cookie_of_the_browsers_window() {
        let (token, session) = session(false);
        let refresh = Cookies { https: false }.keep_refresh(&token, &session, Timestamp::UNIX_EPOCH).to_string();
        assert!(refresh.ends_with("; HttpOnly; SameSite=Strict; Path=/api/v1"), "{refresh}");
    }
}
