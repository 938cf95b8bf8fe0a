//! `DELETE /api/v1/users/me`

use super::rfc3339;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Authenticated, OptionalFields, guesser, initiator, language, precondition};
use crate::sessions::forget_session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use threshold_application::accounts::{DeleteAccount, Deletion};
use threshold_domain::accounts::Password;
use utoipa::ToSchema;

/// What proves once more that it is the owner who asks.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `delete_me` reads, and a test holds the two together")]
pub(crate) struct DeleteMeRequest {
    /// Required for accounts that have one.
    #[schema(format = Password, example = "violet harbour 92 kites")]
    password: Option<String>,
}

/// What becomes of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletedResponse {
    message: &'static str,
    #[schema(format = DateTime)]
    deleted_at: String,
    /// The account is kept until then, and erased for good after.
    #[schema(format = DateTime)]
    purge_after: String,
}

impl From<Deletion> for DeletedResponse {
    fn from(deletion: Deletion) -> Self {
        Self {
            message: "The account is deleted. It is kept for a while, and then erased for good.",
            deleted_at: rfc3339(deletion.deleted_at),
            purge_after: rfc3339(deletion.purge_after),
        }
    }
}

/// Deletes the caller's own account. Every session ends; the account is kept for a while, and then erased for good.
#[utoipa::path(
    delete,
    path = "/api/v1/users/me",
    request_body = Option<DeleteMeRequest>,
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the version that is to be deleted")),
    responses((status = 200, description = "The account is deleted", body = DeletedResponse))
)]
pub(crate) async fn delete_me(
    use_case: Data<DeleteAccount>,
    detached: Data<Detached>,
    caller: Authenticated,
    request: HttpRequest,
    fields: OptionalFields,
) -> Result<HttpResponse, Problem> {
    let password = fields.0.read(|members| members.optional("password", |text| Password::parse(text)))?;
    let initiator = initiator(&request);
    let checked = use_case.check(&initiator, caller.0.user_id, password, guesser(&request)).await?;
    let (precondition, language) = (precondition(&request), language(&request));
    let deletion =
        detached.run(async move { use_case.store(&initiator, checked, &precondition, language).await }).await??;
    Ok(forget_session(&request, HttpResponse::Ok()).json(DeletedResponse::from(deletion)))
}
