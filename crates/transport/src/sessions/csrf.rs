//! `GET /api/v1/csrf`

use crate::request::Authenticated;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use threshold_application::ports::SessionSecrets;
use utoipa::ToSchema;

/// What a page must show to change something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CsrfView {
    /// To be sent as `X-CSRF-Token`.
    csrf_token: String,
}

/// Tells a page the token of its session.
#[utoipa::path(
    get,
    path = "/api/v1/csrf",
    responses((status = 200, description = "The token of the caller's session", body = CsrfView))
)]
pub(crate) async fn csrf(secrets: Data<dyn SessionSecrets>, caller: Authenticated) -> HttpResponse {
    let token = secrets.csrf_token(caller.0.session);
    HttpResponse::Ok().json(CsrfView { csrf_token: token.expose().to_owned() })
}
