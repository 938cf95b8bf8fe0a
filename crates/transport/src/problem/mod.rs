//! Errors as clients see them: `application/problem+json` (RFC 9457).

mod code;
mod from_use_cases;
mod render;

pub(crate) use code::Code;
pub(crate) use render::ProblemBody;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use threshold_domain::Refusal;
use threshold_domain::access::{Permission, Permissions};

/// A refusal to answer as asked: a stable code, what to do about it, and for the log alone the cause.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    lacking: Permissions,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct FieldError {
    /// The member of the body, or the parameter of the query; empty for the body as a whole.
    pub(crate) field: String,
    /// A stable code.
    pub(crate) code: Cow<'static, str>,
    /// What to do about it.
    pub(crate) message: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: Cow::Borrowed(code), message: message.into() }
    }

    pub(crate) fn required(field: &str) -> Self {
        Self::new(field, "required", "This field is required.")
    }

    pub(crate) fn refused(field: &str, refusal: &Refusal) -> Self {
        Self::new(field, refusal.code().as_str(), refusal.to_string())
    }
}

impl Problem {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), headers: Vec::new(), lacking: Permissions::NONE, source: None }
    }

    /// A defect or a failure of ours; the cause is logged, never shown.
    pub(crate) fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Code::InternalError).with_source(source)
    }

    /// The caller lacks these permissions.
    pub(crate) fn lacking(permissions: Permissions) -> Self {
        let names: Vec<_> = permissions.iter().map(Permission::as_str).collect();
        let problem = Self { lacking: permissions, ..Self::new(Code::PermissionDenied) };
        problem.with_detail(format!("This needs the permission {}.", names.join(", ")))
    }

    /// Fields at fault; an unknown one names the problem, because it is often the reason why another one is missing.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let unknown = errors.iter().any(|error| error.code == Code::UnknownField.as_str());
        let code = if unknown { Code::UnknownField } else { Code::ValidationFailed };
        Self { errors, ..Self::new(code) }
    }

    pub(crate) fn with_detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    pub(crate) fn with_error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// The fields at fault.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// What the caller lacks, if that is why.
    pub(crate) fn lacks(&self) -> Permissions {
        self.lacking
    }

    /// The cause, for the log.
    pub(crate) fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Only a mark: `middleware::render_problems` fills the answer in, because it knows the request.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
