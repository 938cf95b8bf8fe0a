//! `POST /api/v1/admin/roles`

use super::RoleView;
use super::role_view::required_permissions;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{By, Fields, Members, Noted, etag};
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use threshold_application::access::ChangeRoles;
use threshold_domain::access::{Permissions, RoleDescription, RoleName};
use utoipa::ToSchema;

/// A role that is to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct CreateRoleRequest {
    #[schema(pattern = "^[a-z][a-z0-9-]{1,31}$", example = "support")]
    name: String,
    #[schema(max_length = 200, example = "Answers questions.")]
    description: Option<String>,
    /// The names of what it permits: none that the caller lacks.
    permissions: Vec<String>,
}

/// Makes a role.
#[utoipa::path(
    post,
    path = "/api/v1/admin/roles",
    request_body = CreateRoleRequest,
    responses((status = 201, description = "The role", body = RoleView,
        headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))))
)]
pub(crate) async fn create_role(
    use_case: Data<ChangeRoles>,
    detached: Data<Detached>,
    By(initiator): By,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let (name, description, permissions) = fields.read(read)?;
    let creation = async move { use_case.create(&initiator, name, description, permissions).await };
    let role = detached.run(creation).await??;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/admin/roles/{}", role.name)))
        .insert_header(etag(role.version))
        .json(RoleView::from(&role)))
}

fn read(members: &mut Members) -> Result<(RoleName, RoleDescription, Permissions), Noted> {
    let name = members.required("name", RoleName::parse);
    let description = members.optional("description", RoleDescription::parse);
    let permissions = required_permissions(members);
    Ok((name?, description?.unwrap_or_default(), permissions?))
}
