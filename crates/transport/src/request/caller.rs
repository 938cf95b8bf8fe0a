//! Who sends a request.

use crate::problem::{Code, Problem};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};
use threshold_application::sessions::{Authenticate, Caller};

/// The caller of an endpoint that only signed-in people reach.
pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequest for Authenticated {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    /// Takes what [`authenticate`] left: the rails of an endpoint run before any handler reads a body.
    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(caller.map(Self).ok_or_else(|| Problem::internal("an open endpoint asks for its caller").into()))
    }
}

/// Finds out who sends `request` and leaves it in its extensions.
pub(crate) async fn authenticate(request: &ServiceRequest) -> Result<(), Problem> {
    let token = bearer_token(request)?;
    let use_case = request.app_data::<Data<Authenticate>>();
    let use_case = use_case.ok_or_else(|| Problem::internal("authentication is not wired"))?;
    let caller = use_case.execute(token).await?;
    request.extensions_mut().insert(caller);
    Ok(())
}

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1); other schemes carry no token of ours.
fn bearer_token(request: &ServiceRequest) -> Result<&str, Problem> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Err(Problem::new(Code::Unauthenticated)) };
    if headers.next().is_some() {
        return Err(Problem::new(Code::TokenInvalid).with_detail("Send one Authorization header only."));
    }
    let header = header.to_str().map_err(|_not_ascii| Problem::new(Code::TokenInvalid))?;
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::new(Code::Unauthenticated));
    }
    Ok(token.trim_matches(' '))
}
