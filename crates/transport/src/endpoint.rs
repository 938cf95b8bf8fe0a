//! One operation: its handler, who may call it, how it can fail, and what the document says of it.

use crate::app::HttpSettings;
use crate::detached::Detached;
use crate::middleware::{Class, limit};
use crate::problem::{Code, FieldError, Problem, ProblemBody};
use crate::request::{RenewedCookies, Site, initiator, person, recognise};
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::guard::{Guard, GuardContext};
use actix_web::http::Method;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, FromRequest, Handler, HttpMessage, HttpRequest, Responder, Route, web};
use futures::FutureExt;
use percent_encoding::percent_decode_str;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use threshold_application::ErrorChain;
use threshold_application::access::{Caller, RecordDenial};
use threshold_domain::access::{Permission, Permissions};
use tracing::{Span, error};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder, SecurityRequirement};

/// The names of the security schemes in the document.
pub(crate) const BEARER_SCHEME: &str = "bearer";
pub(crate) const BASIC_SCHEME: &str = "basic";
pub(crate) const COOKIE_SCHEME: &str = "session";
/// Where the document says which permission an operation needs.
const PERMISSION_EXTENSION: &str = "x-permission";

/// One operation. Path, method and successes come from its `utoipa::path` attribute, the rest is said here once.
pub(crate) struct Endpoint {
    path: String,
    method: HttpMethod,
    access: Access,
    refuses_other_sites: bool,
    is_limited: bool,
    reads_query: bool,
    problems: Vec<Code>,
    operation: Operation,
    route: Route,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Anybody.
    Anyone,
    /// People: whoever sends a valid access token or session cookie.
    SignedIn,
    /// Whoever does, or has an API key, and has this permission.
    Permitted(Permission),
}

impl Access {
    fn admit(self, caller: &Caller) -> Result<(), Problem> {
        match self {
            Self::Anyone => Ok(()),
            Self::SignedIn => person(caller).map(drop),
            Self::Permitted(permission) if caller.permissions().contain(permission) => Ok(()),
            Self::Permitted(permission) => Err(Problem::lacking(permission.into())),
        }
    }

    /// The ways to prove who one is, one of which is enough.
    fn security(self) -> Option<Vec<SecurityRequirement>> {
        let schemes: &[&str] = match self {
            Self::Anyone => return None,
            Self::SignedIn => &[BEARER_SCHEME, COOKIE_SCHEME],
            Self::Permitted(_) => &[BEARER_SCHEME, BASIC_SCHEME, COOKIE_SCHEME],
        };
        Some(schemes.iter().map(|scheme| SecurityRequirement::new(*scheme, Vec::<String>::new())).collect())
    }
}

impl Endpoint {
    /// The operation that `P` describes and `handler` carries out, open to anyone, listed under `tag`.
    pub(crate) fn new<P, F, Args>(tag: &str, handler: F) -> Self
    where
        P: utoipa::Path,
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        let mut operation = P::operation();
        operation.tags = Some(vec![tag.to_owned()]);
        Self {
            path: P::path(),
            method,
            access: Access::Anyone,
            refuses_other_sites: false,
            is_limited: false,
            reads_query: false,
            problems: vec![Code::InternalError, Code::RateLimited],
            operation,
            route: web::route().to(handler),
        }
    }

    /// Only people with a valid access token or session cookie get in.
    pub(crate) fn for_signed_in(self) -> Self {
        Self { access: Access::SignedIn, ..self }.authenticated().can_fail_with(&[Code::PersonRequired])
    }

    /// Only callers with that permission get in, people and machines.
    pub(crate) fn requires(self, permission: Permission) -> Self {
        Self { access: Access::Permitted(permission), ..self }.authenticated().can_fail_with(&[Code::PermissionDenied])
    }

    fn authenticated(mut self) -> Self {
        if !self.methods().iter().all(Method::is_safe) {
            self.problems.push(Code::CsrfFailed);
        }
        self.can_fail_with(&[
            Code::Unauthenticated,
            Code::TokenInvalid,
            Code::TokenExpired,
            Code::TokenRevoked,
            Code::TokenStale,
        ])
        .stored()
    }

    /// It reads parameters from the query.
    pub(crate) fn with_query(self) -> Self {
        Self { reads_query: true, ..self }.can_fail_with(&[Code::ValidationFailed])
    }

    /// Pages of other sites can't call it: nobody shall be signed in as somebody else without noticing.
    pub(crate) fn not_from_other_sites(mut self) -> Self {
        self.refuses_other_sites = true;
        self.can_fail_with(&[Code::CsrfFailed])
    }

    /// It proves who somebody is, and shares one strict limit with its like.
    pub(crate) fn proves_identity(mut self) -> Self {
        self.is_limited = true;
        self
    }

    /// It reads a JSON body.
    pub(crate) fn with_body(self) -> Self {
        self.can_fail_with(&[
            Code::MalformedJson,
            Code::RequestTimeout,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::ValidationFailed,
            Code::UnknownField,
        ])
    }

    /// It needs the store.
    pub(crate) fn stored(self) -> Self {
        self.can_fail_with(&[Code::Overloaded, Code::Unavailable])
    }

    /// It can fail with these as well.
    pub(crate) fn can_fail_with(mut self, codes: &[Code]) -> Self {
        self.problems.extend(codes);
        self
    }

    /// Its path template.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The methods that its path gains by it: whoever may GET may also HEAD (RFC 9110 §9.3.2).
    pub(crate) fn methods(&self) -> &'static [Method] {
        match self.method {
            HttpMethod::Get => &[Method::GET, Method::HEAD],
            HttpMethod::Post => &[Method::POST],
            HttpMethod::Put => &[Method::PUT],
            HttpMethod::Delete => &[Method::DELETE],
            HttpMethod::Options => &[Method::OPTIONS],
            HttpMethod::Head => &[Method::HEAD],
            HttpMethod::Patch => &[Method::PATCH],
            HttpMethod::Trace => &[Method::TRACE],
        }
    }

    /// The actix route, with its rails.
    pub(crate) fn into_route(self) -> Route {
        let methods = self.methods();
        let rails = Rc::new(Rails {
            takes_query: self.reads_query || !self.is_api(),
            path: self.path,
            access: self.access,
            refuses_other_sites: self.refuses_other_sites,
            is_limited: self.is_limited,
        });
        let on_rails = move |request: ServiceRequest, next: Next<BoxBody>| run(Rc::clone(&rails), request, next);
        self.route.guard(OneOf(methods)).wrap(from_fn(on_rails))
    }

    /// What the document says of it, every problem included.
    pub(crate) fn into_document(mut self) -> (String, HttpMethod, Operation) {
        if self.is_api() {
            self.problems.push(Code::UnknownField);
        }
        self.problems.sort_unstable();
        self.problems.dedup();
        for codes in self.problems.chunk_by(|a, b| a.status() == b.status()) {
            add_problems(&mut self.operation, codes);
        }
        if let Access::Permitted(permission) = self.access {
            let needs = format!("Needs the permission `{permission}`.");
            let told = self.operation.description.take().unwrap_or_default();
            self.operation.description = Some([told, needs].join("\n\n").trim_start().to_owned());
            let extension = ExtensionsBuilder::new().add(PERMISSION_EXTENSION, permission.as_str()).build();
            self.operation.extensions = Some(extension);
        }
        self.operation.security = self.access.security();
        (self.path, self.method, self.operation)
    }

    fn is_api(&self) -> bool {
        self.path.starts_with("/api/v1/")
    }
}

/// Adds one response for problems that share a status.
fn add_problems(operation: &mut Operation, codes: &[Code]) {
    let Some(status) = codes.first().map(|code| code.status().as_str().to_owned()) else { return };
    let names: Vec<_> = codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(names.join(", ")).content("application/problem+json", content);
    operation.responses.responses.entry(status).or_insert_with(|| response.build().into());
}

/// The schema that every problem has.
pub(crate) type ProblemSchema = ProblemBody<'static>;

struct OneOf(&'static [Method]);

impl Guard for OneOf {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        self.0.contains(&context.head().method)
    }
}

/// What a request passes before its handler.
struct Rails {
    path: String,
    access: Access,
    refuses_other_sites: bool,
    is_limited: bool,
    takes_query: bool,
}

/// Admits the request and calls the handler; a panic on the way becomes an answer.
async fn run(
    rails: Rc<Rails>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    Span::current().record("route", rails.path.as_str());
    let http_request = request.request().clone();
    let answer = async {
        match rails.admit(&request).await {
            Ok(()) => next.call(request).await,
            Err(problem) => Ok(request.error_response(problem)),
        }
    };
    let mut answer = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(answer) => answer?,
        Err(panic) => ServiceResponse::from_err(Problem::internal(panic_message(panic.as_ref())), http_request.clone()),
    };
    let problem = answer.response().error().and_then(|error| error.as_error::<Problem>());
    if let Some(lacking) = problem.map(Problem::lacks).filter(|lacking| !lacking.is_empty()) {
        rails.record_denial(&http_request, lacking).await;
    }
    add_renewed_cookies(&http_request, &mut answer);
    Ok(answer)
}

/// Brings the cookies of a session that has moved on, unless the handler has set or removed them itself.
fn add_renewed_cookies(request: &HttpRequest, answer: &mut ServiceResponse<BoxBody>) {
    let Some(RenewedCookies(cookies)) = request.extensions_mut().remove() else { return };
    for cookie in cookies {
        let is_set = answer.response().cookies().any(|set| set.name() == cookie.name());
        if !is_set && let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            answer.headers_mut().append(SET_COOKIE, value);
        }
    }
}

impl Rails {
    /// Whoever was refused is refused, whether or not that can be recorded.
    async fn record_denial(&self, request: &HttpRequest, lacking: Permissions) {
        let parts = (request.app_data::<web::Data<RecordDenial>>(), request.app_data::<web::Data<Detached>>());
        let (Some(use_case), Some(detached)) = parts else { return };
        let (use_case, initiator) = (use_case.clone(), initiator(request));
        let operation = format!("{} {}", request.method(), self.path);
        let target = request.match_info().iter().next().map(|(_name, text)| text.chars().take(64).collect::<String>());
        let record = async move { use_case.execute(&initiator, &operation, target.as_deref(), lacking).await };
        if let Ok(Err(error)) = detached.run(record).await {
            error!(error = %ErrorChain(&error), "a refusal could not be recorded");
        }
    }

    /// In this order: how often, where it comes from, who it is, then the query.
    async fn admit(&self, request: &ServiceRequest) -> Result<(), Problem> {
        if self.is_limited {
            limit(request.request(), Class::Auth).await?;
        }
        if self.refuses_other_sites
            && let Some(settings) = request.app_data::<web::Data<HttpSettings>>()
        {
            Site::of(request.headers(), settings).not_foreign()?;
        }
        self.admit_caller(request).await?;
        if self.takes_query || request.query_string().is_empty() {
            return Ok(());
        }
        Err(Problem::invalid(request.query_string().split('&').map(unknown_parameter).collect()))
    }

    async fn admit_caller(&self, request: &ServiceRequest) -> Result<(), Problem> {
        if self.access == Access::Anyone {
            return Ok(());
        }
        let caller = recognise(request.request()).await?;
        let admitted = self.access.admit(&caller);
        request.extensions_mut().insert(caller);
        admitted
    }
}

fn unknown_parameter(pair: &str) -> FieldError {
    let name = pair.split('=').next().unwrap_or_default();
    let shown: String = percent_decode_str(name).decode_utf8_lossy().chars().take(64).collect();
    FieldError::new(shown, Code::UnknownField.as_str(), "This query parameter is not known here; leave it out.")
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("a handler panicked: {}", text.unwrap_or("no message"))
}
