//! Changing somebody else's account.

use crate::access::{Exceeds, Reach};
use crate::ports::{Clock, IdGenerator, News, StoreError, Transaction, Uniqueness, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::access::{BuiltInRole, GrantsVersion, Holder, Permission, RoleName};
use threshold_domain::accounts::{AccountChanges, LinkPurpose, Standing, User, UserId};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Notice};
use threshold_domain::{Precondition, Timestamp};

/// Changes accounts of others.
///
/// Nobody changes somebody who has a permission that they lack, nor gives them one, and the last active administrator stays one.
pub struct UpdateAccount {
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Has all instances know.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job that tells the former address.
    pub ids: Arc<dyn IdGenerator>,
}

/// Why an account is as it was.
#[derive(Debug, thiserror::Error)]
pub enum UpdateAccountError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// It has changed since its caller looked.
    #[error("the account has another version by now")]
    Changed,
    /// Somebody else has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// Somebody else has this username.
    #[error("the username is taken")]
    UsernameTaken,
    /// One of the roles isn't there.
    #[error("there is no role of that name")]
    UnknownRole(RoleName),
    /// The caller lacks a permission that the user has, or would have.
    #[error(transparent)]
    Exceeds(#[from] Exceeds),
    /// Nobody active would be an administrator any more.
    #[error("the last administrator stays one")]
    LastAdmin,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl UpdateAccount {
    /// Changes the account of `id` if `precondition` holds, and answers it as it is then. Who is suspended, or has another address, is
    /// signed out everywhere, and links that were mailed are void.
    ///
    /// # Errors
    /// See [`UpdateAccountError`].
    pub async fn execute(
        &self,
        initiator: &Initiator,
        id: UserId,
        changes: AccountChanges,
        precondition: &Precondition,
        language: Language,
    ) -> Result<User, UpdateAccountError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let version = if changes.touch_grants() { Some(tx.grants().next_version().await?) } else { None };
        let before = tx.users().lock(id).await?.ok_or(UpdateAccountError::NotFound)?;
        if !precondition.holds(before.version) {
            return Err(UpdateAccountError::Changed);
        }
        // As they are now, whatever tokens say, and before anything changes: nobody gives themselves what they lack.
        let reach = Reach::of(tx.as_mut(), initiator, Permission::UsersWrite, now).await?;
        reach.covers(tx.grants().of(id).await?.permissions)?;
        let mut after = changes.apply(&before, now);
        let is_elsewhere = after.email.as_str() != before.email.as_str();
        let is_invited = before.standing == Standing::Unverified && !tx.passwords().exists(id).await?;
        if is_elsewhere && is_invited {
            // Who was invited there proves the address by coming.
            (after.standing, after.email_verified_at) = (before.standing, None);
        }
        if after == before {
            return Ok(before);
        }
        let mut news = vec![News::UserChanged(id)];
        tx.users().update(&after).await?;
        if let Some(version) = version {
            news.extend(self.regrant(tx.as_mut(), &reach, &before, &after, version).await?);
        }
        if after.standing == Standing::Suspended || is_elsewhere {
            for purpose in LinkPurpose::ALL {
                tx.links().void(id, purpose, now).await?;
            }
            let ended = tx.sessions().end_all(id, None, now).await?;
            news.extend(ended.into_iter().map(|session| self.announcer.ended(session, now)));
        }
        if is_elsewhere {
            self.tell(tx.as_mut(), &before, &after, is_invited, language).await?;
        }
        for event in changed(initiator, &before, &after) {
            tx.audit().record(event);
        }
        tx.commit().await?;
        self.announcer.announce(&news).await;
        Ok(after)
    }

    /// What changes with roles and standing.
    async fn regrant(
        &self,
        tx: &mut dyn Transaction,
        reach: &Reach,
        before: &User,
        after: &User,
        version: GrantsVersion,
    ) -> Result<Option<News>, UpdateAccountError> {
        if (before.standing, &before.roles) == (after.standing, &after.roles) {
            return Ok(None);
        }
        if before.roles != after.roles {
            for name in &after.roles {
                let known = tx.roles().lock(name).await?;
                known.ok_or_else(|| UpdateAccountError::UnknownRole(name.clone()))?;
            }
            tx.grants().set_roles(after.id, &after.roles).await?;
            reach.covers(tx.grants().of(after.id).await?.permissions.with(Permission::RolesAssign.into()))?;
        }
        let admin = BuiltInRole::Admin.name();
        if before.roles.contains(&admin) && tx.grants().active_holders(&admin).await? == 0 {
            return Err(UpdateAccountError::LastAdmin);
        }
        tx.grants().mark_changed(after.id, version, after.updated_at).await?;
        Ok(Some(self.announcer.grants_changed(Holder::User(after.id), version, after.updated_at)))
    }

    /// Tells the former address of the new one; who is invited is so there.
    async fn tell(
        &self,
        tx: &mut dyn Transaction,
        before: &User,
        after: &User,
        is_invited: bool,
        language: Language,
    ) -> Result<(), StoreError> {
        let now: Timestamp = after.updated_at;
        let task = if is_invited {
            Task::SendLink { purpose: LinkPurpose::Invite, to: after.email.clone(), language }
        } else {
            let notice = Notice::EmailChanged { new_address: after.email.clone() };
            Task::SendNotice { notice, to: before.email.clone(), language }
        };
        tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await
    }
}

/// What is recorded of a change.
fn changed(initiator: &Initiator, before: &User, after: &User) -> Vec<AuditEvent> {
    let event = |action| AuditEvent::new(action, initiator, after.updated_at).on(Subject::User(after.id));
    let mut events = Vec::new();
    let fields: Vec<_> = before.differences(after).into_iter().filter(|field| *field != "roles").collect();
    if !fields.is_empty() {
        let updated = event(AuditAction::UserUpdated).with("fields", fields.join(" "));
        let has_turned = before.standing != after.standing;
        events.push(if has_turned { updated.with("status", after.standing.as_str()) } else { updated });
    }
    if before.roles != after.roles {
        let names = |roles: &[RoleName]| roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(" ");
        let reassigned = event(AuditAction::RolesChanged).with("from", names(&before.roles));
        events.push(reassigned.with("to", names(&after.roles)));
    }
    events
}

impl From<StoreError> for UpdateAccountError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(Uniqueness::Email) => Self::EmailTaken,
            StoreError::NotUnique(Uniqueness::Username) => Self::UsernameTaken,
            error @ (StoreError::NotUnique(_)
            | StoreError::Unavailable(_)
            | StoreError::Overloaded
            | StoreError::Corrupt { .. }) => Self::Store(error),
        }
    }
}
