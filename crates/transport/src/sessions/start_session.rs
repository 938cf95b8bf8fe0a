//! `POST /api/v1/sessions`

use super::credentials::read_credentials;
use super::known_device::remember_device;
use super::session_view::SessionView;
use crate::accounts::UserView;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Cookies, Fields, guesser, initiator, provenance};
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use threshold_application::ports::{Clock, SessionSecrets};
use threshold_application::sessions::{Attempt, SignIn};
use threshold_domain::sessions::{SessionKind, SessionRequest, SessionToken};
use utoipa::ToSchema;

/// What somebody signs in with in a browser: either `email` or `username`, and the password.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `start_session` reads, and a test holds the two together")]
pub(crate) struct BrowserSessionRequest {
    #[schema(format = "email", example = "ada@example.org")]
    email: Option<String>,
    username: Option<String>,
    #[schema(format = Password, example = "violet harbour 92 kites")]
    password: String,
    /// Whether the session outlives the browser's window: for 30 days from its last use, else for 12 hours.
    remember: Option<bool>,
}

/// What a browser's sign-in gives, besides its cookies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BrowserSessionResponse {
    session: SessionView,
    /// To be sent as `X-CSRF-Token` with every request that changes something.
    csrf_token: String,
    user: UserView,
}

/// Signs a browser in, with a session cookie.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    request_body = BrowserSessionRequest,
    responses((status = 201, description = "Signed in; the session is in a cookie", body = BrowserSessionResponse,
        headers(("Location" = String, description = "The session"),
            ("Set-Cookie" = String, description = "The session, its CSRF token, and the known device"))))
)]
pub(crate) async fn start_session(
    use_case: Data<SignIn>,
    detached: Data<Detached>,
    secrets: Data<dyn SessionSecrets>,
    clock: Data<dyn Clock>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let ((login, password), remembered) = fields.read(|members| {
        let credentials = read_credentials(members);
        let remembered = members.flag("remember");
        Ok((credentials?, remembered?))
    })?;
    let proven =
        use_case.check(Attempt { login, password, guesser: guesser(&request), initiator: initiator(&request) }).await?;
    let started = SessionRequest { kind: SessionKind::Browser, remembered, provenance: provenance(&request) };
    let cookies = Cookies::of(&request);
    let replaced = cookies.session_text(&request).and_then(|text| SessionToken::parse(&text));
    let work = async move { use_case.start_session(proven, started, replaced.as_ref()).await };
    let signed_in = detached.run(work).await??;
    let (session, now) = (&signed_in.session, clock.now());
    let csrf_token = secrets.csrf_token(session.id);
    let mut answer = HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/users/me/sessions/{}", session.id)))
        .cookie(cookies.keep_session(&signed_in.token, session, now))
        .cookie(cookies.keep_csrf(&csrf_token, session, now))
        .json(BrowserSessionResponse {
            session: SessionView::new(session, session.id),
            csrf_token: csrf_token.expose().to_owned(),
            user: UserView::from(&signed_in.user),
        });
    remember_device(&request, &mut answer, signed_in.user.id)?;
    Ok(answer)
}
