//! The catalogue of problems.

use actix_web::http::StatusCode;

/// What stands in the catalogue about a problem.
struct Entry {
    code: &'static str,
    status: StatusCode,
    title: &'static str,
    explanation: &'static str,
}

/// Makes [`Code`] from one list: variant, status, code, title, explanation.
macro_rules! catalogue {
    ($($variant:ident: $status:ident $code:literal, $title:literal, $explanation:literal;)*) => {
        /// What can be wrong: the last segment of a problem's `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Code {
            $($variant,)*
        }

        impl Code {
            /// Every code, in the order of their statuses.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            const fn entry(self) -> Entry {
                match self {
                    $(Self::$variant => Entry {
                        code: $code,
                        status: StatusCode::$status,
                        title: $title,
                        explanation: $explanation,
                    },)*
                }
            }
        }
    };
}

catalogue! {
    MalformedJson: BAD_REQUEST "malformed-json", "The body is not valid JSON",
        "The body could not be read as JSON: it is empty, broken, nested too deeply, not UTF-8, or names a member twice. Send one well-formed JSON object.";
    Unauthenticated: UNAUTHORIZED "unauthenticated", "Sign in first",
        "The request carries neither an access token nor a session cookie. Sign in and send the token as “Authorization: Bearer …”; machines send an API key in its place.";
    InvalidCredentials: UNAUTHORIZED "invalid-credentials", "The name or the password is wrong",
        "No account has this name and this password. Which of the two is wrong is not told.";
    TokenInvalid: UNAUTHORIZED "token-invalid", "The token is not valid",
        "What was sent is not an access token, an API key or a session cookie of this service, or it was changed. Sign in again, or use another key.";
    TokenExpired: UNAUTHORIZED "token-expired", "The token has expired",
        "Access tokens and mailed links live for a short time only, API keys until their “expires_at”. Refresh an access token (401), sign in again, or have another key made; ask for another link (410).";
    TokenRevoked: UNAUTHORIZED "token-revoked", "The token was revoked",
        "The session of this token was ended, for example by signing out, or the API key was revoked. Sign in again, or have another key made.";
    TokenStale: UNAUTHORIZED "token-stale", "The token says what is no longer so",
        "What the bearer of this token may do has changed since it was issued. A refresh brings a current one.";
    RefreshInvalid: UNAUTHORIZED "refresh-invalid", "The refresh token is not valid",
        "The refresh token is missing, unknown or expired, or its session has ended. Sign in again.";
    RefreshReused: UNAUTHORIZED "refresh-reused", "The refresh token was used before",
        "A refresh token works once. This one came back, so somebody has a copy of it; its session was ended to be safe. Sign in again.";
    AccountSuspended: FORBIDDEN "account-suspended", "The account is suspended",
        "The password was right, but an administrator has suspended the account. Ask them.";
    EmailUnverified: FORBIDDEN "email-unverified", "The email address is not verified",
        "The password was right, but this service asks for a verified address. Follow the link in the mail that was sent to it.";
    PermissionDenied: FORBIDDEN "permission-denied", "You may not do this",
        "It needs a permission that none of your roles, or not the API key, has. Ask an administrator.";
    PersonRequired: FORBIDDEN "person-required", "Only a person can do this",
        "The request came with an API key, but this is about somebody’s own account or sessions, and machines have none. Sign in as a person.";
    CsrfFailed: FORBIDDEN "csrf-failed", "The request may come from another site",
        "A request that is authenticated by a cookie must prove that a page of this service sends it. Send the session’s token, from GET /api/v1/csrf, as “X-CSRF-Token”.";
    // One name for both: `InvalidCredentials` is how a sign-in fails, this is how somebody fails who is signed in.
    WrongPassword: FORBIDDEN "invalid-credentials", "The current password is wrong",
        "The password that was to prove that it is you is wrong. It was counted like a failed sign-in.";
    OriginNotAllowed: FORBIDDEN "origin-not-allowed", "Pages of this origin may not ask",
        "A browser asked whether a page of another site may send this request. It may not; the operator can allow exact origins by “server.cors_origins”.";
    SetupTokenInvalid: FORBIDDEN "setup-token-invalid", "The set-up token is wrong",
        "As long as there is no administrator, the service shows the link with the right one each time it starts. Check that the token is complete, and of this installation.";
    RouteNotFound: NOT_FOUND "route-not-found", "There is nothing at this path",
        "No operation has this path. All of them are listed at /api/docs.";
    UserNotFound: NOT_FOUND "user-not-found", "There is no such user",
        "No user has this id, or they are deleted.";
    RoleNotFound: NOT_FOUND "role-not-found", "There is no such role",
        "No role has this name. All of them are listed at /api/v1/admin/roles.";
    JobNotFound: NOT_FOUND "job-not-found", "There is no such job",
        "No job that waits or was given up has this id: it is under way, it is done, or it was never there.";
    ApiKeyNotFound: NOT_FOUND "api-key-not-found", "There is no such API key",
        "No API key has this id, or it is revoked. All of them are listed at /api/v1/admin/api-keys.";
    SessionNotFound: NOT_FOUND "session-not-found", "There is no such session",
        "You have no open session of this id. It may have ended already.";
    LinkUnknown: NOT_FOUND "token-unknown", "The link is unknown",
        "Nobody was sent a link with this token, or it is long over. Check that it is complete, or ask for another one.";
    MethodNotAllowed: METHOD_NOT_ALLOWED "method-not-allowed", "The path does not know this method",
        "The path exists, but not with this method. The header “Allow” lists those that it has.";
    RequestTimeout: REQUEST_TIMEOUT "request-timeout", "The body took too long to arrive",
        "The request's body did not arrive in time. Send it again, without pauses.";
    EmailTaken: CONFLICT "email-taken", "The email address is taken",
        "Another account has this email address. Sign in to it, or use another address.";
    UsernameTaken: CONFLICT "username-taken", "The username is taken",
        "Another account has this username. Choose another one.";
    RoleTaken: CONFLICT "role-taken", "There is a role of this name",
        "Choose another name, or change the role that has it.";
    RoleBuiltIn: CONFLICT "role-built-in", "The role is built in",
        "Every installation has the roles admin, operator, auditor and user as they are. Make another one.";
    RoleInUse: CONFLICT "role-in-use", "Somebody holds the role",
        "A role can be deleted once nobody holds it, deleted users included: they could be brought back.";
    AlreadyDeleted: CONFLICT "already-deleted", "The user is deleted already",
        "Deleted users are listed at /api/v1/admin/users/deleted until they are erased for good.";
    NotDeleted: CONFLICT "not-deleted", "The user is not deleted",
        "There is nothing to bring back: the account is there.";
    LastAdmin: CONFLICT "last-admin", "Somebody must be an administrator",
        "This would leave nobody active who holds the role admin. Give it to somebody else first.";
    AlreadySetUp: CONFLICT "already-set-up", "There is an administrator already",
        "The link for setting up makes the first administrator, and nobody after them. Ask an administrator, or, if you run the service, use “threshold admin create”.";
    // One name for both kinds of tokens; the page of `TokenExpired` explains both.
    LinkExpired: GONE "token-expired", "The link has expired",
        "Mailed links live for a short time only. Ask for another one.";
    LinkUsed: GONE "token-used", "The link was used before",
        "A mailed link works once, and a newer one takes the place of those before it. Use the newest mail, or ask for another one.";
    PreconditionFailed: PRECONDITION_FAILED "precondition-failed", "It has changed in between",
        "“If-Match” names no version that this has now: somebody else has changed it, or the header is not an “ETag” as it was answered, in quotes. Read it again, and decide anew.";
    BodyTooLarge: PAYLOAD_TOO_LARGE "body-too-large", "The body is too large",
        "A body has at most 64 KiB (65,536 bytes).";
    UnsupportedMediaType: UNSUPPORTED_MEDIA_TYPE "unsupported-media-type", "The body is not in JSON",
        "Send the body as “Content-Type: application/json” in UTF-8, without a “Content-Encoding”.";
    ValidationFailed: UNPROCESSABLE_ENTITY "validation-failed", "Some values can't be accepted",
        "Every value at fault is listed in “errors”, each with a code and what to do.";
    UnknownField: UNPROCESSABLE_ENTITY "unknown-field", "The request has a field that is not known",
        "A field that is not known is refused rather than ignored, so that a slip of the pen is noticed. It is listed in “errors”, with whatever else is at fault.";
    RateLimited: TOO_MANY_REQUESTS "rate-limited", "Too many requests",
        "More requests came from this address than it may send. Try again after the time in “Retry-After”.";
    TooManyAttempts: TOO_MANY_REQUESTS "too-many-attempts", "Too many failed attempts",
        "There were too many wrong passwords for this name, so for a while not even the right one is looked at. Try again after the time in “Retry-After”, or from a device that you have signed in on before.";
    InternalError: INTERNAL_SERVER_ERROR "internal-error", "Something went wrong on our side",
        "The service failed in a way that it did not expect. Its log tells more under the request's id.";
    Overloaded: SERVICE_UNAVAILABLE "overloaded", "The service is busy",
        "More requests wait than can be answered in good time, so this one was declined at once. Try again after the time in “Retry-After”.";
    Unavailable: SERVICE_UNAVAILABLE "unavailable", "The service can't answer at the moment",
        "Something that the service needs, such as its database, is out of reach. Try again after the time in “Retry-After”.";
}

impl Code {
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
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_name() {
        for code in Code::ALL.iter().copied() {
            assert_eq!(Code::from_name(code.as_str()).map(Code::as_str), Some(code.as_str()));
        }
        assert_eq!(Code::from_name("no-such-code"), None);
    }

    #[test]
    fn the_catalogue_is_in_the_order_of_statuses() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.status()));
    }
}
