//! Reading sessions.

use super::TABLE;
use super::row::SessionRow;
use crate::access::GrantsRow;
use crate::connections::{Connection, Pools};
use crate::failures::corrupt;
use crate::schema::{roles, sessions, users};
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{EndedSession, FoundSession, GrantsChange, SessionReader, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, Holder, RoleName};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{Session, SessionId};

/// Reads sessions from either database.
pub(crate) struct DieselSessionReader {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl SessionReader for DieselSessionReader {
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError> {
        let since = Instant(since);
        let rows = self.pools.read(TABLE, |connection| ended_since(connection, since).boxed()).await?;
        let ended = |(id, at): (Id, Instant)| EndedSession { id: SessionId::new(id.0), ended_at: at.0 };
        Ok(rows.into_iter().map(ended).collect())
    }

    async fn grants_changed_since(&self, since: Timestamp) -> Result<Vec<GrantsChange>, StoreError> {
        let since = Instant(since);
        let users = self.pools.read("users", |connection| users_changed_since(connection, since).boxed()).await?;
        let roles = self.pools.read("roles", |connection| roles_changed_since(connection, since).boxed()).await?;
        let of_users = users.into_iter().map(|(id, version, at)| Ok((Holder::User(UserId::new(id.0)), version, at)));
        let of_roles = roles.into_iter().map(|(name, version, at)| {
            let name = RoleName::parse(&name).map_err(|refusal| corrupt("roles.name", refusal))?;
            Ok((Holder::Role(name), version, at))
        });
        let change = |(holder, version, at): (Holder, i64, Instant)| GrantsChange {
            holder,
            version: GrantsVersion::new(version),
            at: at.0,
        };
        of_users.chain(of_roles).map(|changed| changed.map(change)).collect()
    }

    async fn find(&self, id: SessionId) -> Result<Option<FoundSession>, StoreError> {
        let id = Id(id.as_uuid());
        let row = self.pools.read(TABLE, |connection| find(connection, id).boxed()).await?;
        let Some((session, grants, deleted_at, changed_at)) = row else { return Ok(None) };
        let grants = if deleted_at.is_some() { Grants::none() } else { grants.try_into()? };
        Ok(Some(FoundSession { session: session.try_into()?, grants, grants_changed_at: changed_at.map(|at| at.0) }))
    }

    async fn open_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let (user, now) = (Id(user.as_uuid()), Instant(now));
        let rows = self.pools.read(TABLE, |connection| open_of(connection, user, now, 0).boxed()).await?;
        rows.into_iter().map(Session::try_from).collect()
    }
}

async fn ended_since(connection: &mut Connection, since: Instant) -> QueryResult<Vec<(Id, Instant)>> {
    on!(connection, |c| sessions::table
        .filter(sessions::ended_at.ge(since))
        .select((sessions::id, sessions::ended_at.assume_not_null()))
        .load(c)
        .await)
}

async fn users_changed_since(connection: &mut Connection, since: Instant) -> QueryResult<Vec<(Id, i64, Instant)>> {
    on!(connection, |c| users::table
        .filter(users::grants_changed_at.ge(since))
        .select((users::id, users::grants_version, users::grants_changed_at.assume_not_null()))
        .load(c)
        .await)
}

async fn roles_changed_since(connection: &mut Connection, since: Instant) -> QueryResult<Vec<(String, i64, Instant)>> {
    on!(connection, |c| roles::table
        .filter(roles::grants_changed_at.ge(since))
        .select((roles::name, roles::grants_version, roles::grants_changed_at.assume_not_null()))
        .load(c)
        .await)
}

/// A session, what its user may do, when the user was deleted, and when their roles last changed.
type FoundRow = (SessionRow, GrantsRow, Option<Instant>, Option<Instant>);

async fn find(connection: &mut Connection, id: Id) -> QueryResult<Option<FoundRow>> {
    on!(connection, |c| sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id))
        .select((SessionRow::as_select(), GrantsRow::as_select(), users::deleted_at, users::grants_changed_at))
        .get_result(c)
        .await
        .optional())
}

/// The open sessions of a user but for the `skip` latest used.
pub(super) async fn open_of(
    connection: &mut Connection,
    user: Id,
    now: Instant,
    skip: u32,
) -> QueryResult<Vec<SessionRow>> {
    let rows: Vec<SessionRow> = on!(connection, |c| sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::idle_until.gt(now))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(c)
        .await)?;
    Ok(rows.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).collect())
}
