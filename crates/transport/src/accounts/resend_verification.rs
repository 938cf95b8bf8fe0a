//! `POST /api/v1/verify/resend`

use super::register::Accepted;
use super::request_link::request_link;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::Fields;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::RequestLink;
use threshold_domain::accounts::LinkPurpose;

/// Has another link to prove an address mailed; it voids the older ones. The answer is the same whether or not anybody has the address.
#[utoipa::path(
    post,
    path = "/api/v1/verify/resend",
    request_body = super::EmailRequest,
    responses((status = 202, description = "If somebody has this address and a use for it, a mail is on its way", body = Accepted))
)]
pub(crate) async fn resend_verification(
    use_case: Data<RequestLink>,
    detached: Data<Detached>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    request_link(use_case, detached, &request, fields, LinkPurpose::VerifyEmail).await
}
