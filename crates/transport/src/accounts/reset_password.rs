//! `POST /api/v1/password/reset`

use super::new_password::judged;
use crate::app::HttpSettings;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Fields, initiator, language};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::{LinkError, ResetPassword};
use threshold_domain::accounts::{LinkToken, Password};
use utoipa::ToSchema;

/// The secret of a mailed link, and the password that is to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `reset_password` reads, and a test holds the two together")]
pub(crate) struct ResetPasswordRequest {
    /// The last part of the link.
    token: String,
    /// At least 8 characters by default, hard to guess, without the user's own names.
    #[schema(format = Password, max_length = 256, example = "violet harbour 92 kites")]
    new_password: String,
}

/// Replaces a password by a mailed link, which works once. Every session of the account ends, and its address is proven.
#[utoipa::path(
    post,
    path = "/api/v1/password/reset",
    request_body = ResetPasswordRequest,
    responses((status = 204, description = "The password is replaced; sign in with it"))
)]
pub(crate) async fn reset_password(
    use_case: Data<ResetPassword>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let (token, password) = fields.read(|members| {
        let token = members.required("token", |text| Ok(LinkToken::parse(text)));
        let password = members.required("new_password", |text| Password::parse(text));
        Ok((token?, password?))
    })?;
    let token = token.ok_or(LinkError::Unknown)?;
    let owner = use_case.owner(&token).await?;
    let accepted = judged(password, owner, settings).await?;
    let hashed = use_case.hash(token, accepted).await?;
    let (language, initiator) = (language(&request), initiator(&request));
    detached.run(async move { use_case.store(&initiator, hashed, language).await }).await??;
    Ok(HttpResponse::NoContent().finish())
}
