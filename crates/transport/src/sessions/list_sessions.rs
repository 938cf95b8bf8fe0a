//! `GET /api/v1/users/me/sessions`

use super::session_view::SessionView;
use crate::problem::Problem;
use crate::request::Authenticated;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use threshold_application::sessions::ListSessions;
use utoipa::ToSchema;

/// Where a user is signed in, the latest used first. There are never more than fit one page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    items: Vec<SessionView>,
    /// Always `null`.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Shows where the caller is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/users/me/sessions",
    responses((status = 200, description = "The caller's sessions", body = SessionList))
)]
pub(crate) async fn list_sessions(
    use_case: Data<ListSessions>,
    caller: Authenticated,
) -> Result<HttpResponse, Problem> {
    let sessions = use_case.execute(caller.0.user_id).await?;
    let items = sessions.iter().map(|session| SessionView::new(session, caller.0.session)).collect();
    Ok(HttpResponse::Ok().json(SessionList { items, next_cursor: None }))
}
