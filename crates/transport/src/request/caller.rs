//! Who sends a request.

use super::credentials::Credentials;
use super::initiator::origin;
use super::{Cookies, Site};
use crate::app::HttpSettings;
use crate::problem::{Code, Problem};
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use threshold_application::access::{AuthenticateMachine, Caller};
use threshold_application::ports::Clock;
use threshold_application::sessions::{Authenticate, AuthenticateBrowser, BrowserCaller, Person};
use threshold_domain::sessions::SessionToken;

/// What an unsafe request of a browser session must show.
const X_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// The caller of an endpoint that only signed-in people reach.
pub(crate) struct Authenticated(pub(crate) Person);

/// The caller of an endpoint that asks for a permission: a person or a machine.
pub(crate) struct Admitted(pub(crate) Caller);

/// Cookies that the answer will bring, because the session has moved on.
pub(crate) struct RenewedCookies(pub(crate) Vec<Cookie<'static>>);

impl FromRequest for Admitted {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(of_admitted(request, |caller| Ok(Self(caller.clone()))))
    }
}

impl FromRequest for Authenticated {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(of_admitted(request, |caller| person(caller).cloned().map(Self)))
    }
}

/// Takes what the rails of an endpoint have left, which run before any handler reads a body.
fn of_admitted<T>(
    request: &HttpRequest,
    take: impl FnOnce(&Caller) -> Result<T, Problem>,
) -> Result<T, actix_web::Error> {
    let extensions = request.extensions();
    let caller = extensions.get::<Caller>().ok_or_else(|| Problem::internal("an open endpoint asks for its caller"));
    Ok(caller.and_then(take)?)
}

/// The person that `caller` is; machines have no account and no session.
pub(crate) fn person(caller: &Caller) -> Result<&Person, Problem> {
    match caller {
        Caller::Person(person) => Ok(person),
        Caller::Machine(_) => Err(Problem::new(Code::PersonRequired)),
    }
}

/// Who sends `request`. What `Authorization` proves decides where it proves something: a cookie does not rescue an unusable token.
pub(crate) async fn recognise(request: &HttpRequest) -> Result<Caller, Problem> {
    match Credentials::of(request.headers())? {
        Some(Credentials::Token(token)) => Ok(Caller::Person(part::<Authenticate>(request)?.execute(token).await?)),
        Some(Credentials::Key { text, is_basic }) => {
            if is_basic && !request.method().is_safe() {
                Site::of(request.headers(), &*part::<HttpSettings>(request)?).not_foreign()?;
            }
            Ok(Caller::Machine(part::<AuthenticateMachine>(request)?.execute(&text, || origin(request)).await?))
        }
        None => browser(request).await.map(Caller::Person),
    }
}

/// The browser whose session cookie came with the request.
async fn browser(request: &HttpRequest) -> Result<Person, Problem> {
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
    Ok(browser.person)
}

fn check_csrf(request: &HttpRequest, browser: &BrowserCaller) -> Result<(), Problem> {
    let shown = request.headers().get(X_CSRF_TOKEN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if browser.csrf_token.is(shown) { Ok(()) } else { Err(Problem::new(Code::CsrfFailed)) }
}

fn part<T: ?Sized + 'static>(request: &HttpRequest) -> Result<Data<T>, Problem> {
    request.app_data::<Data<T>>().cloned().ok_or_else(|| Problem::internal("a part of authentication is not wired"))
}
