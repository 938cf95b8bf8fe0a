//! `POST /api/v1/refresh`

use super::answers::{LoginResponse, SignedInAnswer, TokenDelivery};
use crate::app::HttpSettings;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Cookies, OptionalFields, Site, initiator};
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::sessions::{RefreshError, RefreshSession};
use threshold_domain::sessions::SessionToken;
use utoipa::ToSchema;

/// A refresh token, where it is not in a cookie.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `refresh` reads, and a test holds the two together")]
pub(crate) struct RefreshRequest {
    refresh_token: Option<String>,
}

/// Uses a refresh token up: answers a new access token, and a new refresh token the way the old one came.
#[utoipa::path(
    post,
    path = "/api/v1/refresh",
    request_body = Option<RefreshRequest>,
    responses((status = 200, description = "Still signed in", body = LoginResponse,
        headers(("Set-Cookie" = String, description = "The new refresh token, if the old one came in a cookie"))))
)]
pub(crate) async fn refresh(
    use_case: Data<RefreshSession>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    answer: SignedInAnswer,
    request: HttpRequest,
    OptionalFields(fields): OptionalFields,
) -> Result<HttpResponse, Problem> {
    let sent = fields.read(|members| members.optional("refresh_token", |text| Ok(SessionToken::parse(text))))?;
    let delivery = if sent.is_some() { TokenDelivery::Body } else { TokenDelivery::Cookie };
    let token = match sent {
        Some(token) => token,
        None => cookie(&request, &settings)?,
    };
    let token = token.ok_or_else(|| refused(RefreshError::Invalid, delivery, &request))?;
    let initiator = initiator(&request);
    let outcome = detached.run(async move { use_case.execute(&initiator, &token).await }).await?;
    answer.with_tokens(&outcome.map_err(|error| refused(error, delivery, &request))?, delivery)
}

/// The refresh token of a cookie, which counts only for pages of our own site.
fn cookie(request: &HttpRequest, settings: &HttpSettings) -> Result<Option<SessionToken>, Problem> {
    let token = Cookies::of(request).refresh_token(request);
    if token.is_some() {
        Site::of(request.headers(), settings).ours()?;
    }
    Ok(token)
}

/// A cookie that is of no use is taken away, so that the browser doesn't show it again and again.
fn refused(error: RefreshError, delivery: TokenDelivery, request: &HttpRequest) -> Problem {
    let is_over = matches!(error, RefreshError::Invalid | RefreshError::Reused);
    let problem = Problem::from(error);
    let removal = HeaderValue::from_str(&Cookies::of(request).drop_refresh().to_string());
    match removal {
        Ok(removal) if is_over && delivery == TokenDelivery::Cookie => problem.with_header(SET_COOKIE, removal),
        Ok(_) | Err(_) => problem,
    }
}
