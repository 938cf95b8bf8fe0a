//! `GET /api/v1/verify/{token}`

use super::UserView;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{initiator, language, person, recognise};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use threshold_application::accounts::{LinkError, VerifyEmail};
use threshold_domain::accounts::LinkToken;
use utoipa::ToSchema;

/// Whose address is proven now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifiedResponse {
    user: UserView,
}

/// Takes the secret of a mailed link as the proof of an address. To be called on a click: programs that look into mails follow links.
///
/// Where the address takes the place of another one, all sessions of the account end but that of the caller, if it is one.
#[utoipa::path(
    get,
    path = "/api/v1/verify/{token}",
    params(("token" = String, Path, description = "The last part of the link")),
    responses((status = 200, description = "The address is proven", body = VerifiedResponse))
)]
pub(crate) async fn verify_email(
    use_case: Data<VerifyEmail>,
    detached: Data<Detached>,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let token = LinkToken::parse(&token).ok_or(LinkError::Unknown)?;
    // Most who follow a link are nobody we know, which is no fault.
    let kept = recognise(&request).await.and_then(|caller| Ok(person(&caller)?.session)).ok();
    let (language, initiator) = (language(&request), initiator(&request));
    let user = detached.run(async move { use_case.execute(&initiator, &token, kept, language).await }).await??;
    Ok(HttpResponse::Ok().json(VerifiedResponse { user: UserView::from(&user) }))
}
