//! `POST /api/v1/logout`

use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Authenticated, Cookies, initiator};
use actix_web::http::header::HeaderName;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use threshold_application::sessions::EndSessions;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Ends the caller's session: its tokens are refused from now on, and the browser forgets what it has of us.
#[utoipa::path(
    post,
    path = "/api/v1/logout",
    responses((status = 204, description = "The session has ended"))
)]
pub(crate) async fn logout(
    use_case: Data<EndSessions>,
    detached: Data<Detached>,
    caller: Authenticated,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let initiator = initiator(&request);
    detached.run(async move { use_case.one(&initiator, caller.0.session).await }).await??;
    Ok(goodbye(&request))
}

pub(super) fn goodbye(request: &HttpRequest) -> HttpResponse {
    forget_session(request, HttpResponse::NoContent()).finish()
}

/// Takes the cookies away one by one. `Clear-Site-Data: "cookies"` would take those of every neighbour under the same domain
/// with them, and the known device, which is what keeps strangers from locking its owner out.
pub(crate) fn forget_session(request: &HttpRequest, mut answer: HttpResponseBuilder) -> HttpResponseBuilder {
    let cookies = Cookies::of(request);
    for cookie in cookies.drop_session().into_iter().chain([cookies.drop_refresh()]) {
        answer.cookie(cookie);
    }
    answer.insert_header((CLEAR_SITE_DATA, r#""cache", "storage""#));
    answer
}
