//! Ways in for fuzzing, which reaches only what is public.

use super::{Cookies, Fields, body};
use crate::accounts;
use crate::problem::Problem;
use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use serde_json::Value;
use threshold_domain::accounts::{DisplayName, UserList, UserPlace, Username};

/// The JSON of a body; `None` where it is refused.
#[must_use]
pub fn json(body: &[u8]) -> Option<Value> {
    body::parse(body).ok()
}

/// The faults of a body that has a field of each kind, as the answer lists them.
#[must_use]
pub fn faults(body: &[u8]) -> String {
    let problem = read(body).err();
    let faults = problem.as_ref().map(Problem::errors).unwrap_or_default();
    serde_json::to_string(faults).unwrap_or_default()
}

fn read(body: &[u8]) -> Result<(), Problem> {
    Fields::of(body::parse(body)?)?.read(|members| {
        let username = members.required("username", Username::parse).map(drop);
        let display_name = members.optional("display_name", DisplayName::parse).map(drop);
        let remember = members.flag("remember_me").map(drop);
        let kind = members.choice("kind", &[("browser", 1), ("tokens", 2)]).map(drop);
        username.and(display_name).and(remember).and(kind)
    })
}

/// The secret of the browser's session in a header of cookies. `None` also where no request can hold such a header.
#[must_use]
pub fn session_cookie(header: &[u8]) -> Option<String> {
    let header = HeaderValue::from_bytes(header).ok()?;
    let request = TestRequest::default().insert_header((COOKIE, header)).to_http_request();
    Cookies::of(&request).session_text(&request)
}

/// The list of users that a query asks for, and the place in it that its cursor names; `None` where the query is refused.
#[must_use]
pub fn user_list(query: &str) -> Option<(UserList, Option<UserPlace>)> {
    accounts::read_list(query)
}
