//! `DELETE /api/v1/admin/api-keys/{id}`

use super::api_key_view::key_in_path;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::By;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::access::ManageApiKeys;

/// Revokes a machine's key: every instance refuses it within a second. Nobody revokes one with a permission that they lack.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/api-keys/{id}",
    params(("id" = Uuid, Path, description = "The key")),
    responses((status = 204, description = "The key is worth nothing any more"))
)]
pub(crate) async fn revoke_api_key(
    use_case: Data<ManageApiKeys>,
    detached: Data<Detached>,
    By(initiator): By,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = key_in_path(&id)?;
    detached.run(async move { use_case.revoke(&initiator, id).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
