//! Asking for a mail with a link.

use super::register::Accepted;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Fields, initiator, language};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::RequestLink;
use threshold_domain::accounts::{Email, LinkPurpose};
use utoipa::ToSchema;

/// An address.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `request_link` reads, and a test holds the two together")]
pub(crate) struct EmailRequest {
    #[schema(format = "email", max_length = 254, example = "ada@example.org")]
    email: String,
}

/// Has a link for `purpose` mailed, and answers the same whoever it is for.
pub(super) async fn request_link(
    use_case: Data<RequestLink>,
    detached: Data<Detached>,
    request: &HttpRequest,
    fields: Fields,
    purpose: LinkPurpose,
) -> Result<HttpResponse, Problem> {
    let email = fields.read(|members| members.required("email", Email::parse))?;
    let (language, initiator) = (language(request), initiator(request));
    detached.run(async move { use_case.execute(&initiator, purpose, email, language).await }).await??;
    Ok(HttpResponse::Accepted().json(Accepted::default()))
}
