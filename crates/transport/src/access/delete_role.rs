//! `DELETE /api/v1/admin/roles/{name}`

use super::role_view::name_in_path;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{By, precondition};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::access::ChangeRoles;

/// Deletes a role that nobody holds.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/roles/{name}",
    params(
        ("name" = String, Path, description = "Its name"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is to be deleted")
    ),
    responses((status = 204, description = "The role is gone"))
)]
pub(crate) async fn delete_role(
    use_case: Data<ChangeRoles>,
    detached: Data<Detached>,
    By(initiator): By,
    name: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (name, precondition) = (name_in_path(&name)?, precondition(&request));
    detached.run(async move { use_case.delete(&initiator, &name, &precondition).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
