//! `PUT /api/v1/admin/roles/{name}`

use super::RoleView;
use super::role_view::{name_in_path, permissions};
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{By, Fields, Members, Noted, etag, precondition};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::access::{ChangeRoles, RoleChanges};
use threshold_domain::access::RoleDescription;
use threshold_domain::accounts::Change;
use utoipa::ToSchema;

/// What is to change of a role; what is left out stays.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct UpdateRoleRequest {
    /// `null` empties it.
    #[schema(max_length = 200, example = "Answers questions.")]
    description: Option<String>,
    /// The names of what it permits from now on. Nobody gives, or takes, what they lack.
    #[schema(nullable = false)]
    permissions: Option<Vec<String>>,
}

/// Changes a role. Access tokens of whoever holds it are stale within a second; a refresh brings current ones.
#[utoipa::path(
    put,
    path = "/api/v1/admin/roles/{name}",
    request_body = UpdateRoleRequest,
    params(
        ("name" = String, Path, description = "Its name"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that the change is made for")
    ),
    responses((status = 200, description = "The role", body = RoleView,
        headers(("ETag" = String, description = "The version of the role, for `If-Match`"))))
)]
pub(crate) async fn update_role(
    use_case: Data<ChangeRoles>,
    detached: Data<Detached>,
    By(initiator): By,
    name: Path<String>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let name = name_in_path(&name)?;
    let changes = fields.read(read)?;
    let precondition = precondition(&request);
    let update = async move { use_case.update(&initiator, &name, changes, &precondition).await };
    let role = detached.run(update).await??;
    Ok(HttpResponse::Ok().insert_header(etag(role.version)).json(RoleView::from(&role)))
}

fn read(members: &mut Members) -> Result<RoleChanges, Noted> {
    let description = members.change("description", RoleDescription::parse).map(|change| match change {
        Change::Keep => None,
        Change::Clear => Some(RoleDescription::default()),
        Change::Set(description) => Some(description),
    });
    let permissions = permissions(members);
    Ok(RoleChanges { description: description?, permissions: permissions? })
}
