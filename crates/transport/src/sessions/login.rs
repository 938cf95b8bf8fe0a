//! `POST /api/v1/login`

use crate::accounts::UserView;
use crate::detached::Detached;
use crate::problem::{FieldError, Problem};
use crate::request::{Fields, Members, Noted};
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use threshold_application::sessions::{SignIn, SignedIn};
use threshold_domain::accounts::{Email, Login, Password, Username};
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
}

/// What a sign-in gives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoginResponse {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// In seconds.
    #[schema(example = 900)]
    expires_in: u64,
    user: UserView,
}

/// Signs somebody in.
#[utoipa::path(
    post,
    path = "/api/v1/login",
    request_body = LoginRequest,
    responses((status = 200, description = "Signed in", body = LoginResponse))
)]
pub(crate) async fn login(
    use_case: Data<SignIn>,
    detached: Data<Detached>,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let (login, password) = fields.read(read)?;
    let proven = use_case.check(login, password).await?;
    let signed_in = detached.run(async move { use_case.start_session(proven).await }).await??;
    Ok(HttpResponse::Ok().json(LoginResponse::from(&signed_in)))
}

fn read(members: &mut Members) -> Result<(Login, Password), Noted> {
    let email = members.optional("email", Email::parse);
    let username = members.optional("username", Username::parse);
    let password = members.required("password", |text| Password::parse(text));
    let login = match (email?, username?) {
        (Some(email), None) => Ok(Login::Email(email)),
        (None, Some(username)) => Ok(Login::Username(username)),
        (None, None) => Err(members.fault(FieldError::new("email", "required", "Give either an email or a username."))),
        (Some(_), Some(_)) => Err(members.fault(FieldError::new(
            "username",
            "exclusive",
            "Give either an email or a username, not both.",
        ))),
    };
    Ok((login?, password?))
}

impl From<&SignedIn> for LoginResponse {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            access_token: signed_in.access_token.expose().to_owned(),
            token_type: "Bearer",
            expires_in: signed_in.expires_in.as_secs(),
            user: UserView::from(&signed_in.user),
        }
    }
}
