//! `POST /api/v1/logout`

use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::Authenticated;
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::sessions::SignOut;

/// Ends the caller's session: its tokens are refused from now on.
#[utoipa::path(
    post,
    path = "/api/v1/logout",
    responses((status = 204, description = "The session has ended"))
)]
pub(crate) async fn logout(
    use_case: Data<SignOut>,
    detached: Data<Detached>,
    caller: Authenticated,
) -> Result<HttpResponse, Problem> {
    detached.run(async move { use_case.execute(&caller.0).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
