//! `DELETE /api/v1/users/me/sessions/{id}`

use crate::detached::Detached;
use crate::problem::{Code, Problem};
use crate::request::{Authenticated, initiator};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::sessions::EndSessions;
use threshold_domain::sessions::SessionId;
use uuid::Uuid;

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete,
    path = "/api/v1/users/me/sessions/{id}",
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 204, description = "The session has ended"))
)]
pub(crate) async fn end_session(
    use_case: Data<EndSessions>,
    detached: Data<Detached>,
    caller: Authenticated,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    // What is no id names no session either.
    let id = Uuid::parse_str(&id).map_err(|_no_id| Problem::new(Code::SessionNotFound))?;
    let (user, initiator) = (caller.0.user_id, initiator(&request));
    detached.run(async move { use_case.one_of(&initiator, user, SessionId::new(id)).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
