//! `POST /api/v1/logout/all`

use super::logout::goodbye;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Authenticated, initiator};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::sessions::EndSessions;

/// Ends all of the caller's sessions, wherever they are.
#[utoipa::path(
    post,
    path = "/api/v1/logout/all",
    responses((status = 204, description = "Every session of the caller has ended"))
)]
pub(crate) async fn logout_all(
    use_case: Data<EndSessions>,
    detached: Data<Detached>,
    caller: Authenticated,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let initiator = initiator(&request);
    detached.run(async move { use_case.all_of(&initiator, caller.0.user_id, None).await }).await??;
    Ok(goodbye(&request))
}
