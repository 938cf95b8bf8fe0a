//! `GET /api/v1/admin/api-keys`

use super::ApiKeyView;
use crate::problem::Problem;
use crate::request::{List, Page, PageParameters, Query};
use actix_web::HttpResponse;
use actix_web::web::Data;
use threshold_application::access::ManageApiKeys;
use threshold_domain::access::ApiKeyId;
use uuid::Uuid;

/// Shows the keys of machines that are not revoked, the latest made first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/api-keys",
    params(PageParameters),
    responses((status = 200, description = "A page of keys", body = List<ApiKeyView>))
)]
pub(crate) async fn list_api_keys(use_case: Data<ManageApiKeys>, query: Query) -> Result<HttpResponse, Problem> {
    let page = query.0.read(|members| Page::<Uuid>::read(members, "api-keys"))?;
    let at_most = u32::try_from(page.to_fetch()).unwrap_or(u32::MAX);
    let fetched = use_case.page(page.after().copied().map(ApiKeyId::new), at_most).await?;
    Ok(HttpResponse::Ok().json(page.answer(fetched, |key| key.id.as_uuid(), |key| ApiKeyView::from(key))))
}
