//! `GET /api/v1/admin/roles`

use super::RoleView;
use crate::problem::Problem;
use crate::request::{List, Page, PageParameters, Query};
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::access::ListRoles;
use threshold_domain::access::RoleName;

/// Shows all roles, by name.
#[utoipa::path(
    get,
    path = "/api/v1/admin/roles",
    params(PageParameters),
    responses((status = 200, description = "A page of roles", body = List<RoleView>))
)]
pub(crate) async fn list_roles(use_case: Data<ListRoles>, query: Query) -> Result<HttpResponse, Problem> {
    let page = query.0.read(|members| {
        let page = Page::<String>::read(members, "roles")?;
        let is_made_up = page.after().is_some_and(|name| RoleName::parse(name).is_err());
        if is_made_up { Err(Page::<String>::not_of_this_list(members)) } else { Ok(page) }
    })?;
    let is_later = |name: &str| page.after().is_none_or(|after| name > after.as_str());
    // There are few.
    let roles = use_case.all().await?.into_iter().filter(|role| is_later(role.name.as_str()));
    let fetched = roles.take(page.to_fetch()).collect();
    let answer = page.answer(fetched, |role| role.name.as_str().to_owned(), |role| RoleView::from(role));
    Ok(HttpResponse::Ok().json(answer))
}
