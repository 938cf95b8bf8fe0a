//! The OpenAPI document, made from the table of operations.

use crate::endpoint::{BASIC_SCHEME, BEARER_SCHEME, COOKIE_SCHEME, ProblemSchema};
use crate::routes::endpoints;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{OpenApi as _, PartialSchema};

/// Title, licence, tags and schemas; the operations come from the table.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Threshold",
        description = "Users, sign-in and sessions. Errors are `application/problem+json` (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(
        crate::accounts::RegisterRequest,
        crate::accounts::SetUpRequest,
        crate::accounts::ChangePasswordRequest,
        crate::accounts::EmailRequest,
        crate::accounts::ResetPasswordRequest,
        crate::accounts::VerifiedResponse,
        crate::accounts::Accepted,
        crate::accounts::UserView,
        crate::accounts::UpdateMeRequest,
        crate::accounts::DeleteMeRequest,
        crate::accounts::DeletedResponse,
        crate::accounts::PersonalDataView,
        crate::accounts::CreateAccountRequest,
        crate::accounts::UpdateAccountRequest,
        crate::access::RoleView,
        crate::access::CreateRoleRequest,
        crate::access::UpdateRoleRequest,
        crate::access::PermissionView,
        crate::access::ApiKeyView,
        crate::audit::AuditRecordView,
        crate::request::List<crate::audit::AuditRecordView>,
        crate::jobs::JobView,
        crate::request::List<crate::jobs::JobView>,
        crate::access::CreateApiKeyRequest,
        crate::access::CreatedApiKeyView,
        crate::request::List<crate::accounts::UserView>,
        crate::request::List<crate::access::RoleView>,
        crate::request::List<crate::access::PermissionView>,
        crate::request::List<crate::access::ApiKeyView>,
        crate::sessions::LoginRequest,
        crate::sessions::LoginResponse,
        crate::sessions::RefreshRequest,
        crate::sessions::BrowserSessionRequest,
        crate::sessions::BrowserSessionResponse,
        crate::sessions::CsrfView,
        crate::sessions::SessionList,
        crate::sessions::KeySet,
        crate::operations::Health,
        crate::operations::ReadyView,
        crate::problem::FieldError,
    )),
    tags(
        (name = "accounts", description = "Registering, passwords, and one's own account"),
        (name = "sessions", description = "Signing in and out, staying signed in, and where one is"),
        (name = "administration", description = "For those whose roles permit it"),
        (name = "operations", description = "For operators and tools")
    )
)]
struct Document;

/// The whole document (OpenAPI 3.1).
#[must_use]
pub fn openapi_document() -> OpenApi {
    let mut document = Document::openapi();
    for (path, method, operation) in endpoints().into_iter().map(crate::endpoint::Endpoint::into_document) {
        let item: &mut PathItem = document.paths.paths.entry(path).or_default();
        item.merge_operations(PathItem::new(method, operation));
    }
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert("Problem".to_owned(), ProblemSchema::schema());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let bearer =
        bearer.description(Some("An access token; where a permission is needed, also an API key (`thr_…`).")).build();
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic);
    let basic = basic.description(Some("An API key as the password of any user.")).build();
    components.security_schemes.insert(BASIC_SCHEME.to_owned(), SecurityScheme::Http(basic).into());
    components.security_schemes.insert(BEARER_SCHEME.to_owned(), SecurityScheme::Http(bearer).into());
    let cookie = ApiKeyValue::with_description(
        "__Host-threshold_session",
        "The cookie of a browser session; without its prefix where the public address is not https. Methods that change \
         something need the header X-CSRF-Token as well.",
    );
    components.security_schemes.insert(COOKIE_SCHEME.to_owned(), SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into());
    document
}
