//! `GET /api/v1/users/me`

use super::UserView;
use crate::problem::Problem;
use crate::request::{Authenticated, etag};
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::accounts::ShowProfile;

/// Shows the caller's own account.
#[utoipa::path(
    get,
    path = "/api/v1/users/me",
    responses((status = 200, description = "The caller", body = UserView,
        headers(("ETag" = String, description = "The version of the account, for `If-Match`"))))
)]
pub(crate) async fn me(use_case: Data<ShowProfile>, caller: Authenticated) -> Result<HttpResponse, Problem> {
    let user = use_case.execute(caller.0.user_id).await?;
    Ok(HttpResponse::Ok().insert_header(etag(user.version)).json(UserView::from(&user)))
}
