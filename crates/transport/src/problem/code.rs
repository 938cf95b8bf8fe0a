//! The catalogue of problems.

use actix_web::http::StatusCode;

/// What can be wrong: the last segment of a problem's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Code {
    MalformedJson,
    Unauthenticated,
    InvalidCredentials,
    TokenInvalid,
    TokenExpired,
    TokenRevoked,
    TokenStale,
    RefreshInvalid,
    RefreshReused,
    AccountSuspended,
    EmailUnverified,
    CsrfFailed,
    WrongPassword,
    OriginNotAllowed,
    RouteNotFound,
    SessionNotFound,
    LinkUnknown,
    MethodNotAllowed,
    RequestTimeout,
    EmailTaken,
    UsernameTaken,
    LinkExpired,
    LinkUsed,
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    UnknownField,
    RateLimited,
    TooManyAttempts,
    InternalError,
    Overloaded,
    Unavailable,
}

/// What stands in the catalogue about a problem.
struct Entry {
    code: &'static str,
    status: StatusCode,
    title: &'static str,
    explanation: &'static str,
}

const fn entry(code: &'static str, status: StatusCode, title: &'static str, explanation: &'static str) -> Entry {
    Entry { code, status, title, explanation }
}

// One name for both: `InvalidCredentials` is how a sign-in fails, this is how somebody fails who is signed in.
const WRONG_PASSWORD: Entry = entry(
    "invalid-credentials",
    StatusCode::FORBIDDEN,
    "The current password is wrong",
    "The password that was to prove that it is you is wrong. It was counted like a failed sign-in.",
);
const LINK_UNKNOWN: Entry = entry(
    "token-unknown",
    StatusCode::NOT_FOUND,
    "The link is unknown",
    "Nobody was sent a link with this token, or it is long over. Check that it is complete, or ask for another one.",
);
// One name for both kinds of tokens; the page of `TokenExpired` explains both.
const LINK_EXPIRED: Entry = entry(
    "token-expired",
    StatusCode::GONE,
    "The link has expired",
    "Mailed links live for a short time only. Ask for another one.",
);
const LINK_USED: Entry = entry(
    "token-used",
    StatusCode::GONE,
    "The link was used before",
    "A mailed link works once, and a newer one takes the place of those before it. Use the newest mail, or ask for another one.",
);
const TOO_MANY_ATTEMPTS: Entry = entry(
    "too-many-attempts",
    StatusCode::TOO_MANY_REQUESTS,
    "Too many failed attempts",
    "There were too many wrong passwords for this name, so for a while not even the right one is looked at. Try again after the time in “Retry-After”, or from a device that you have signed in on before.",
);
const INTERNAL_ERROR: Entry = entry(
    "internal-error",
    StatusCode::INTERNAL_SERVER_ERROR,
    "Something went wrong on our side",
    "The service failed in a way that it did not expect. Its log tells more under the request's id.",
);
const OVERLOADED: Entry = entry(
    "overloaded",
    StatusCode::SERVICE_UNAVAILABLE,
    "The service is busy",
    "More requests wait than can be answered in good time, so this one was declined at once. Try again after the time in “Retry-After”.",
);
const UNAVAILABLE: Entry = entry(
    "unavailable",
    StatusCode::SERVICE_UNAVAILABLE,
    "The service can't answer at the moment",
    "Something that the service needs, such as its database, is out of reach. Try again after the time in “Retry-After”.",
);

impl Code {
    /// Every code, in the order of their statuses.
    pub(crate) const ALL: [Self; 32] = [
        Self::MalformedJson,
        Self::Unauthenticated,
        Self::InvalidCredentials,
        Self::TokenInvalid,
        Self::TokenExpired,
        Self::TokenRevoked,
        Self::TokenStale,
        Self::RefreshInvalid,
        Self::RefreshReused,
        Self::AccountSuspended,
        Self::EmailUnverified,
        Self::CsrfFailed,
        Self::WrongPassword,
        Self::OriginNotAllowed,
        Self::RouteNotFound,
        Self::SessionNotFound,
        Self::LinkUnknown,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::EmailTaken,
        Self::UsernameTaken,
        Self::LinkExpired,
        Self::LinkUsed,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::ValidationFailed,
        Self::UnknownField,
        Self::RateLimited,
        Self::TooManyAttempts,
        Self::InternalError,
        Self::Overloaded,
        Self::Unavailable,
    ];

    /// The code as clients see it.
    pub(crate) fn as_str(self) -> &'static str {
        self.entry().code
    }

    /// The status that it is answered with.
    pub(crate) fn status(self) -> StatusCode {
        self.entry().status
    }

    /// A short text for people, the same for every occurrence.
    pub(crate) fn title(self) -> &'static str {
        self.entry().title
    }

    /// What it means and what a client can do.
    pub(crate) fn explanation(self) -> &'static str {
        self.entry().explanation
    }

    /// The code of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    #[rustfmt::skip]
    fn entry(self) -> Entry {
        match self {
            Self::MalformedJson => entry("malformed-json", StatusCode::BAD_REQUEST, "The body is not valid JSON",
                "The body could not be read as JSON: it is empty, broken, nested too deeply, not UTF-8, or names a member twice. Send one well-formed JSON object."),
            Self::Unauthenticated => entry("unauthenticated", StatusCode::UNAUTHORIZED, "Sign in first",
                "The request carries neither an access token nor a session cookie. Sign in and send the token as “Authorization: Bearer …”."),
            Self::InvalidCredentials => entry("invalid-credentials", StatusCode::UNAUTHORIZED, "The name or the password is wrong",
                "No account has this name and this password. Which of the two is wrong is not told."),
            Self::TokenInvalid => entry("token-invalid", StatusCode::UNAUTHORIZED, "The token is not valid",
                "What was sent is not an access token or a session cookie of this service, or it was changed. Sign in again."),
            Self::TokenExpired => entry("token-expired", StatusCode::UNAUTHORIZED, "The token has expired",
                "Access tokens and mailed links live for a short time only. Refresh an access token (401), or sign in again; ask for another link (410)."),
            Self::TokenRevoked => entry("token-revoked", StatusCode::UNAUTHORIZED, "The token was revoked",
                "The session of this token was ended, for example by signing out. Sign in again."),
            Self::TokenStale => entry("token-stale", StatusCode::UNAUTHORIZED, "The token says what is no longer so",
                "What the bearer of this token may do has changed since it was issued. A refresh brings a current one."),
            Self::RefreshInvalid => entry("refresh-invalid", StatusCode::UNAUTHORIZED, "The refresh token is not valid",
                "The refresh token is missing, unknown or expired, or its session has ended. Sign in again."),
            Self::RefreshReused => entry("refresh-reused", StatusCode::UNAUTHORIZED, "The refresh token was used before",
                "A refresh token works once. This one came back, so somebody has a copy of it; its session was ended to be safe. Sign in again."),
            Self::AccountSuspended => entry("account-suspended", StatusCode::FORBIDDEN, "The account is suspended",
                "The password was right, but an administrator has suspended the account. Ask them."),
            Self::EmailUnverified => entry("email-unverified", StatusCode::FORBIDDEN, "The email address is not verified",
                "The password was right, but this service asks for a verified address. Follow the link in the mail that was sent to it."),
            Self::CsrfFailed => entry("csrf-failed", StatusCode::FORBIDDEN, "The request may come from another site",
                "A request that is authenticated by a cookie must prove that a page of this service sends it. Send the session’s token, from GET /api/v1/csrf, as “X-CSRF-Token”."),
            Self::WrongPassword => WRONG_PASSWORD,
            Self::OriginNotAllowed => entry("origin-not-allowed", StatusCode::FORBIDDEN, "Pages of this origin may not ask",
                "A browser asked whether a page of another site may send this request. It may not; the operator can allow exact origins by “server.cors_origins”."),
            Self::RouteNotFound => entry("route-not-found", StatusCode::NOT_FOUND, "There is nothing at this path",
                "No operation has this path. All of them are listed at /api/docs."),
            Self::SessionNotFound => entry("session-not-found", StatusCode::NOT_FOUND, "There is no such session",
                "You have no open session of this id. It may have ended already."),
            Self::LinkUnknown => LINK_UNKNOWN,
            Self::MethodNotAllowed => entry("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "The path does not know this method",
                "The path exists, but not with this method. The header “Allow” lists those that it has."),
            Self::RequestTimeout => entry("request-timeout", StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive",
                "The request's body did not arrive in time. Send it again, without pauses."),
            Self::EmailTaken => entry("email-taken", StatusCode::CONFLICT, "The email address is taken",
                "Another account has this email address. Sign in to it, or use another address."),
            Self::UsernameTaken => entry("username-taken", StatusCode::CONFLICT, "The username is taken",
                "Another account has this username. Choose another one."),
            Self::LinkExpired => LINK_EXPIRED,
            Self::LinkUsed => LINK_USED,
            Self::BodyTooLarge => entry("body-too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large",
                "A body has at most 64 KiB (65,536 bytes)."),
            Self::UnsupportedMediaType => entry("unsupported-media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not in JSON",
                "Send the body as “Content-Type: application/json” in UTF-8, without a “Content-Encoding”."),
            Self::ValidationFailed => entry("validation-failed", StatusCode::UNPROCESSABLE_ENTITY, "Some values can't be accepted",
                "Every value at fault is listed in “errors”, each with a code and what to do."),
            Self::UnknownField => entry("unknown-field", StatusCode::UNPROCESSABLE_ENTITY, "The request has a field that is not known",
                "A field that is not known is refused rather than ignored, so that a slip of the pen is noticed. It is listed in “errors”, with whatever else is at fault."),
            Self::RateLimited => entry("rate-limited", StatusCode::TOO_MANY_REQUESTS, "Too many requests",
                "More requests came from this address than it may send. Try again after the time in “Retry-After”."),
            Self::TooManyAttempts => TOO_MANY_ATTEMPTS,
            Self::InternalError => INTERNAL_ERROR,
            Self::Overloaded => OVERLOADED,
            Self::Unavailable => UNAVAILABLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_name() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.as_str()).map(Code::as_str), Some(code.as_str()));
        }
        assert_eq!(Code::from_name("no-such-code"), None);
    }

    #[test]
    fn the_catalogue_is_in_the_order_of_statuses() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.status()));
    }
}
