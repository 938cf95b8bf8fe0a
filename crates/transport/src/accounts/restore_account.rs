//! `POST /api/v1/admin/users/{id}/restore`

use super::show_account::user_in_path;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{By, etag, precondition};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::RemoveAccount;

/// Brings a deleted user back, with the status of before; they sign in anew. Nobody brings back a user who has a permission that they
/// lack.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users/{id}/restore",
    params(
        ("id" = Uuid, Path, description = "The user"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is to be brought back")
    ),
    responses((status = 204, description = "The account is as it was before its deletion",
        headers(("ETag" = String, description = "The version of the account, for `If-Match`"))))
)]
pub(crate) async fn restore_account(
    use_case: Data<RemoveAccount>,
    detached: Data<Detached>,
    By(initiator): By,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, precondition) = (user_in_path(&id)?, precondition(&request));
    let restore = async move { use_case.restore(&initiator, id, &precondition).await };
    let user = detached.run(restore).await??;
    Ok(HttpResponse::NoContent().insert_header(etag(user.version)).finish())
}
