//! Sessions in memory.

use super::super::lock;
use super::{InMemoryStore, Tables};
use async_trait::async_trait;
use std::cmp::Reverse;
use threshold_application::ports::{
    EndedSession, FoundSession, GrantsChange, Renewal, RenewedSession, SessionReader, SessionRenewals,
    SessionRepository, StoreError, Uniqueness,
};
use threshold_domain::Timestamp;
use threshold_domain::access::Holder;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{Session, SessionId, SessionKind};

fn end(session: &mut Session, at: Timestamp) {
    session.ended_at = Some(at);
    session.idle_until = session.idle_until.min(at);
}

impl Tables {
    fn open_of(&self, user: UserId, now: Timestamp) -> Vec<Session> {
        let open = self.sessions.iter().filter(|session| session.user_id == user && session.is_open(now));
        let mut open: Vec<_> = open.cloned().collect();
        open.sort_by_key(|session| Reverse((session.last_seen_at, session.id)));
        open
    }
}

#[async_trait]
impl SessionRepository for Tables {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        if self.sessions.iter().any(|other| other.id == session.id) {
            return Err(StoreError::NotUnique(Uniqueness::Id));
        }
        self.sessions.push(session.clone());
        Ok(())
    }

    async fn lock(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.sessions.iter().find(|session| session.id == id).cloned())
    }

    async fn update(&mut self, session: &Session) -> Result<(), StoreError> {
        if let Some(stored) = self.sessions.iter_mut().find(|stored| stored.id == session.id) {
            stored.proof.clone_from(&session.proof);
            stored.last_seen_at = session.last_seen_at;
            stored.idle_until = session.idle_until;
        }
        Ok(())
    }

    async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<bool, StoreError> {
        let session = self.sessions.iter_mut().find(|session| session.id == id && session.ended_at.is_none());
        Ok(session.map(|session| end(session, at)).is_some())
    }

    async fn end_all(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let goes =
            |session: &Session| session.user_id == user && session.ended_at.is_none() && Some(session.id) != except;
        let mut ended = Vec::new();
        for session in self.sessions.iter_mut().filter(|session| goes(session)) {
            end(session, at);
            ended.push(session.id);
        }
        Ok(ended)
    }

    async fn end_oldest(&mut self, user: UserId, keep: u32, at: Timestamp) -> Result<Vec<SessionId>, StoreError> {
        let open = self.open_of(user, at);
        let ended: Vec<_> = open.iter().skip(usize::try_from(keep).unwrap_or(usize::MAX)).map(|one| one.id).collect();
        for id in &ended {
            self.end(*id, at).await?;
        }
        Ok(ended)
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let mut purged = 0;
        self.sessions.retain(|session| {
            let goes = session.idle_until < before && purged < at_most;
            purged += u32::from(goes);
            !goes
        });
        Ok(purged)
    }
}

#[async_trait]
impl SessionReader for InMemoryStore {
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError> {
        let tables = lock(&self.committed);
        let ended = tables.sessions.iter().filter_map(|session| {
            let ended_at = session.ended_at.filter(|at| *at >= since)?;
            Some(EndedSession { id: session.id, ended_at })
        });
        Ok(ended.collect())
    }

    async fn grants_changed_since(&self, since: Timestamp) -> Result<Vec<GrantsChange>, StoreError> {
        let tables = lock(&self.committed);
        Ok(tables.grants_changes.iter().filter(|change| change.at >= since).cloned().collect())
    }

    async fn find(&self, id: SessionId) -> Result<Option<FoundSession>, StoreError> {
        let tables = lock(&self.committed);
        let Some(session) = tables.sessions.iter().find(|session| session.id == id).cloned() else { return Ok(None) };
        let changed = tables.last_change(&Holder::User(session.user_id));
        let grants_changed_at = changed.map(|change| change.at);
        Ok(Some(FoundSession { grants: tables.grants_of(session.user_id), grants_changed_at, session }))
    }

    async fn open_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        Ok(lock(&self.committed).open_of(user, now))
    }
}

#[async_trait]
impl SessionRenewals for InMemoryStore {
    async fn renew(&self, renewal: &(dyn Fn() -> Renewal + Send + Sync)) -> Result<Option<RenewedSession>, StoreError> {
        let _writing = self.writing.lock().await;
        let renewal = renewal();
        let mut tables = lock(&self.committed);
        let now = renewal.proof.renewed_at;
        let is_meant = |session: &&mut Session| {
            session.id == renewal.session
                && session.request.kind == SessionKind::Tokens
                && session.is_open(now)
                && session.proof.digest == renewal.used
        };
        let Some(session) = tables.sessions.iter_mut().find(is_meant) else { return Ok(None) };
        session.proof.clone_from(&renewal.proof);
        session.last_seen_at = now;
        session.idle_until = session.expires_at.min(renewal.idle_until);
        let session = session.clone();
        let user = tables.users.iter().map(|one| &one.user).find(|user| user.id == session.user_id).cloned();
        let Some(user) = user.filter(|user| user.deleted_at.is_none()) else { return Ok(None) };
        Ok(Some(RenewedSession { grants: tables.grants_of(user.id), session, user }))
    }
}
