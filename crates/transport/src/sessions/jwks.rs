//! `GET /.well-known/jwks.json`

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use actix_web::web::Data;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use threshold_application::ports::AccessTokens;
use threshold_domain::sessions::{PublicKey, PublicKeyMaterial};
use utoipa::ToSchema;

/// A JWK Set (RFC 7517 §5).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeySet {
    keys: Vec<KeyView>,
}

/// A public key (RFC 7517 §4, RFC 8037 §2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub(crate) struct KeyView {
    /// `OKP` or `EC`.
    kty: &'static str,
    /// `Ed25519` or `P-256`.
    crv: &'static str,
    /// `EdDSA` or `ES256`.
    alg: &'static str,
    /// Always `sig`.
    r#use: &'static str,
    /// The RFC 7638 thumbprint.
    kid: String,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

/// The keys that access tokens can be verified with; empty where a shared secret signs them.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    responses(
        (status = 200, description = "The public keys", body = KeySet, content_type = "application/jwk-set+json"),
        (status = 304, description = "Unchanged since the `ETag` in `If-None-Match`")
    )
)]
pub(crate) async fn jwks(tokens: Data<dyn AccessTokens>, request: actix_web::HttpRequest) -> HttpResponse {
    let keys = tokens.public_keys();
    let tag = entity_tag(&keys);
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((CACHE_CONTROL, "public, max-age=300")).insert_header((ETAG, tag));
    if known {
        return answer.finish();
    }
    answer.content_type("application/jwk-set+json").json(KeySet { keys: keys.iter().map(KeyView::from).collect() })
}

/// Keys never change under their thumbprint, so their names name the set.
fn entity_tag(keys: &[PublicKey]) -> String {
    let names: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
    format!("\"{}\"", names.join("."))
}

impl From<&PublicKey> for KeyView {
    fn from(key: &PublicKey) -> Self {
        let encode = |bytes: &[u8; 32]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (kty, crv, alg, x, y) = match &key.material {
            PublicKeyMaterial::Ed25519 { x } => ("OKP", "Ed25519", "EdDSA", encode(x), None),
            PublicKeyMaterial::P256 { x, y } => ("EC", "P-256", "ES256", encode(x), Some(encode(y))),
        };
        Self { kty, crv, alg, r#use: "sig", kid: key.id.to_string(), x, y }
    }
}
