//! `GET /api/v1/admin/api-keys/{id}`

use super::ApiKeyView;
use super::api_key_view::key_in_path;
use crate::problem::Problem;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::access::ManageApiKeys;

/// Shows a machine's key, without the key itself.
#[utoipa::path(
    get,
    path = "/api/v1/admin/api-keys/{id}",
    params(("id" = Uuid, Path, description = "The key")),
    responses((status = 200, description = "The key", body = ApiKeyView))
)]
pub(crate) async fn show_api_key(use_case: Data<ManageApiKeys>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let key = use_case.one(key_in_path(&id)?).await?;
    Ok(HttpResponse::Ok().json(ApiKeyView::from(&key)))
}
