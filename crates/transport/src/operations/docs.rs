//! `GET /api/openapi.json` and `GET /api/docs`

use crate::openapi::openapi_document;
use crate::problem::{Code, Problem};
use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::Path;
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// The page loads its own scripts and styles and calls this service; nothing else, nothing inline.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                           connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| Arc::new(Config::from("/api/openapi.json")));

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    responses((status = 200, description = "The OpenAPI document", body = serde_json::Value))
)]
pub(crate) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).json(openapi_document())
}

/// Leads to the interactive page.
#[utoipa::path(
    get,
    path = "/api/docs",
    responses((status = 308, description = "The page is at `/api/docs/`"))
)]
pub(crate) async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/api/docs/")).finish()
}

/// The interactive page; everything it needs is in the program.
#[utoipa::path(
    get,
    path = "/api/docs/",
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
pub(crate) async fn docs_page() -> Result<HttpResponse, Problem> {
    serve("index.html")
}

/// The files of the page.
#[utoipa::path(
    get,
    path = "/api/docs/{file}",
    params(("file" = String, Path, description = "The name of the file")),
    responses((status = 200, description = "The file", body = String, content_type = "application/javascript"))
)]
pub(crate) async fn docs_file(file: Path<String>) -> Result<HttpResponse, Problem> {
    serve(&file)
}

fn serve(name: &str) -> Result<HttpResponse, Problem> {
    let file = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG)).map_err(|e| Problem::internal(e.to_string()))?;
    let file = file.ok_or_else(|| Problem::new(Code::RouteNotFound))?;
    let answer = HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .body(file.bytes.into_owned());
    Ok(answer)
}
