//! `GET /api/v1/admin/permissions`

use crate::problem::Problem;
use crate::request::{List, Page, PageParameters, Query};
use actix_web::HttpResponse;
use serde::Serialize;
use threshold_domain::access::Permission;
use utoipa::ToSchema;

/// Something that roles can permit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permission)]
pub(crate) struct PermissionView {
    #[schema(example = "users:read")]
    name: &'static str,
    /// What it allows.
    description: &'static str,
}

impl From<&Permission> for PermissionView {
    fn from(permission: &Permission) -> Self {
        Self { name: permission.as_str(), description: permission.description() }
    }
}

/// Shows everything that can be permitted.
#[utoipa::path(
    get,
    path = "/api/v1/admin/permissions",
    params(PageParameters),
    responses((status = 200, description = "A page of permissions", body = List<PermissionView>))
)]
pub(crate) async fn list_permissions(query: Query) -> Result<HttpResponse, Problem> {
    let page = query.0.read(|members| {
        let page = Page::<String>::read(members, "permissions")?;
        let is_made_up = page.after().is_some_and(|name| Permission::from_name(name).is_none());
        if is_made_up { Err(Page::<String>::not_of_this_list(members)) } else { Ok(page) }
    })?;
    let before = |permission: &Permission| page.after().is_some_and(|after| permission.as_str() != after);
    let has_begun = page.after().is_none();
    let rest = Permission::ALL.iter().copied().skip_while(before).skip(usize::from(!has_begun));
    let fetched = rest.take(page.to_fetch()).collect();
    let answer = page.answer(
        fetched,
        |permission| permission.as_str().to_owned(),
        |permission| PermissionView::from(permission),
    );
    Ok(HttpResponse::Ok().json(answer))
}
