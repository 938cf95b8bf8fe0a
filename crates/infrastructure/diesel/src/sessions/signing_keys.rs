//! The keys that sign access tokens.

use crate::connections::{Connection, Pools};
use crate::failures::corrupt;
use crate::schema::signing_keys;
use crate::transaction::{DieselTransaction, DieselUnitOfWork};
use crate::types::{Instant, SqlInstant};
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Nullable;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{SigningKeyRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::audit::AuditEvent;
use threshold_domain::sessions::{KeyId, SignatureAlgorithm, SigningKey};

const TABLE: &str = "signing_keys";

/// Keeps signing keys in either database.
pub(crate) struct DieselSigningKeys {
    pub(crate) pools: Arc<Pools>,
    pub(crate) unit_of_work: DieselUnitOfWork,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
struct SigningKeyRow {
    kid: String,
    algorithm: String,
    sealed_private_key: Vec<u8>,
    created_at: Instant,
    retired_at: Option<Instant>,
    signs_from: Instant,
    withdrawn_at: Option<Instant>,
}

#[async_trait]
impl SigningKeyRepository for DieselSigningKeys {
    async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        let rows = self.pools.read(TABLE, |connection| list(connection).boxed()).await?;
        rows.into_iter().map(SigningKey::try_from).collect()
    }

    async fn insert(&self, key: &SigningKey, event: AuditEvent) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let inserted = insert(transaction.connection(), &SigningKeyRow::from(key)).await;
        transaction.settle(TABLE, inserted)?;
        transaction.note(event);
        transaction.finish().await
    }

    async fn rotate(&self, replaced: &KeyId, next: &SigningKey, event: AuditEvent) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let retired = retire(transaction.connection(), replaced.as_str(), Instant(next.signs_from)).await;
        if transaction.settle(TABLE, retired)? == 0 {
            return Ok(false);
        }
        let inserted = insert(transaction.connection(), &SigningKeyRow::from(next)).await;
        transaction.settle(TABLE, inserted)?;
        transaction.note(event);
        transaction.finish().await?;
        Ok(true)
    }

    async fn withdraw(&self, id: &KeyId, at: Timestamp, event: AuditEvent) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let withdrawn = withdraw(transaction.connection(), id.as_str(), Instant(at)).await;
        let withdrawn = transaction.settle(TABLE, withdrawn)?;
        if withdrawn == 1 {
            transaction.note(event);
        }
        transaction.finish().await?;
        Ok(withdrawn == 1)
    }

    async fn purge(&self, before: Timestamp) -> Result<u32, StoreError> {
        let mut transaction = self.begin().await?;
        let purged = on!(transaction.connection(), |c| diesel::delete(signing_keys::table)
            .filter(signing_keys::retired_at.lt(Instant(before)))
            .execute(c)
            .await);
        let purged = transaction.settle(TABLE, purged)?;
        transaction.finish().await?;
        Ok(u32::try_from(purged).unwrap_or(u32::MAX))
    }
}

impl DieselSigningKeys {
    async fn begin(&self) -> Result<DieselTransaction, StoreError> {
        self.unit_of_work.open().await
    }
}

async fn retire(connection: &mut Connection, kid: &str, at: Instant) -> QueryResult<usize> {
    on!(connection, |c| diesel::update(signing_keys::table.find(kid))
        .filter(signing_keys::retired_at.is_null())
        .set(signing_keys::retired_at.eq(at))
        .execute(c)
        .await)
}

async fn withdraw(connection: &mut Connection, kid: &str, at: Instant) -> QueryResult<usize> {
    let still_signs = || signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(at).assume_not_null());
    on!(connection, |c| diesel::update(signing_keys::table.find(kid))
        .filter(signing_keys::withdrawn_at.is_null())
        .set(
            (
                signing_keys::withdrawn_at.eq(at),
                signing_keys::retired_at
                    .eq(case_when(still_signs(), at.into_sql::<Nullable<SqlInstant>>())
                        .otherwise(signing_keys::retired_at)),
            )
        )
        .execute(c)
        .await)
}

async fn list(connection: &mut Connection) -> QueryResult<Vec<SigningKeyRow>> {
    on!(connection, |c| signing_keys::table
        .order((signing_keys::created_at, signing_keys::kid))
        .select(SigningKeyRow::as_select())
        .load(c)
        .await)
}

async fn insert(connection: &mut Connection, row: &SigningKeyRow) -> QueryResult<usize> {
    on!(connection, |c| diesel::insert_into(signing_keys::table).values(row).execute(c).await)
}

impl From<&SigningKey> for SigningKeyRow {
    fn from(key: &SigningKey) -> Self {
        Self {
            kid: key.id.as_str().to_owned(),
            algorithm: key.algorithm.as_str().to_owned(),
            sealed_private_key: key.sealed_private_key.clone(),
            created_at: Instant(key.created_at),
            retired_at: key.retired_at.map(Instant),
            signs_from: Instant(key.signs_from),
            withdrawn_at: key.withdrawn_at.map(Instant),
        }
    }
}

impl TryFrom<SigningKeyRow> for SigningKey {
    type Error = StoreError;

    fn try_from(row: SigningKeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: KeyId::new(row.kid),
            algorithm: SignatureAlgorithm::from_name(&row.algorithm)
                .ok_or_else(|| corrupt("signing_keys.algorithm", "no algorithm of ours has this name"))?,
            sealed_private_key: row.sealed_private_key,
            created_at: row.created_at.0,
            signs_from: row.signs_from.0,
            retired_at: row.retired_at.map(|at| at.0),
            withdrawn_at: row.withdrawn_at.map(|at| at.0),
        })
    }
}
