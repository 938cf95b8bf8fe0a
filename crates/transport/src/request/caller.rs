//! Who sends a request.

use super::{Cookies, Site};
use crate::app::HttpSettings;
use crate::problem::{Code, Problem};
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderName};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use threshold_application::ports::Clock;
use threshold_application::sessions::{Authenticate, AuthenticateBrowser, BrowserCaller, Caller};
use threshold_domain::access::Permissions;
use threshold_domain::sessions::SessionToken;

/// What an unsafe request of a browser session must show.
const X_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// The caller of an endpoint that only signed-in people reach.
pub(crate) struct Authenticated(pub(crate) Caller);

/// Cookies that the answer will bring, because the session has moved on.
pub(crate) struct RenewedCookies(pub(crate) Vec<Cookie<'static>>);

impl FromRequest for Authenticated {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    /// Takes what [`authenticate`] left: the rails of an endpoint run before any handler reads a body.
    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(caller.map(Self).ok_or_else(|| Problem::internal("an open endpoint asks for its caller").into()))
    }
}

/// Finds out who sends `request`, leaves it in its extensions, and answers what they may do. A bearer token decides where there is one: a cookie does not
/// rescue an unusable one.
pub(crate) async fn authenticate(request: &HttpRequest) -> Result<Permissions, Problem> {
    let caller = recognise(request).await?;
    let permissions = caller.grants.permissions;
    request.extensions_mut().insert(caller);
    Ok(permissions)
}

/// Who sends `request`.
pub(crate) async fn recognise(request: &HttpRequest) -> Result<Caller, Problem> {
    match bearer_token(request)? {
        Some(token) => Ok(part::<Authenticate>(request)?.execute(token).await?),
        None => browser(request).await,
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1); other schemes carry no token of ours.
fn bearer_token(request: &HttpRequest) -> Result<Option<&str>, Problem> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(Problem::new(Code::TokenInvalid).with_detail("Send one Authorization header only."));
    }
    let header = header.to_str().map_err(|_not_ascii| Problem::new(Code::TokenInvalid))?;
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    Ok(scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' ')))
}

/// The browser whose session cookie came with the request.
async fn browser(request: &HttpRequest) -> Result<Caller, Problem> {
    let cookies = Cookies::of(request);
    let text = cookies.session_text(request).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    let token = SessionToken::parse(&text).ok_or_else(|| Problem::new(Code::TokenInvalid))?;
    let browser = part::<AuthenticateBrowser>(request)?.execute(&token).await?;
    if !request.method().is_safe() {
        Site::of(request.headers(), &*part::<HttpSettings>(request)?).not_foreign()?;
        check_csrf(request, &browser)?;
    }
    if let Some((token, session)) = &browser.renewed {
        let now = part::<dyn Clock>(request)?.now();
        let renewed =
            vec![cookies.keep_session(token, session, now), cookies.keep_csrf(&browser.csrf_token, session, now)];
        request.extensions_mut().insert(RenewedCookies(renewed));
    }
    Ok(browser.caller)
}

fn check_csrf(request: &HttpRequest, browser: &BrowserCaller) -> Result<(), Problem> {
    let shown = request.headers().get(X_CSRF_TOKEN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if browser.csrf_token.is(shown) { Ok(()) } else { Err(Problem::new(Code::CsrfFailed)) }
}

fn part<T: ?Sized + 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    request.app_data::<Data<T>>().cloned().ok_or_else(|| Problem::internal("a part of authentication is not wired"))
}
