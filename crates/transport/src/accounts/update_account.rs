//! `PUT /api/v1/admin/users/{id}`

use super::UserView;
use super::roles_member::{may_choose, roles};
use super::show_account::user_in_path;
use crate::app::HttpSettings;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Admitted, Fields, Members, Noted, etag, initiator, language, precondition};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::UpdateAccount;
use threshold_domain::accounts::{AccountChanges, DisplayName, Email, ReservedUsernames, Standing};
use utoipa::ToSchema;

/// What is to change of a user; what is left out stays, and `null` takes a name away.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct UpdateAccountRequest {
    /// The address from now on: whoever changes it vouches for it. The former one is told, and every session ends.
    #[schema(format = "email", max_length = 254, example = "ada@example.org", nullable = false)]
    email: Option<String>,
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$", example = "ada")]
    username: Option<String>,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<String>,
    /// `active` or `suspended`; who is suspended is signed out everywhere, can't sign in, and has no use for links that were mailed
    /// before. `active` ends that; whoever has not proven their address is `unverified` then.
    #[schema(example = "active", nullable = false)]
    status: Option<String>,
    /// The names of the roles held from now on. Needs the permission `roles:assign` as well.
    #[schema(nullable = false)]
    roles: Option<Vec<String>>,
}

/// Changes a user. Nobody changes a user who has a permission that they lack, or gives them one; the last active administrator
/// stays one.
#[utoipa::path(
    put,
    path = "/api/v1/admin/users/{id}",
    request_body = UpdateAccountRequest,
    params(
        ("id" = Uuid, Path, description = "The user"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that the change is made for")
    ),
    responses((status = 200, description = "The user", body = UserView,
        headers(("ETag" = String, description = "The version of the account, for `If-Match`"))))
)]
pub(crate) async fn update_account(
    use_case: Data<UpdateAccount>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    (caller, id): (Admitted, Path<String>),
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let id = user_in_path(&id)?;
    let changes = fields.read(|members| read(members, &settings.registration.reserved_usernames))?;
    may_choose(&caller, changes.roles.as_ref())?;
    let (initiator, precondition, language) = (initiator(&request), precondition(&request), language(&request));
    let update = async move { use_case.execute(&initiator, id, changes, &precondition, language).await };
    let user = detached.run(update).await??;
    Ok(HttpResponse::Ok().insert_header(etag(user.version)).json(UserView::from(&user)))
}

fn read(members: &mut Members, reserved: &ReservedUsernames) -> Result<AccountChanges, Noted> {
    let email = members.replacement("email", Email::parse);
    let username = members.change("username", |text| reserved.accept(text));
    let display_name = members.change("display_name", DisplayName::parse);
    let standings = [("active", Standing::Active), ("suspended", Standing::Suspended)];
    let standing = members.replacing_choice("status", &standings);
    let roles = roles(members);
    Ok(AccountChanges {
        email: email?,
        username: username?,
        display_name: display_name?,
        standing: standing?,
        roles: roles?,
    })
}
