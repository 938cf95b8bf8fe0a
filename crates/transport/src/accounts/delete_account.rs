//! `DELETE /api/v1/admin/users/{id}`

use super::show_account::user_in_path;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{By, language, precondition};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::RemoveAccount;

/// Deletes a user. Every session ends; the account is kept for a while, in which it can be brought back, and then erased for good.
/// Nobody deletes a user who has a permission that they lack; the last active administrator stays one.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/users/{id}",
    params(
        ("id" = Uuid, Path, description = "The user"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is to be deleted")
    ),
    responses((status = 204, description = "The account is deleted"))
)]
pub(crate) async fn delete_account(
    use_case: Data<RemoveAccount>,
    detached: Data<Detached>,
    By(initiator): By,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = user_in_path(&id)?;
    let (precondition, language) = (precondition(&request), language(&request));
    let delete = async move { use_case.delete(&initiator, id, &precondition, language).await };
    detached.run(delete).await??;
    Ok(HttpResponse::NoContent().finish())
}
