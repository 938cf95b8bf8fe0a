//! Problems on the wire.

use super::{Code, FieldError, Problem};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// What every error looks like (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// A page that explains this kind of problem.
    #[schema(example = "/problems/validation-failed")]
    r#type: String,
    /// A short text, the same for every occurrence.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code: the last segment of `type`.
    code: &'static str,
    /// What to do about this occurrence.
    detail: Cow<'a, str>,
    /// Names the request in the service's log.
    request_id: &'a str,
    /// Every field at fault; absent where none is.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldError],
}

impl Problem {
    /// The answer to the request of that id.
    pub(crate) fn render(&self, request_id: &str) -> HttpResponse {
        let mut answer = HttpResponse::build(self.code.status());
        answer.content_type("application/problem+json");
        if let Some(challenge) = challenge(self.code) {
            answer.insert_header((WWW_AUTHENTICATE, challenge));
        }
        for (name, value) in &self.headers {
            answer.append_header((name.clone(), value.clone()));
        }
        answer.json(self.body(request_id))
    }

    fn body<'a>(&'a self, request_id: &'a str) -> ProblemBody<'a> {
        ProblemBody {
            r#type: format!("/problems/{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code.as_str(),
            detail: self.detail.as_deref().map_or(Cow::Borrowed(self.code.explanation()), Cow::Borrowed),
            request_id,
            errors: self.errors(),
        }
    }
}

/// How to authenticate, with an error only where a token was sent (RFC 6750 §3).
fn challenge(code: Code) -> Option<HeaderValue> {
    let token_sent = matches!(code, Code::TokenInvalid | Code::TokenExpired | Code::TokenRevoked | Code::TokenStale);
    let challenge = match (code.status(), token_sent) {
        (StatusCode::UNAUTHORIZED, false) => r#"Bearer realm="threshold""#.to_owned(),
        (StatusCode::UNAUTHORIZED, true) => {
            format!(r#"Bearer realm="threshold", error="invalid_token", error_description="{}""#, code.title())
        }
        _ => return None,
    };
    HeaderValue::from_str(&challenge).ok()
}
