//! `GET /api/v1/admin/roles/{name}`

use super::RoleView;
use super::role_view::name_in_path;
use crate::problem::Problem;
use crate::request::etag;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::access::ListRoles;

/// Shows a role.
#[utoipa::path(
    get,
    path = "/api/v1/admin/roles/{name}",
    params(("name" = String, Path, description = "Its name")),
    responses((status = 200, description = "The role", body = RoleView,
        headers(("ETag" = String, description = "The version of the role, for `If-Match`"))))
)]
pub(crate) async fn show_role(use_case: Data<ListRoles>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let role = use_case.one(&name_in_path(&name)?).await?;
    Ok(HttpResponse::Ok().insert_header(etag(role.version)).json(RoleView::from(&role)))
}
