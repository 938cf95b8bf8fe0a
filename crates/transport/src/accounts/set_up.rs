//! `POST /api/v1/setup`

use super::UserView;
use crate::app::{HttpSettings, RegistrationRules};
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Fields, Members, Noted, initiator};
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use threshold_application::accounts::{FirstAdministrator, SetUp};
use threshold_domain::accounts::{DisplayName, Email, Password, Username};
use utoipa::ToSchema;

/// The first administrator.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct SetUpRequest {
    /// From the link that the service shows when it starts.
    #[schema(format = Password)]
    token: String,
    /// Counts as verified: whoever has the link vouches for it.
    #[schema(format = "email", max_length = 254, example = "root@example.org")]
    email: String,
    #[schema(format = Password, max_length = 256, example = "violet harbour 92 kites")]
    password: String,
    /// Reserved names may be taken.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$", example = "root")]
    username: Option<String>,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<String>,
}

/// Makes the first administrator. The link with the token is shown each time the service starts, as long as nobody is or was an
/// administrator; afterwards it opens nothing.
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    request_body = SetUpRequest,
    responses((status = 201, description = "There is an administrator now, who can sign in", body = UserView,
        headers(("Location" = String, description = "Where the account is, once its owner has signed in"))))
)]
pub(crate) async fn set_up(
    use_case: Data<SetUp>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    // Judging a password can take tens of milliseconds: too long for a worker that serves others.
    let wanted = web::block(move || fields.read(|members| read(members, &settings.registration)));
    let (token, administrator) = wanted.await.map_err(Problem::internal)??;
    let hashed = use_case.hash(&token, administrator).await?;
    let initiator = initiator(&request);
    let user = detached.run(async move { use_case.store(&initiator, hashed).await }).await??;
    Ok(HttpResponse::Created().insert_header((LOCATION, "/api/v1/users/me")).json(UserView::from(&user)))
}

fn read(members: &mut Members, rules: &RegistrationRules) -> Result<(String, FirstAdministrator), Noted> {
    let token = members.required("token", |text| Ok(text.to_owned()));
    let email = members.required("email", Email::parse);
    // The operator may take reserved names, and whoever has the link is the operator.
    let username = members.optional("username", Username::parse);
    let display_name = members.optional("display_name", DisplayName::parse);
    let password = members.required("password", |text| {
        let named = username.as_ref().ok().and_then(Option::as_ref);
        rules.password.accept(Password::parse(text)?, email.as_ref().ok(), named)
    });
    let administrator =
        FirstAdministrator { email: email?, username: username?, display_name: display_name?, password: password? };
    Ok((token?, administrator))
}
