//! `DELETE /api/v1/admin/users/{id}/sessions`

use super::show_account::user_in_path;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::By;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::sessions::EndSessions;

/// Signs a user out everywhere. Nobody signs out a user who has a permission that they lack.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/users/{id}/sessions",
    params(("id" = Uuid, Path, description = "The user")),
    responses((status = 204, description = "Every session of the user has ended"))
)]
pub(crate) async fn end_account_sessions(
    use_case: Data<EndSessions>,
    detached: Data<Detached>,
    By(initiator): By,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = user_in_path(&id)?;
    detached.run(async move { use_case.all_of_other(&initiator, id).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
