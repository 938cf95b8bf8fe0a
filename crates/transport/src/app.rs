//! The application that every actix worker runs.

use crate::detached::Detached;
use crate::request::TrustedProxies;
use crate::{middleware, operations, routes};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Condition, from_fn};
use actix_web::{App, Error, web};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_application::access::{AuthenticateMachine, ChangeRoles, ListRoles, ManageApiKeys, RecordDenial};
use threshold_application::accounts::{
    ChangePassword, CreateAccount, DeleteAccount, ExportPersonalData, ListAccounts, Register, RemoveAccount,
    RequestLink, ResetPassword, SetUp, ShowAccount, ShowProfile, UpdateAccount, UpdateProfile, VerifyEmail,
};
use threshold_application::audit::ListAudit;
use threshold_application::jobs::ManageJobs;
use threshold_application::operations::CheckReadiness;
use threshold_application::ports::{
    AccessTokens, Clock, IdGenerator, Meter, SecretGenerator, SessionSecrets, TokenBuckets,
};
use threshold_application::sessions::{
    Authenticate, AuthenticateBrowser, EndSessions, IssueAccessToken, ListSessions, RefreshSession, SignIn,
};
use threshold_domain::accounts::{PasswordPolicy, ReservedUsernames};
use threshold_domain::limits::RateLimit;

/// The use cases and ports that requests reach, shared by all workers.
#[derive(Clone)]
pub struct Services {
    /// Makes accounts.
    pub register: Arc<Register>,
    /// Shows one's own account.
    pub show_profile: Arc<ShowProfile>,
    /// Changes it.
    pub update_profile: Arc<UpdateProfile>,
    /// Deletes it.
    pub delete_account: Arc<DeleteAccount>,
    /// Shows everything that is held about oneself.
    pub export_personal_data: Arc<ExportPersonalData>,
    /// Takes links as proof of addresses.
    pub verify_email: Arc<VerifyEmail>,
    /// Has links mailed.
    pub request_link: Arc<RequestLink>,
    /// Replaces passwords by the old ones.
    pub change_password: Arc<ChangePassword>,
    /// Replaces passwords by links.
    pub reset_password: Arc<ResetPassword>,
    /// Lists accounts.
    pub list_accounts: Arc<ListAccounts>,
    /// Shows somebody else's account.
    pub show_account: Arc<ShowAccount>,
    /// Makes one.
    pub create_account: Arc<CreateAccount>,
    /// Makes the first administrator.
    pub set_up: Arc<SetUp>,
    /// Deletes one, and brings it back.
    pub remove_account: Arc<RemoveAccount>,
    /// Changes it.
    pub update_account: Arc<UpdateAccount>,
    /// Shows roles.
    pub list_roles: Arc<ListRoles>,
    /// Makes, changes and deletes them.
    pub change_roles: Arc<ChangeRoles>,
    /// Makes, shows and revokes keys of machines.
    pub manage_api_keys: Arc<ManageApiKeys>,
    /// Records that somebody wanted what they may not.
    pub record_denial: Arc<RecordDenial>,
    /// Shows the audit log.
    pub list_audit: Arc<ListAudit>,
    /// Shows background work, and takes a hand in it.
    pub manage_jobs: Arc<ManageJobs>,
    /// Starts sessions.
    pub sign_in: Arc<SignIn>,
    /// Issues access tokens for them.
    pub issue_access_token: Arc<IssueAccessToken>,
    /// Keeps them going.
    pub refresh_session: Arc<RefreshSession>,
    /// Shows them.
    pub list_sessions: Arc<ListSessions>,
    /// Ends them.
    pub end_sessions: Arc<EndSessions>,
    /// Finds out who sends a request by its bearer token.
    pub authenticate: Arc<Authenticate>,
    /// Finds out which machine sends a request by its key.
    pub authenticate_machine: Arc<AuthenticateMachine>,
    /// Finds out who sends a request by its cookie.
    pub authenticate_browser: Arc<AuthenticateBrowser>,
    /// Derives what pages and devices show.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Names devices.
    pub random: Arc<dyn SecretGenerator>,
    /// Counts requests of each client.
    pub buckets: Arc<dyn TokenBuckets>,
    /// Dates cookies.
    pub clock: Arc<dyn Clock>,
    /// Publishes the keys that tokens can be verified with.
    pub tokens: Arc<dyn AccessTokens>,
    /// Tells whether traffic may come.
    pub check_readiness: Arc<CheckReadiness>,
    /// Counts requests.
    pub meter: Arc<dyn Meter>,
    /// Names requests that come without an id.
    pub ids: Arc<dyn IdGenerator>,
}

/// What the operator decides about the HTTP interface.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The address that clients use, without a slash at the end.
    pub public_url: String,
    /// Whether that is https: then browsers are told to stay with it.
    pub https: bool,
    /// Origins of other sites whose pages may use the service with their visitors' cookies.
    pub cors_origins: Vec<String>,
    /// Who is believed about whom a request comes from.
    pub trusted_proxies: TrustedProxies,
    /// How often one client may ask.
    pub limits: RequestLimits,
    /// How long a client may take to send a body, once its head has arrived.
    pub body_timeout: Duration,
    /// Which accounts may be made.
    pub registration: RegistrationRules,
    /// When the process started.
    pub started: Instant,
}

/// How often one client may ask; `None` where there is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestLimits {
    /// For everything.
    pub default: Option<RateLimit>,
    /// For everything that proves who somebody is, together.
    pub auth: Option<RateLimit>,
}

/// Which accounts may be made.
#[derive(Debug, Clone)]
pub struct RegistrationRules {
    /// Names that nobody may take.
    pub reserved_usernames: ReservedUsernames,
    /// Which passwords may be chosen.
    pub password: PasswordPolicy,
    /// Whether a taken address is answered as a new one.
    pub conceal_existing: bool,
}

#[cfg(test)]
impl HttpSettings {
    /// Settings of a service at `public_url`.
    pub(crate) fn for_tests(public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
            https: public_url.starts_with("https://"),
            cors_origins: Vec::new(),
            trusted_proxies: TrustedProxies::default(),
            limits: RequestLimits::default(),
            body_timeout: Duration::from_secs(1),
            registration: RegistrationRules {
                reserved_usernames: ReservedUsernames::default(),
                password: PasswordPolicy::default(),
                conceal_existing: false,
            },
            started: Instant::now(),
        }
    }
}

/// Builds the application for one worker.
pub fn app(
    services: &Services,
    settings: &Arc<HttpSettings>,
    detached: &Detached,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let services = services.clone();
    // The last wrapped runs first.
    App::new()
        .app_data(web::Data::from(Arc::clone(settings)))
        .app_data(web::Data::new(detached.clone()))
        .configure(|config| provide(services, config))
        .configure(routes::configure)
        .default_service(web::to(operations::route_not_found))
        .wrap(from_fn(middleware::limit_requests))
        .wrap(from_fn(middleware::render_problems::<BoxBody>))
        .wrap(from_fn(middleware::tell_limits))
        .wrap(Condition::new(!settings.cors_origins.is_empty(), middleware::cors(&settings.cors_origins)))
        // Once more, for what the wrap before refuses by itself.
        .wrap(from_fn(middleware::render_problems::<_>))
        .wrap(from_fn(middleware::add_security_headers))
        .wrap(from_fn(middleware::observe))
}

/// Hands the use cases and ports to the handlers.
fn provide(services: Services, config: &mut web::ServiceConfig) {
    config
        .app_data(web::Data::from(services.meter))
        .app_data(web::Data::from(services.ids))
        .app_data(web::Data::from(services.register))
        .app_data(web::Data::from(services.verify_email))
        .app_data(web::Data::from(services.request_link))
        .app_data(web::Data::from(services.reset_password))
        .app_data(web::Data::from(services.change_password))
        .app_data(web::Data::from(services.show_profile))
        .app_data(web::Data::from(services.update_profile))
        .app_data(web::Data::from(services.delete_account))
        .app_data(web::Data::from(services.export_personal_data))
        .app_data(web::Data::from(services.list_accounts))
        .app_data(web::Data::from(services.show_account))
        .app_data(web::Data::from(services.create_account))
        .app_data(web::Data::from(services.set_up))
        .app_data(web::Data::from(services.remove_account))
        .app_data(web::Data::from(services.update_account))
        .app_data(web::Data::from(services.list_roles))
        .app_data(web::Data::from(services.change_roles))
        .app_data(web::Data::from(services.manage_api_keys))
        .app_data(web::Data::from(services.record_denial))
        .app_data(web::Data::from(services.list_audit))
        .app_data(web::Data::from(services.manage_jobs))
        .app_data(web::Data::from(services.sign_in))
        .app_data(web::Data::from(services.issue_access_token))
        .app_data(web::Data::from(services.refresh_session))
        .app_data(web::Data::from(services.list_sessions))
        .app_data(web::Data::from(services.end_sessions))
        .app_data(web::Data::from(services.authenticate))
        .app_data(web::Data::from(services.authenticate_machine))
        .app_data(web::Data::from(services.authenticate_browser))
        .app_data(web::Data::from(services.secrets))
        .app_data(web::Data::from(services.random))
        .app_data(web::Data::from(services.clock))
        .app_data(web::Data::from(services.buckets))
        .app_data(web::Data::from(services.tokens))
        .app_data(web::Data::from(services.check_readiness));
}
