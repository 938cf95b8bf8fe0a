//! `POST /api/v1/admin/jobs/{id}/retry`

use super::job_view::job_in_path;
use crate::detached::Detached;
use crate::problem::{Code, Problem};
use crate::request::By;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::jobs::ManageJobs;

/// Has a job that waits or was given up be done now.
#[utoipa::path(
    post,
    path = "/api/v1/admin/jobs/{id}/retry",
    params(("id" = Uuid, Path, description = "The job")),
    responses((status = 204, description = "The job is due"))
)]
pub(crate) async fn retry_job(
    use_case: Data<ManageJobs>,
    detached: Data<Detached>,
    By(initiator): By,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = job_in_path(&id)?;
    let is_done = detached.run(async move { use_case.retry(&initiator, id).await }).await??;
    if is_done { Ok(HttpResponse::NoContent().finish()) } else { Err(Problem::new(Code::JobNotFound)) }
}
