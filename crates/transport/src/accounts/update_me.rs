//! `PUT /api/v1/users/me`

use super::UserView;
use crate::app::HttpSettings;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{Authenticated, Fields, Members, Noted, etag, initiator, language, precondition};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use threshold_application::accounts::UpdateProfile;
use threshold_domain::accounts::{DisplayName, Email, ProfileChanges, ReservedUsernames};
use utoipa::ToSchema;

/// What is to change; what is left out stays, and `null` takes a name away.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct UpdateMeRequest {
    /// It waits in `pending_email` until its owner follows the link that is mailed to it. The present address withdraws one that waits.
    #[schema(format = "email", max_length = 254, example = "ada@example.org", nullable = false)]
    email: Option<String>,
    /// Folded to lower case; unique among all users.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{2,31}$", example = "ada")]
    username: Option<String>,
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    display_name: Option<String>,
}

/// Changes the caller's own account.
#[utoipa::path(
    put,
    path = "/api/v1/users/me",
    request_body = UpdateMeRequest,
    params(("If-Match" = Option<String>, Header, description = "The `ETag` of the version that the change is made for")),
    responses((status = 200, description = "The caller", body = UserView,
        headers(("ETag" = String, description = "The version of the account, for `If-Match`"))))
)]
pub(crate) async fn update_me(
    use_case: Data<UpdateProfile>,
    detached: Data<Detached>,
    settings: Data<HttpSettings>,
    caller: Authenticated,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let changes = fields.read(|members| read(members, &settings.registration.reserved_usernames))?;
    let (precondition, language, user) = (precondition(&request), language(&request), caller.0.user_id);
    let initiator = initiator(&request);
    let update = async move { use_case.execute(&initiator, user, changes, &precondition, language).await };
    let user = detached.run(update).await??;
    Ok(HttpResponse::Ok().insert_header(etag(user.version)).json(UserView::from(&user)))
}

fn read(members: &mut Members, reserved: &ReservedUsernames) -> Result<ProfileChanges, Noted> {
    let email = members.replacement("email", Email::parse);
    let username = members.change("username", |text| reserved.accept(text));
    let display_name = members.change("display_name", DisplayName::parse);
    Ok(ProfileChanges { email: email?, username: username?, display_name: display_name? })
}
