//! `GET /api/v1/admin/users/deleted`

use super::UserView;
use super::user_cursor::UserCursor;
use crate::problem::Problem;
use crate::request::{List, Page, PageParameters, Query};
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::accounts::ListAccounts;
use threshold_domain::accounts::{User, UserPlace, UserSort};

/// Shows users who are deleted and can be brought back, the latest deletion first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users/deleted",
    params(PageParameters),
    responses((status = 200, description = "A page of users", body = List<UserView>))
)]
pub(crate) async fn list_deleted_accounts(use_case: Data<ListAccounts>, query: Query) -> Result<HttpResponse, Problem> {
    let page = query.0.read(|members| {
        let page = Page::<UserCursor>::read(members, "deleted users")?;
        let is_elsewhere = page.after().is_some_and(|cursor| !UserSort::Newest.has(&cursor.0));
        if is_elsewhere { Err(Page::<UserCursor>::not_of_this_list(members)) } else { Ok(page) }
    })?;
    let users = use_case.deleted(page.after().map(|cursor| &cursor.0), page.to_fetch()).await?;
    Ok(HttpResponse::Ok().json(page.answer(users, place, |user| UserView::from(user))))
}

fn place(user: &User) -> UserCursor {
    UserCursor(UserPlace::At(user.deleted_at.unwrap_or(user.updated_at), user.id))
}
