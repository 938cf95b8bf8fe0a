//! `GET /health`

use crate::app::HttpSettings;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

/// The process lives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `up`.
    #[schema(example = "up")]
    status: &'static str,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// How long the process has been running.
    uptime_seconds: u64,
}

/// Whether the process lives; asks nothing else.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "It lives", body = Health)))]
pub(crate) async fn health(settings: Data<HttpSettings>) -> HttpResponse {
    let uptime_seconds = settings.started.elapsed().as_secs();
    HttpResponse::Ok().json(Health { status: "up", version: env!("CARGO_PKG_VERSION"), uptime_seconds })
}
