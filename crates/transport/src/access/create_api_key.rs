//! `POST /api/v1/admin/api-keys`

use super::ApiKeyView;
use super::role_view::required_permissions;
use crate::detached::Detached;
use crate::problem::Problem;
use crate::request::{By, Fields, Members, Noted};
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use serde::Serialize;
use threshold_application::access::{ManageApiKeys, NewApiKey};
use threshold_domain::access::ApiKeyName;
use threshold_domain::parse_timestamp;
use utoipa::ToSchema;

/// A key that is to be.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it documents what `read` reads, and a test holds the two together")]
pub(crate) struct CreateApiKeyRequest {
    #[schema(min_length = 1, max_length = 100, example = "Nightly export")]
    name: String,
    /// The names of what it permits: none that the caller lacks.
    permissions: Vec<String>,
    /// From when on it is refused, in the future; never if it is left out.
    #[schema(format = DateTime, example = "2027-11-21T00:00:00Z")]
    expires_at: Option<String>,
}

/// A new key. It is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
pub(crate) struct CreatedApiKeyView {
    #[serde(flatten)]
    shown: ApiKeyView,
    /// What the machine sends, as a bearer token or as the password of basic authentication.
    #[schema(pattern = "^thr_[0-9A-Za-z]{38}$")]
    key: String,
}

/// Makes a key for a machine. Nobody makes one with a permission that they lack.
#[utoipa::path(
    post,
    path = "/api/v1/admin/api-keys",
    request_body = CreateApiKeyRequest,
    responses((status = 201, description = "The key", body = CreatedApiKeyView,
        headers(("Location" = String, description = "Where it is"))))
)]
pub(crate) async fn create_api_key(
    use_case: Data<ManageApiKeys>,
    detached: Data<Detached>,
    By(initiator): By,
    fields: Fields,
) -> Result<HttpResponse, Problem> {
    let new = fields.read(read)?;
    let (key, secret) = detached.run(async move { use_case.create(&initiator, new).await }).await??;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/admin/api-keys/{}", key.id.as_uuid())))
        .json(CreatedApiKeyView { shown: ApiKeyView::from(&key), key: secret.expose().to_string() }))
}

fn read(members: &mut Members) -> Result<NewApiKey, Noted> {
    let name = members.required("name", ApiKeyName::parse);
    let permissions = required_permissions(members);
    let expires_at = members.optional("expires_at", parse_timestamp);
    Ok(NewApiKey { name: name?, permissions: permissions?, expires_at: expires_at? })
}
