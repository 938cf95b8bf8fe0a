//! The HTTP interface: parses requests into domain values, runs one use case, answers in JSON.
//!
//! A request passes, from outside in: `middleware` (request id, log and metrics, security headers, problems, limits) → the route → the
//! rails of its `endpoint` (panics, limits, authentication, query) → the handler, which reads its body through `request::Fields`.
//! Every operation stands in one table, `routes`, from which the router, the `Allow` header and the OpenAPI document are made.

mod access;
mod accounts;
mod app;
mod audit;
mod detached;
mod endpoint;
mod jobs;
mod middleware;
mod openapi;
mod operations;
mod problem;
mod request;
mod routes;
mod sessions;

pub use app::{HttpSettings, RegistrationRules, RequestLimits, Services, app};
pub use detached::Detached;
pub use openapi::openapi_document;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use request::fuzzing;
pub use request::{TrustedProxies, TrustedProxiesError, client_address};
