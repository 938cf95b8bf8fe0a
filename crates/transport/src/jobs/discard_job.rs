//! `DELETE /api/v1/admin/jobs/{id}`

use super::job_view::job_in_path;
use crate::detached::Detached;
use crate::problem::{Code, Problem};
use crate::request::By;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use threshold_application::jobs::ManageJobs;

/// Deletes a job that waits or was given up.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/jobs/{id}",
    params(("id" = Uuid, Path, description = "The job")),
    responses((status = 204, description = "The job is gone"))
)]
pub(crate) async fn discard_job(
    use_case: Data<ManageJobs>,
    detached: Data<Detached>,
    By(initiator): By,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = job_in_path(&id)?;
    let is_done = detached.run(async move { use_case.discard(&initiator, id).await }).await??;
    if is_done { Ok(HttpResponse::NoContent().finish()) } else { Err(Problem::new(Code::JobNotFound)) }
}
