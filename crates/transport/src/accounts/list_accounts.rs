//! `GET /api/v1/admin/users`

use super::UserView;
use super::user_cursor::UserCursor;
use crate::problem::Problem;
use crate::request::{List, Members, Noted, Page, PageParameters, Query};
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::accounts::ListAccounts;
use threshold_domain::access::RoleName;
#[cfg(feature = "fuzzing")]
use threshold_domain::accounts::UserPlace;
use threshold_domain::accounts::{Standing, UserFilter, UserList, UserSearch, UserSort};
use threshold_domain::parse_timestamp;
use utoipa::IntoParams;

/// Which users a list holds, and in which order.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `read` reads")]
pub(crate) struct UserParameters {
    /// A part of the email address, the username or the display name, taken literally, without case. One or two characters are
    /// looked for at the beginning of each of them only.
    #[param(min_length = 1, max_length = 100)]
    q: Option<String>,
    /// `unverified`, `active` or `suspended`.
    #[param(example = "active")]
    status: Option<String>,
    /// The name of a role that they hold.
    role: Option<String>,
    /// Only accounts that were made after that moment.
    #[param(format = DateTime)]
    created_after: Option<String>,
    /// Only accounts that were made before that moment.
    #[param(format = DateTime)]
    created_before: Option<String>,
    /// `created_at`, `-created_at` (the latest first, as by default), `email`, or `-last_login_at` (who never signed in last).
    #[param(example = "-created_at")]
    sort: Option<String>,
}

/// Shows users, a page at a time; those who are deleted have a list of their own.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users",
    params(UserParameters, PageParameters),
    responses((status = 200, description = "A page of users", body = List<UserView>))
)]
pub(crate) async fn list_accounts(use_case: Data<ListAccounts>, query: Query) -> Result<HttpResponse, Problem> {
    let (list, page) = query.0.read(read)?;
    let after = page.after().map(|cursor| &cursor.0);
    let users = use_case.living(&list, after, page.to_fetch()).await?;
    let answer = page.answer(users, |user| UserCursor(list.sort.place(user)), |user| UserView::from(user));
    Ok(HttpResponse::Ok().json(answer))
}

/// The list that a query asks for, and the place that its cursor names; for fuzzing.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_list(query: &str) -> Option<(UserList, Option<UserPlace>)> {
    let (list, page) = Query::parse(query).ok()?.0.read(read).ok()?;
    Some((list, page.after().map(|cursor| cursor.0.clone())))
}

fn read(members: &mut Members) -> Result<(UserList, Page<UserCursor>), Noted> {
    let given = members.given();
    let filter = read_filter(members);
    let sorts = [
        ("created_at", UserSort::Oldest),
        ("-created_at", UserSort::Newest),
        ("email", UserSort::Email),
        ("-last_login_at", UserSort::LastLogin),
    ];
    let sort = members.choice("sort", &sorts);
    // Whatever decides what is in it stands in the name; a cursor of another order has no place in this one.
    let page = Page::<UserCursor>::read(members, format!("users?{given}"));
    let list = UserList { filter: filter?, sort: sort?.unwrap_or_default() };
    let page = page?;
    if page.after().is_some_and(|cursor| !list.sort.has(&cursor.0)) {
        return Err(Page::<UserCursor>::not_of_this_list(members));
    }
    Ok((list, page))
}

fn read_filter(members: &mut Members) -> Result<UserFilter, Noted> {
    let standings =
        [("unverified", Standing::Unverified), ("active", Standing::Active), ("suspended", Standing::Suspended)];
    let search = members.optional("q", UserSearch::parse);
    let standing = members.choice("status", &standings);
    let role = members.optional("role", RoleName::parse);
    let created_after = members.optional("created_after", parse_timestamp);
    let created_before = members.optional("created_before", parse_timestamp);
    Ok(UserFilter {
        search: search?,
        standing: standing?,
        role: role?,
        created_after: created_after?,
        created_before: created_before?,
    })
}
