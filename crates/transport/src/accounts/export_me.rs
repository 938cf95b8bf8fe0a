//! `GET /api/v1/users/me/export`

use super::{UserView, rfc3339};
use crate::problem::Problem;
use crate::request::Authenticated;
use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Data;
use serde::Serialize;
use threshold_application::accounts::ExportPersonalData;
use threshold_application::ports::{Clock, PersonalData};
use threshold_domain::Timestamp;
use threshold_domain::accounts::AccountLink;
use threshold_domain::sessions::{Session, SessionKind};
use utoipa::ToSchema;
use uuid::Uuid;

/// Everything that is held about a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonalDataView {
    #[schema(format = DateTime)]
    exported_at: String,
    user: UserView,
    /// Whether there is a password; of it only a hash is held, which nothing can be read from.
    has_password: bool,
    /// Where the user is signed in, and was not long ago, the oldest first.
    sessions: Vec<HeldSessionView>,
    /// Links that were mailed not long ago, the oldest first; of their secrets only a digest is held.
    mailed_links: Vec<HeldLinkView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldSession)]
struct HeldSessionView {
    id: Uuid,
    kind: HeldSessionKind,
    /// Whether it was to outlive the browser's window.
    remembered: bool,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(required, format = DateTime)]
    ended_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = HeldSessionKind)]
enum HeldSessionKind {
    Tokens,
    Browser,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldLink)]
struct HeldLinkView {
    /// What it is for.
    #[schema(example = "verify_email")]
    purpose: &'static str,
    /// Where it was sent.
    #[schema(format = "email")]
    email: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// When it was used, or became void.
    #[schema(required, format = DateTime)]
    used_at: Option<String>,
}

/// Gives the caller everything that is held about them, in one document.
#[utoipa::path(
    get,
    path = "/api/v1/users/me/export",
    responses((status = 200, description = "Everything that is held about the caller", body = PersonalDataView))
)]
pub(crate) async fn export_me(
    use_case: Data<ExportPersonalData>,
    clock: Data<dyn Clock>,
    caller: Authenticated,
) -> Result<HttpResponse, Problem> {
    let data = use_case.execute(caller.0.user_id).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, r#"attachment; filename="account.json""#))
        .json(PersonalDataView::new(&data, clock.now())))
}

impl PersonalDataView {
    fn new(data: &PersonalData, now: Timestamp) -> Self {
        Self {
            exported_at: rfc3339(now),
            user: UserView::from(&data.user),
            has_password: data.has_password,
            sessions: data.sessions.iter().map(HeldSessionView::from).collect(),
            mailed_links: data.links.iter().map(HeldLinkView::from).collect(),
        }
    }
}

impl From<&Session> for HeldSessionView {
    fn from(session: &Session) -> Self {
        let provenance = &session.request.provenance;
        Self {
            id: session.id.as_uuid(),
            kind: match session.request.kind {
                SessionKind::Tokens => HeldSessionKind::Tokens,
                SessionKind::Browser => HeldSessionKind::Browser,
            },
            remembered: session.request.remembered,
            ip: provenance.address.map(|address| address.to_string()),
            user_agent: provenance.user_agent.as_ref().map(|agent| agent.as_str().to_owned()),
            created_at: rfc3339(session.created_at),
            last_seen_at: rfc3339(session.last_seen_at),
            expires_at: rfc3339(session.expires_at),
            ended_at: session.ended_at.map(rfc3339),
        }
    }
}

impl From<&AccountLink> for HeldLinkView {
    fn from(link: &AccountLink) -> Self {
        Self {
            purpose: link.purpose.as_str(),
            email: link.email.as_str().to_owned(),
            created_at: rfc3339(link.created_at),
            expires_at: rfc3339(link.expires_at),
            used_at: link.used_at.map(rfc3339),
        }
    }
}
