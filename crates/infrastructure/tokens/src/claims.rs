//! The claims of an access token as JSON.

use serde::{Deserialize, Serialize};
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, Permission, RoleName};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId, TokenId};
use uuid::Uuid;

/// RFC 9068 §2.2, with the session (`sid`), roles and permissions, and the version of the two (`gv`). Audience is one of several when read, one when written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct JsonClaims {
    iss: String,
    aud: serde_json::Value,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    roles: Vec<String>,
    permissions: Vec<String>,
    /// The version of the grants.
    #[serde(default)]
    gv: i64,
}

impl JsonClaims {
    pub(crate) fn new(claims: &AccessClaims, issuer: &str, audience: &str) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: audience.into(),
            sub: claims.subject.as_uuid(),
            sid: claims.session.as_uuid(),
            jti: claims.token_id.as_uuid(),
            iat: claims.issued_at.timestamp(),
            nbf: claims.issued_at.timestamp(),
            exp: claims.expires_at.timestamp(),
            roles: claims.grants.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            permissions: claims.grants.permissions.iter().map(|permission| permission.as_str().to_owned()).collect(),
            gv: claims.grants.version.as_i64(),
        }
    }

    /// The second before which the token may not be used, nor can have been made.
    pub(crate) fn good_from(&self) -> i64 {
        self.nbf.max(self.iat)
    }

    /// `None` for times that no calendar has, and names that no role has. A permission that this version doesn't know permits
    /// nothing here.
    pub(crate) fn into_claims(self) -> Option<AccessClaims> {
        Some(AccessClaims {
            subject: UserId::new(self.sub),
            session: SessionId::new(self.sid),
            token_id: TokenId::new(self.jti),
            issued_at: Timestamp::from_timestamp_secs(self.iat)?,
            expires_at: Timestamp::from_timestamp_secs(self.exp)?,
            grants: Grants {
                roles: self.roles.iter().map(|name| RoleName::parse(name).ok()).collect::<Option<_>>()?,
                permissions: self.permissions.iter().filter_map(|name| Permission::from_name(name)).collect(),
                version: GrantsVersion::new(self.gv),
            },
        })
    }
}
