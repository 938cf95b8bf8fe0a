//! `POST /api/v1/admin/users`

use super::UserView;
use super::roles_member::{may_choose, roles};
use crate::app::{HttpSettings, RegistrationRules};
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Admitted, Fields, Members, Noted, etag, initiator, language};
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use threshold_application::accounts::{CreateAccount, NewAccount};
use threshold_domain::accounts::{DisplayName, Email, Password};
use utoipa::ToSchema;

/// An account that is to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct CreateAccountRequest {
    /// Unique among all users, compared without case. With a password, whoever makes the account vouches for it.
    #[schema(format = "email", max_length = 254, example = "ada@example.org")]
    email: String,
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$", example = "ada")]
    username: Option<String>,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<String>,
    /// Without one an invitation is mailed, by which its reader chooses it.
    #[schema(format = Password, max_length = 256, example = "violet harbour 92 kites")]
    password: Option<String>,
    /// The names of the roles held; without it, those of everybody. Needs the permission `roles:assign` as well.
    #[schema(nullable = false)]
    roles: Option<Vec<String>>,
}

/// Makes an account for somebody else: `active` with a password, else `unverified` until they follow the invitation that is mailed
/// to them. Nobody gives a permission that they lack.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users",
    request_body = CreateAccountRequest,
    responses((status = 201, description = "The account was made", body = UserView,
        headers(
            ("Location" = String, description = "Where the account is"),
            ("ETag" = String, description = "The version of the account, for `If-Match`")
        )))
)]
pub(crate) async fn create_account(
    use_case: Data<CreateAccount>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    caller: Admitted,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    // Judging a password can take tens of milliseconds: too long for a worker that serves others.
    let account = web::block(move || fields.read(|members| read(members, &settings.registration)));
    let account = account.await.map_err(Problem::internal)??;
    may_choose(&caller, account.roles.as_ref())?;
    let (initiator, language) = (initiator(&request), language(&request));
    let hashed = use_case.hash(account).await?;
    let user = detached.run(async move { use_case.store(&initiator, hashed, language).await }).await??;
    let location = format!("/api/v1/admin/users/{}", user.id);
    let mut answer = HttpResponse::Created();
    Ok(answer.insert_header((LOCATION, location)).insert_header(etag(user.version)).json(UserView::from(&user)))
}

fn read(members: &mut Members, rules: &RegistrationRules) -> Result<NewAccount, Noted> {
    let email = members.required("email", Email::parse);
    let username = members.optional("username", |text| rules.reserved_usernames.accept(text));
    let display_name = members.optional("display_name", DisplayName::parse);
    let password = members.optional("password", |text| {
        let named = username.as_ref().ok().and_then(Option::as_ref);
        rules.password.accept(Password::parse(text)?, email.as_ref().ok(), named)
    });
    let held = roles(members);
    Ok(NewAccount {
        email: email?,
        username: username?,
        display_name: display_name?,
        password: password?,
        roles: held?,
    })
}
