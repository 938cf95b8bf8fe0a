//! `POST /api/v1/login`

use super::answers::{LoginResponse, SignedInAnswer, TokenDelivery};
use super::credentials::read_credentials;
use super::known_device::remember_device;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Cookies, Fields, guesser, initiator, provenance};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::sessions::{Attempt, SignIn};
use threshold_domain::accounts::{Login, Password};
use threshold_domain::sessions::{SessionKind, SessionRequest};
use utoipa::ToSchema;

/// What somebody signs in with: either `email` or `username`, and the password.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct LoginRequest {
    #[schema(format = "email", example = "ada@example.org")]
    email: Option<String>,
    username: Option<String>,
    #[schema(format = Password, example = "violet harbour 92 kites")]
    password: String,
    /// Where the refresh token goes: into a cookie that scripts can't read, which is what browsers want, or into the answer's body.
    token_delivery: Option<TokenDelivery>,
    /// Whether the cookie outlives the browser's window.
    remember: Option<bool>,
}

/// Signs somebody in, with an access token and a refresh token.
#[utoipa::path(
    post,
    path = "/api/v1/login",
    request_body = LoginRequest,
    responses((status = 200, description = "Signed in; the refresh token is in a cookie, or in the body if asked for",
        body = LoginResponse, headers(("Set-Cookie" = String, description = "The refresh token, and the known device"))))
)]
pub(crate) async fn login(
    use_case: Data<SignIn>,
    detached: Data<Detached>,
    answer: SignedInAnswer,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let wanted = fields.read(|members| {
        let credentials = read_credentials(members);
        let delivery = members.choice("token_delivery", TokenDelivery::CHOICES);
        let remembered = members.flag("remember");
        let (login, password) = credentials?;
        Ok(Wanted { login, password, delivery: delivery?.unwrap_or(TokenDelivery::Cookie), remembered: remembered? })
    })?;
    let Wanted { login, password, delivery, remembered } = wanted;
    let proven =
        use_case.check(Attempt { login, password, guesser: guesser(&request), initiator: initiator(&request) }).await?;
    let started = SessionRequest { kind: SessionKind::Tokens, remembered, provenance: provenance(&request) };
    let replaced = Cookies::of(&request).refresh_token(&request);
    let work = async move { use_case.start_session(proven, started, replaced.as_ref()).await };
    let signed_in = detached.run(work).await??;
    let mut response = answer.with_tokens(&signed_in, delivery)?;
    remember_device(&request, &mut response, signed_in.user.id)?;
    Ok(response)
}

struct Wanted {
    login: Login,
    password: Password,
    delivery: TokenDelivery,
    remembered: bool,
}
