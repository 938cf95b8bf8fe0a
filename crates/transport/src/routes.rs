//! The table of all operations.

use crate::endpoint::Endpoint;
use crate::problem::{Code, Problem};
use crate::{access, accounts, audit, jobs, operations, sessions};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{Resource, web};
use threshold_domain::access::Permission;
use tracing::Span;

/// How signing in can fail, besides what every request with a body can.
const SIGN_IN: &[Code] =
    &[Code::InvalidCredentials, Code::AccountSuspended, Code::EmailUnverified, Code::TooManyAttempts];

/// How a mailed link can be refused.
const LINK: &[Code] = &[Code::LinkUnknown, Code::LinkExpired, Code::LinkUsed];

/// Every operation, in the order of the document.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    [
        of_accounts(),
        of_profile(),
        of_sessions(),
        of_others(),
        of_access(),
        of_api_keys(),
        of_audit(),
        of_jobs(),
        of_operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_accounts() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<accounts::RegisterPath, _, _>("accounts", accounts::register)
            .proves_identity()
            .with_body()
            .stored()
            .can_fail_with(&[Code::EmailTaken, Code::UsernameTaken]),
        Endpoint::new::<accounts::SetUpPath, _, _>("accounts", accounts::set_up)
            .proves_identity()
            .with_body()
            .stored()
            .not_from_other_sites()
            .can_fail_with(&[Code::SetupTokenInvalid, Code::AlreadySetUp, Code::EmailTaken, Code::UsernameTaken]),
        // Before the path that its last part would be a token of.
        Endpoint::new::<accounts::ResendVerificationPath, _, _>("accounts", accounts::resend_verification)
            .proves_identity()
            .with_body()
            .stored(),
        Endpoint::new::<accounts::VerifyEmailPath, _, _>("accounts", accounts::verify_email)
            .proves_identity()
            .stored()
            .can_fail_with(LINK)
            .can_fail_with(&[Code::EmailTaken]),
        Endpoint::new::<accounts::ForgotPasswordPath, _, _>("accounts", accounts::forgot_password)
            .proves_identity()
            .with_body()
            .stored(),
        Endpoint::new::<accounts::ResetPasswordPath, _, _>("accounts", accounts::reset_password)
            .proves_identity()
            .with_body()
            .stored()
            .can_fail_with(LINK),
        Endpoint::new::<accounts::ChangePasswordPath, _, _>("accounts", accounts::change_password)
            .for_signed_in()
            .proves_identity()
            .with_body()
            .stored()
            .can_fail_with(&[Code::WrongPassword, Code::TooManyAttempts]),
    ]
}

fn of_profile() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<accounts::MePath, _, _>("accounts", accounts::me).for_signed_in(),
        Endpoint::new::<accounts::UpdateMePath, _, _>("accounts", accounts::update_me)
            .for_signed_in()
            .with_body()
            .can_fail_with(&[Code::EmailTaken, Code::UsernameTaken, Code::PreconditionFailed]),
        Endpoint::new::<accounts::DeleteMePath, _, _>("accounts", accounts::delete_me)
            .for_signed_in()
            .with_body()
            .can_fail_with(&[Code::WrongPassword, Code::TooManyAttempts, Code::LastAdmin, Code::PreconditionFailed]),
        Endpoint::new::<accounts::ExportMePath, _, _>("accounts", accounts::export_me).for_signed_in(),
    ]
}

fn of_sessions() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<sessions::LoginPath, _, _>("sessions", sessions::login)
            .proves_identity()
            .with_body()
            .stored()
            .not_from_other_sites()
            .can_fail_with(SIGN_IN),
        Endpoint::new::<sessions::RefreshPath, _, _>("sessions", sessions::refresh)
            .proves_identity()
            .with_body()
            .stored()
            .can_fail_with(&[Code::RefreshInvalid, Code::RefreshReused, Code::CsrfFailed]),
        Endpoint::new::<sessions::StartSessionPath, _, _>("sessions", sessions::start_session)
            .proves_identity()
            .with_body()
            .stored()
            .not_from_other_sites()
            .can_fail_with(SIGN_IN),
        Endpoint::new::<sessions::CsrfPath, _, _>("sessions", sessions::csrf).for_signed_in(),
        Endpoint::new::<sessions::LogoutPath, _, _>("sessions", sessions::logout).for_signed_in(),
        Endpoint::new::<sessions::LogoutAllPath, _, _>("sessions", sessions::logout_all).for_signed_in(),
        Endpoint::new::<sessions::ListSessionsPath, _, _>("sessions", sessions::list_sessions).for_signed_in(),
        Endpoint::new::<sessions::EndSessionPath, _, _>("sessions", sessions::end_session)
            .for_signed_in()
            .can_fail_with(&[Code::SessionNotFound]),
        Endpoint::new::<sessions::JwksPath, _, _>("sessions", sessions::jwks),
    ]
}

fn of_others() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<accounts::ListAccountsPath, _, _>("administration", accounts::list_accounts)
            .requires(Permission::UsersRead)
            .with_query(),
        Endpoint::new::<accounts::CreateAccountPath, _, _>("administration", accounts::create_account)
            .requires(Permission::UsersWrite)
            .with_body()
            .can_fail_with(&[Code::EmailTaken, Code::UsernameTaken]),
        // Before the path that its last part would be an id of.
        Endpoint::new::<accounts::ListDeletedAccountsPath, _, _>("administration", accounts::list_deleted_accounts)
            .requires(Permission::UsersRead)
            .with_query(),
        Endpoint::new::<accounts::ShowAccountPath, _, _>("administration", accounts::show_account)
            .requires(Permission::UsersRead)
            .can_fail_with(&[Code::UserNotFound]),
        Endpoint::new::<accounts::UpdateAccountPath, _, _>("administration", accounts::update_account)
            .requires(Permission::UsersWrite)
            .with_body()
            .can_fail_with(&[Code::UserNotFound, Code::EmailTaken, Code::UsernameTaken])
            .can_fail_with(&[Code::LastAdmin, Code::PreconditionFailed]),
        Endpoint::new::<accounts::DeleteAccountPath, _, _>("administration", accounts::delete_account)
            .requires(Permission::UsersDelete)
            .can_fail_with(&[Code::UserNotFound, Code::AlreadyDeleted, Code::LastAdmin, Code::PreconditionFailed]),
        Endpoint::new::<accounts::RestoreAccountPath, _, _>("administration", accounts::restore_account)
            .requires(Permission::UsersDelete)
            .can_fail_with(&[Code::UserNotFound, Code::NotDeleted, Code::EmailTaken, Code::UsernameTaken])
            .can_fail_with(&[Code::PreconditionFailed]),
        Endpoint::new::<accounts::EndAccountSessionsPath, _, _>("administration", accounts::end_account_sessions)
            .requires(Permission::UsersWrite)
            .can_fail_with(&[Code::UserNotFound]),
    ]
}

fn of_access() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<access::ListRolesPath, _, _>("administration", access::list_roles)
            .requires(Permission::RolesRead)
            .with_query(),
        Endpoint::new::<access::CreateRolePath, _, _>("administration", access::create_role)
            .requires(Permission::RolesWrite)
            .with_body()
            .can_fail_with(&[Code::RoleTaken]),
        Endpoint::new::<access::ShowRolePath, _, _>("administration", access::show_role)
            .requires(Permission::RolesRead)
            .can_fail_with(&[Code::RoleNotFound]),
        Endpoint::new::<access::UpdateRolePath, _, _>("administration", access::update_role)
            .requires(Permission::RolesWrite)
            .with_body()
            .can_fail_with(&[Code::RoleNotFound, Code::RoleBuiltIn, Code::PreconditionFailed]),
        Endpoint::new::<access::DeleteRolePath, _, _>("administration", access::delete_role)
            .requires(Permission::RolesWrite)
            .can_fail_with(&[Code::RoleNotFound, Code::RoleBuiltIn, Code::RoleInUse, Code::PreconditionFailed]),
        Endpoint::new::<access::ListPermissionsPath, _, _>("administration", access::list_permissions)
            .requires(Permission::RolesRead)
            .with_query(),
    ]
}

fn of_api_keys() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<access::ListApiKeysPath, _, _>("administration", access::list_api_keys)
            .requires(Permission::ApiKeysWrite)
            .with_query(),
        Endpoint::new::<access::CreateApiKeyPath, _, _>("administration", access::create_api_key)
            .requires(Permission::ApiKeysWrite)
            .with_body(),
        Endpoint::new::<access::ShowApiKeyPath, _, _>("administration", access::show_api_key)
            .requires(Permission::ApiKeysWrite)
            .can_fail_with(&[Code::ApiKeyNotFound]),
        Endpoint::new::<access::RevokeApiKeyPath, _, _>("administration", access::revoke_api_key)
            .requires(Permission::ApiKeysWrite)
            .can_fail_with(&[Code::ApiKeyNotFound]),
    ]
}

fn of_audit() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<audit::ListRecordsPath, _, _>("administration", audit::list_records)
            .requires(Permission::AuditRead)
            .with_query(),
    ]
}

fn of_jobs() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<jobs::ListJobsPath, _, _>("administration", jobs::list_jobs)
            .requires(Permission::JobsRead)
            .with_query(),
        Endpoint::new::<jobs::RetryJobPath, _, _>("administration", jobs::retry_job)
            .requires(Permission::JobsWrite)
            .can_fail_with(&[Code::JobNotFound]),
        Endpoint::new::<jobs::DiscardJobPath, _, _>("administration", jobs::discard_job)
            .requires(Permission::JobsWrite)
            .can_fail_with(&[Code::JobNotFound]),
    ]
}

fn of_operations() -> Vec<Endpoint> {
    vec![
        Endpoint::new::<operations::HealthPath, _, _>("operations", operations::health),
        Endpoint::new::<operations::ReadyPath, _, _>("operations", operations::ready),
        Endpoint::new::<operations::ProblemPagePath, _, _>("operations", operations::problem_page)
            .can_fail_with(&[Code::RouteNotFound]),
        Endpoint::new::<operations::OpenApiPath, _, _>("operations", operations::openapi),
        Endpoint::new::<operations::DocsPath, _, _>("operations", operations::docs),
        Endpoint::new::<operations::DocsPagePath, _, _>("operations", operations::docs_page),
        Endpoint::new::<operations::DocsFilePath, _, _>("operations", operations::docs_file)
            .can_fail_with(&[Code::RouteNotFound]),
    ]
}

/// Registers the table: one resource a path, which answers other methods with 405.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    let mut endpoints = endpoints();
    while !endpoints.is_empty() {
        let path = endpoints.first().map(|endpoint| endpoint.path().to_owned()).unwrap_or_default();
        let (of_path, others) = endpoints.into_iter().partition(|endpoint| endpoint.path() == path);
        endpoints = others;
        config.service(resource(&path, of_path));
    }
}

fn resource(path: &str, endpoints: Vec<Endpoint>) -> Resource {
    let methods: Vec<&str> = endpoints.iter().flat_map(Endpoint::methods).map(Method::as_str).collect();
    let allow = HeaderValue::from_str(&methods.join(", ")).unwrap_or_else(|_invalid| HeaderValue::from_static(""));
    let resource = endpoints.into_iter().fold(web::resource(path), |resource, e| resource.route(e.into_route()));
    let path = path.to_owned();
    resource.default_service(web::to(move || {
        Span::current().record("route", path.as_str());
        let problem = Problem::new(Code::MethodNotAllowed).with_header(ALLOW, allow.clone());
        async { Err::<&'static str, Problem>(problem) }
    }))
}
