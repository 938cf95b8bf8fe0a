//! A key as a row.

use crate::access::permissions_named;
use crate::failures::corrupt;
use crate::schema::api_keys;
use crate::types::{Id, Instant};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use threshold_application::ports::StoreError;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyName, ApiKeyPrefix, ApiKeyStanding, Principal};
use threshold_domain::accounts::UserId;

/// Whether and what a key permits.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(super) struct StandingRow {
    id: Id,
    #[diesel(select_expression = permissions_of_key(), select_expression_type = SqlLiteral<Nullable<Text>>)]
    permissions: Option<String>,
    expires_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

/// What else is shown of it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(super) struct KeyRow {
    #[diesel(embed)]
    standing: StandingRow,
    name: String,
    prefix: String,
    created_by_user: Option<Id>,
    created_by_key: Option<Id>,
    created_at: Instant,
    last_used_at: Option<Instant>,
}

fn permissions_of_key() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT string_agg(permission, ' ') FROM api_key_permissions \
         WHERE api_key_permissions.api_key_id = api_keys.id)")
}

impl From<StandingRow> for ApiKeyStanding {
    fn from(row: StandingRow) -> Self {
        Self {
            id: ApiKeyId::new(row.id.0),
            permissions: permissions_named(row.permissions.as_deref()),
            expires_at: row.expires_at.map(|at| at.0),
            revoked_at: row.revoked_at.map(|at| at.0),
        }
    }
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let ApiKeyStanding { id, permissions, expires_at, revoked_at } = row.standing.into();
        let by_user = row.created_by_user.map(|id| Principal::User(UserId::new(id.0)));
        let by_key = row.created_by_key.map(|id| Principal::ApiKey(ApiKeyId::new(id.0)));
        Ok(Self {
            id,
            name: ApiKeyName::parse(&row.name).map_err(|refusal| corrupt("api_keys.name", refusal))?,
            prefix: ApiKeyPrefix::new(row.prefix),
            permissions,
            created_by: by_user.or(by_key),
            created_at: row.created_at.0,
            expires_at,
            revoked_at,
            last_used_at: row.last_used_at.map(|at| at.0),
        })
    }
}
