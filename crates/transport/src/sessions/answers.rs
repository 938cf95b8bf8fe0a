//! How a sign-in and a refresh answer.

use crate::accounts::UserView;
use crate::problem::Problem;
use crate::request::Cookies;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use std::future::{Ready, ready};
use threshold_application::ports::Clock;
use threshold_application::sessions::{IssueAccessToken, SignedIn};
use utoipa::ToSchema;

/// Where a refresh token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum TokenDelivery {
    /// Into a cookie that scripts can't read.
    Cookie,
    /// Into the answer's body.
    Body,
}

impl TokenDelivery {
    pub(super) const CHOICES: &[(&str, Self)] = &[("cookie", Self::Cookie), ("body", Self::Body)];
}

/// What a sign-in gives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoginResponse {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// In seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// Only where it was asked for in the body; works once.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    user: UserView,
}

/// Answers somebody who is signed in.
pub(crate) struct SignedInAnswer {
    issue: Data<IssueAccessToken>,
    clock: Data<dyn Clock>,
    cookies: Cookies,
}

impl FromRequest for SignedInAnswer {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let issue = request.app_data::<Data<IssueAccessToken>>().cloned();
        let clock = request.app_data::<Data<dyn Clock>>().cloned();
        let parts = issue.zip(clock).ok_or_else(|| Problem::internal("signing in is not wired").into());
        ready(parts.map(|(issue, clock)| Self { issue, clock, cookies: Cookies::of(request) }))
    }
}

impl SignedInAnswer {
    /// An access token in the body, and the refresh token where it was asked for.
    pub(super) fn with_tokens(&self, signed_in: &SignedIn, delivery: TokenDelivery) -> Result<HttpResponse, Problem> {
        let issued = self.issue.execute(signed_in)?;
        let body = LoginResponse {
            access_token: issued.token.expose().to_owned(),
            token_type: "Bearer",
            expires_in: issued.expires_in.as_secs(),
            refresh_token: (delivery == TokenDelivery::Body).then(|| signed_in.token.expose()),
            user: UserView::from(&signed_in.user),
        };
        let mut answer = HttpResponse::Ok();
        if delivery == TokenDelivery::Cookie {
            answer.cookie(self.cookies.keep_refresh(&signed_in.token, &signed_in.session, self.clock.now()));
        }
        Ok(answer.json(body))
    }
}
