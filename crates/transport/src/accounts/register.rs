//! `POST /api/v1/register`

use super::UserView;
use crate::app::{HttpSettings, RegistrationRules};
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Fields, Members, Noted, initiator, language};
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use threshold_application::accounts::Register;
use threshold_domain::accounts::{DisplayName, Email, Password, Registration};
use threshold_domain::mail::Language;
use utoipa::ToSchema;

/// What somebody registers with.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct RegisterRequest {
    /// Unique among all users, compared without case.
    #[schema(format = "email", max_length = 254, example = "ada@example.org")]
    email: String,
    /// At least 8 characters by default, hard to guess, without the user's own names.
    #[schema(format = Password, max_length = 256, example = "violet harbour 92 kites")]
    password: String,
    /// Folded to lower case; unique among all users.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$", example = "ada")]
    username: Option<String>,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<String>,
}

/// That a request was taken in, whatever became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// Always `accepted`.
    #[schema(example = "accepted")]
    status: &'static str,
}

impl Default for Accepted {
    fn default() -> Self {
        Self { status: "accepted" }
    }
}

/// Makes an account.
#[utoipa::path(
    post,
    path = "/api/v1/register",
    request_body = RegisterRequest,
    responses(
        (status = 201, description = "The account was made; it has yet to prove its address", body = UserView,
            headers(("Location" = String, description = "Where the account is, once its owner has signed in"))),
        (status = 202, description = "Where existing accounts are concealed: the account was made, or its address has one \
            already; which of the two is not told", body = Accepted)
    )
)]
pub(crate) async fn register(
    use_case: Data<Register>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let conceals = settings.registration.conceal_existing;
    let language = language(&request);
    // Judging a password can take tens of milliseconds: too long for a worker that serves others.
    let registration = web::block(move || fields.read(|members| read(members, &settings.registration, language)));
    let registration = registration.await.map_err(Problem::internal)??;
    let hashed = use_case.hash(registration).await?;
    let initiator = initiator(&request);
    if conceals {
        detached.run(async move { use_case.store_concealed(&initiator, hashed).await }).await??;
        return Ok(HttpResponse::Accepted().json(Accepted::default()));
    }
    let user = detached.run(async move { use_case.store(&initiator, hashed).await }).await??;
    Ok(HttpResponse::Created().insert_header((LOCATION, "/api/v1/users/me")).json(UserView::from(&user)))
}

fn read(members: &mut Members, rules: &RegistrationRules, language: Language) -> Result<Registration, Noted> {
    let email = members.required("email", Email::parse);
    let username = members.optional("username", |text| rules.reserved_usernames.accept(text));
    let display_name = members.optional("display_name", DisplayName::parse);
    let password = members.required("password", |text| {
        rules.password.accept(
            Password::parse(text)?,
            email.as_ref().ok(),
            username.as_ref().ok().and_then(Option::as_ref),
        )
    });
    Ok(Registration { email: email?, username: username?, display_name: display_name?, password: password?, language })
}
