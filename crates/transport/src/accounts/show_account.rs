//! `GET /api/v1/admin/users/{id}`

use super::UserView;
use crate::problem::{Code, Problem};
use crate::request::etag;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::accounts::ShowAccount;
use threshold_domain::accounts::UserId;
use uuid::Uuid;

/// Shows a user.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users/{id}",
    params(("id" = Uuid, Path, description = "The user")),
    responses((status = 200, description = "The user", body = UserView,
        headers(("ETag" = String, description = "The version of the account, for `If-Match`"))))
)]
pub(crate) async fn show_account(use_case: Data<ShowAccount>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let user = use_case.execute(user_in_path(&id)?).await?;
    Ok(HttpResponse::Ok().insert_header(etag(user.version)).json(UserView::from(&user)))
}

/// What is no id names no user either.
pub(super) fn user_in_path(id: &str) -> Result<UserId, Problem> {
    Uuid::parse_str(id).map(UserId::new).map_err(|_no_id| Problem::new(Code::UserNotFound))
}
