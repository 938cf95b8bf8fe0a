//! The header of an access token.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use threshold_domain::sessions::{KeyId, SignatureAlgorithm};

/// What stands first in every token of ours (RFC 9068 §2.1).
pub(crate) const TYPE: &str = "at+jwt";

/// The members that our tokens have. Any other is refused, above all those that would have a key fetched (`jku`, `jwk`, `x5u`) or
/// that must be understood (`crit`): RFC 8725 §3.10, RFC 7515 §4.1.11.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// What the tokens of a key begin with, encoded.
pub(crate) fn write(id: &KeyId, algorithm: SignatureAlgorithm) -> String {
    let header = serde_json::json!({"alg": algorithm.as_str(), "typ": TYPE, "kid": id.as_str()});
    BASE64_URL_SAFE_NO_PAD.encode(header.to_string())
}

/// The key that a token names and the algorithm that it claims; `None` for whatever can't be ours.
pub(crate) fn read(token: &str) -> Option<(KeyId, SignatureAlgorithm)> {
    let (header, _rest) = token.split_once('.')?;
    let header: Header = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    // A media type is compared without case and may be written out (RFC 7515 §4.1.9).
    let typ = header.typ.to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != TYPE {
        return None;
    }
    Some((KeyId::new(header.kid), SignatureAlgorithm::from_name(&header.alg)?))
}
