//! Using refresh tokens up.

use super::TABLE;
use super::row::{SessionRow, name};
use crate::accounts::UserRow;
use crate::connections::{Connection, Pools};
use crate::schema::{sessions, users};
use crate::statements::{Prepared, WithChanged};
use crate::transaction::DieselUnitOfWork;
use crate::types::{Id, Instant, SqlInstant};
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{Renewal, RenewedSession, SessionRenewals, StoreError};
use threshold_domain::sessions::SessionKind;

/// Uses refresh tokens up in either database.
pub(crate) struct DieselSessionRenewals {
    pub(crate) pools: Arc<Pools>,
    pub(crate) unit_of_work: DieselUnitOfWork,
}

#[async_trait]
impl SessionRenewals for DieselSessionRenewals {
    async fn renew(&self, renewal: &(dyn Fn() -> Renewal + Send + Sync)) -> Result<Option<RenewedSession>, StoreError> {
        let renewed = match &*self.pools {
            // The second of two tries finds another proof, and changes nothing.
            Pools::Postgres(_) => self.pools.change(TABLE, |connection| renew(connection, renewal()).boxed()).await?,
            // It may wait for the disk and for other processes, which transactions do on a thread of their own.
            Pools::Sqlite { .. } => {
                let mut tx = self.unit_of_work.open().await?;
                let renewed = renew(tx.connection(), renewal()).await;
                let renewed = tx.settle(TABLE, renewed)?;
                tx.finish().await?;
                renewed
            }
        };
        let Some((session, user)) = renewed else { return Ok(None) };
        let (user, grants) = user.with_grants()?;
        Ok(Some(RenewedSession { session: session.try_into()?, grants, user }))
    }
}

/// The change of a row; type-checked for each database.
macro_rules! change {
    ($renewal:expr) => {
        diesel::update(sessions::table.find(Id($renewal.session.as_uuid())))
            .filter(sessions::secret_digest.eq($renewal.used.as_bytes().as_slice()))
            .filter(sessions::kind.eq(name(SessionKind::Tokens)))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::idle_until.gt(Instant($renewal.proof.renewed_at)))
            .set((
                sessions::last_seen_at.eq(Instant($renewal.proof.renewed_at)),
                sessions::idle_until.eq(case_when(
                    sessions::expires_at.lt(Instant($renewal.idle_until)),
                    sessions::expires_at,
                )
                .otherwise(Instant($renewal.idle_until).into_sql::<SqlInstant>())),
                sessions::secret_digest.eq($renewal.proof.digest.as_bytes().as_slice()),
                sessions::generation.eq(i64::from($renewal.proof.generation)),
                sessions::renewed_at.eq(Instant($renewal.proof.renewed_at)),
            ))
            .returning(SessionRow::as_returning())
    };
}

async fn renew(connection: &mut Connection, renewal: Renewal) -> QueryResult<Option<(SessionRow, UserRow)>> {
    match connection {
        Connection::Postgres(link) => {
            let changed = sessions::table.inner_join(users::table).filter(users::deleted_at.is_null());
            let query = WithChanged {
                table: TABLE,
                change: change!(renewal),
                query: changed.select((SessionRow::as_select(), UserRow::as_select())),
            };
            Prepared(query).get_result(&mut **link).await.optional()
        }
        Connection::Sqlite(link) => {
            let session: Option<SessionRow> = Prepared(change!(renewal)).get_result(&mut **link).await.optional()?;
            let Some(session) = session else { return Ok(None) };
            let user = users::table
                .find(session.user_id())
                .filter(users::deleted_at.is_null())
                .select(UserRow::as_select())
                .get_result(&mut **link)
                .await
                .optional()?;
            Ok(user.map(|user| (session, user)))
        }
    }
}
