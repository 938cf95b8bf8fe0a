//! A machine's key as clients see it.

use crate::accounts::rfc3339;
use crate::problem::{Code, Problem};
use serde::Serialize;
use threshold_domain::access::{ApiKey, ApiKeyId, Permission, Principal};
use utoipa::ToSchema;
use uuid::Uuid;

/// A key of a machine. Never the key itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    /// A `UUIDv7`.
    id: Uuid,
    #[schema(example = "Nightly export")]
    name: String,
    /// How the key begins.
    #[schema(example = "thr_8Fq2")]
    prefix: String,
    /// The names of what it permits.
    permissions: Vec<&'static str>,
    /// Who made it; `null` once they are erased.
    #[schema(required)]
    created_by: Option<MakerView>,
    #[schema(format = DateTime)]
    created_at: String,
    /// From when on it is refused; `null` for never.
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    /// When somebody last came with it, give or take some seconds.
    #[schema(required, format = DateTime)]
    last_used_at: Option<String>,
}

/// Who made a key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKeyMaker)]
struct MakerView {
    kind: MakerKind,
    id: Uuid,
}

/// A person or another key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApiKeyMakerKind)]
enum MakerKind {
    User,
    ApiKey,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.as_uuid(),
            name: key.name.as_str().to_owned(),
            prefix: key.prefix.as_str().to_owned(),
            permissions: key.permissions.iter().map(Permission::as_str).collect(),
            created_by: key.created_by.map(MakerView::from),
            created_at: rfc3339(key.created_at),
            expires_at: key.expires_at.map(rfc3339),
            last_used_at: key.last_used_at.map(rfc3339),
        }
    }
}

impl From<Principal> for MakerView {
    fn from(maker: Principal) -> Self {
        match maker {
            Principal::User(user) => Self { kind: MakerKind::User, id: user.as_uuid() },
            Principal::ApiKey(key) => Self { kind: MakerKind::ApiKey, id: key.as_uuid() },
        }
    }
}

/// What is no id names no key either.
pub(super) fn key_in_path(id: &str) -> Result<ApiKeyId, Problem> {
    Uuid::parse_str(id).map(ApiKeyId::new).map_err(|_no_id| Problem::new(Code::ApiKeyNotFound))
}
