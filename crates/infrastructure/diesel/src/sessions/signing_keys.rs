//! The keys that sign access tokens.

use crate::connections::{Connection, Pools};
use crate::failures::corrupt;
use crate::schema::signing_keys;
use crate::transaction::DieselUnitOfWork;
use crate::types::Instant;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{SigningKeyRepository, StoreError};
use threshold_domain::sessions::{KeyId, SignatureAlgorithm, SigningKey};

const TABLE: &str = "signing_keys";

/// Keeps signing keys in either database.
pub(crate) struct DieselSigningKeys {
    pub(crate) pools: Arc<Pools>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
struct SigningKeyRow {
    kid: String,
    algorithm: String,
    sealed_private_key: Vec<u8>,
    created_at: Instant,
    retired_at: Option<Instant>,
}

#[async_trait]
impl SigningKeyRepository for DieselSigningKeys {
    async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        let rows = self.pools.read(TABLE, |connection| list(connection).boxed()).await?;
        rows.into_iter().map(SigningKey::try_from).collect()
    }

    async fn insert(&self, key: &SigningKey) -> Result<(), StoreError> {
        let row = SigningKeyRow::from(key);
        let mut transaction = DieselUnitOfWork { pools: Arc::clone(&self.pools) }.open().await?;
        let inserted = insert(transaction.connection(), &row).await;
        transaction.settle(TABLE, inserted)?;
        transaction.finish().await
    }
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
            retired_at: row.retired_at.map(|at| at.0),
        })
    }
}
