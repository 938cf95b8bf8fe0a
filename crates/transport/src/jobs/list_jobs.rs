//! `GET /api/v1/admin/jobs`

use super::JobView;
use super::job_view::STATES;
use crate::problem::Problem;
use crate::request::{List, Members, Noted, Page, PageParameters, Query};
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::jobs::ManageJobs;
use threshold_application::ports::JobFilter;
use threshold_domain::jobs::{JobId, Task};
use utoipa::IntoParams;
use uuid::Uuid;

/// Which jobs are shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `filter` reads")]
pub(crate) struct JobParameters {
    /// `queued`, `running` or `dead`.
    state: Option<String>,
    /// What kind of work.
    kind: Option<String>,
}

/// Shows background work that is not done, the oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/jobs",
    params(JobParameters, PageParameters),
    responses((status = 200, description = "A page of jobs", body = List<JobView>))
)]
pub(crate) async fn list_jobs(use_case: Data<ManageJobs>, query: Query) -> Result<HttpResponse, Problem> {
    let (filter, page) = query.0.read(|members| {
        let filter = filter(members);
        let page = match &filter {
            Ok(filter) => Page::<Uuid>::read(members, format!("jobs {filter:?}")),
            Err(_) => Page::read(members, ""),
        };
        Ok((filter?, page?))
    })?;
    let at_most = u32::try_from(page.to_fetch()).unwrap_or(u32::MAX);
    let fetched = use_case.list(&filter, page.after().copied().map(JobId::new), at_most).await?;
    Ok(HttpResponse::Ok().json(page.answer(fetched, |job| job.id.as_uuid(), |job| JobView::from(job))))
}

fn filter(members: &mut Members) -> Result<JobFilter, Noted> {
    let kinds = Task::KINDS.map(|kind| (kind, kind));
    let state = members.choice("state", &STATES);
    let kind = members.choice("kind", &kinds);
    Ok(JobFilter { state: state?, kind: kind?.map(str::to_owned) })
}
