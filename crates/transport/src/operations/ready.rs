//! `GET /ready`

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use threshold_application::operations::{CheckReadiness, CheckResult, CheckStatus, Readiness};
use utoipa::ToSchema;

/// Whether traffic may come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(crate) struct ReadyView {
    /// `ready`, `degraded` (a part is missing, and the service goes on without it), `unready`, or `draining` once the process
    /// is about to stop.
    #[schema(example = "ready")]
    status: &'static str,
    checks: Vec<CheckView>,
}

/// The state of one part.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReadinessCheck)]
pub(crate) struct CheckView {
    /// For example `database`.
    #[schema(example = "database")]
    name: &'static str,
    /// `up`, `degraded` or `down`.
    #[schema(example = "up")]
    status: &'static str,
    latency_ms: f64,
}

/// Whether traffic may come; never takes longer than two seconds.
#[utoipa::path(
    get,
    path = "/ready",
    responses(
        (status = 200, description = "It may", body = ReadyView),
        (status = 503, description = "It may not: a part is down, or the process is about to stop", body = ReadyView)
    )
)]
pub(crate) async fn ready(use_case: Data<CheckReadiness>) -> HttpResponse {
    let readiness = use_case.execute().await;
    let mut answer = if readiness.is_ready() { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(ReadyView::from(&readiness))
}

impl From<&Readiness> for ReadyView {
    fn from(readiness: &Readiness) -> Self {
        let status = match (readiness.draining, readiness.is_ready(), readiness.is_degraded()) {
            (true, _, _) => "draining",
            (false, true, false) => "ready",
            (false, true, true) => "degraded",
            (false, false, _) => "unready",
        };
        Self { status, checks: readiness.checks.iter().map(CheckView::from).collect() }
    }
}

impl From<&CheckResult> for CheckView {
    fn from(check: &CheckResult) -> Self {
        let status = match check.status {
            CheckStatus::Up => "up",
            CheckStatus::Degraded => "degraded",
            CheckStatus::Down => "down",
        };
        Self { name: check.name, status, latency_ms: check.latency.as_secs_f64() * 1000.0 }
    }
}
