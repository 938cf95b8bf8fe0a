//! `POST /api/v1/password/change`

use super::new_password::judged;
use crate::app::HttpSettings;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Authenticated, Fields, guesser, initiator, language};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::ChangePassword;
use threshold_domain::accounts::Password;
use utoipa::ToSchema;

/// The password that is, and the one that is to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `change_password` reads, and a test holds the two together")]
pub(crate) struct ChangePasswordRequest {
    #[schema(format = Password, example = "violet harbour 92 kites")]
    current_password: String,
    /// At least 8 characters by default, hard to guess, without the user's own names.
    #[schema(format = Password, max_length = 256, example = "seventeen amber lanterns 4")]
    new_password: String,
}

/// Replaces the caller's password. Every other session of theirs ends; this one goes on.
#[utoipa::path(
    post,
    path = "/api/v1/password/change",
    request_body = ChangePasswordRequest,
    responses((status = 204, description = "The password is replaced"))
)]
pub(crate) async fn change_password(
    use_case: Data<ChangePassword>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    caller: Authenticated,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let (current, new) = fields.read(|members| {
        let current = members.required("current_password", |text| Password::parse(text));
        let new = members.required("new_password", |text| Password::parse(text));
        Ok((current?, new?))
    })?;
    let user = use_case.owner(caller.0.user_id).await?;
    let accepted = judged(new, user.clone(), settings).await?;
    let initiator = initiator(&request);
    let change = use_case.check(&initiator, user, current, accepted, guesser(&request)).await?;
    let (kept, language) = (caller.0.session, language(&request));
    detached.run(async move { use_case.store(&initiator, change, kept, language).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
