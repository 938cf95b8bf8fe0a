//! Filling an installation with users to try it with.

use super::demo_data::DemoData;
use crate::ports::{Clock, HashingError, Intake, PasswordHasher, StoreError, Transaction, Uniqueness, UnitOfWork};
use std::sync::Arc;
use threshold_domain::access::{Role, RoleName};
use threshold_domain::accounts::{Credentials, ImportedUser, PasswordHash, PasswordVersion, User, Username};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::{Refusal, Timestamp};

/// Adds the demo data, all of it or nothing. What is there already stays as it is, whatever has become of it.
pub struct SeedDemo {
    /// Hashes the one password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Stores everything.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates the deletion and the records.
    pub clock: Arc<dyn Clock>,
}

/// What was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// How many users.
    pub users: usize,
    /// Whether the role.
    pub role: bool,
}

/// Why nothing was added.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Others have names that the demo data needs.
    #[error("others have {}: nothing was changed; give them other names, or use another database", .0.join(", "))]
    Taken(Vec<String>),
    /// The demo data breaks a rule, which tests rule out.
    #[error("the demo data breaks a rule")]
    Data(#[from] Refusal),
    /// The password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SeedDemo {
    /// Adds what isn't there; run again it adds nothing.
    ///
    /// # Errors
    /// See [`SeedError`].
    pub async fn execute(&self) -> Result<Seeded, SeedError> {
        let now = self.clock.now();
        let data = DemoData::new(now)?;
        let hash = self.hasher.hash(DemoData::password()?).await?;
        let mut tx = self.unit_of_work.begin().await?;
        // Whoever changes or deletes a role meanwhile waits.
        tx.grants().next_version().await?;
        let mut taken = Vec::new();
        let role = add_role(tx.as_mut(), &data.role, now, &mut taken).await?;
        let users = add_users(tx.as_mut(), &data, &hash, now, &mut taken).await?;
        if !taken.is_empty() {
            return Err(SeedError::Taken(taken));
        }
        let seeded = Seeded { users, role };
        if seeded != (Seeded { users: 0, role: false }) {
            tx.commit().await?;
        }
        Ok(seeded)
    }
}

/// Adds the role, and answers whether it wasn't there. Another one of that name goes to `taken`.
async fn add_role(
    tx: &mut dyn Transaction,
    role: &Role,
    now: Timestamp,
    taken: &mut Vec<String>,
) -> Result<bool, StoreError> {
    if let Some(other) = tx.roles().lock(&role.name).await? {
        // Nobody else's was made at that very moment.
        if other.created_at != role.created_at {
            taken.push(format!("the role {}", role.name.as_str()));
        }
        return Ok(false);
    }
    tx.roles().insert(role).await?;
    let made = AuditEvent::new(AuditAction::AdminActed, &Initiator::operator(), now);
    tx.audit().record(made.on(Subject::Role(role.name.clone())).with("event", "role_seeded"));
    Ok(true)
}

/// Adds the users who aren't there, and answers how many. Names that others have go to `taken`.
async fn add_users(
    tx: &mut dyn Transaction,
    data: &DemoData,
    hash: &PasswordHash,
    now: Timestamp,
    taken: &mut Vec<String>,
) -> Result<usize, StoreError> {
    let wanted: Vec<_> = data.users.iter().map(|user| imported(user, data, hash)).collect();
    let intakes = tx.intake().add_all(&wanted).await?;
    let mut added = 0;
    for (user, intake) in data.users.iter().zip(intakes) {
        match intake {
            Intake::Added => {
                finish(tx, user, now).await?;
                added += 1;
            }
            Intake::Taken { holder, .. } if holder.user.id == user.id => {}
            Intake::Taken { rule, .. } => taken.push(name(rule, user)),
        }
    }
    Ok(added)
}

/// The user as the intake takes them.
fn imported(user: &User, data: &DemoData, hash: &PasswordHash) -> ImportedUser {
    let password_hash = (!data.invited.contains(&user.id)).then(|| hash.clone());
    let user = User { pending_email: None, deleted_at: None, ..user.clone() };
    ImportedUser {
        credentials: Credentials { user, password_hash, password_version: PasswordVersion::default() },
        names_id: true,
    }
}

/// Brings a user who was taken in to what an intake doesn't know, and records them.
async fn finish(tx: &mut dyn Transaction, user: &User, now: Timestamp) -> Result<(), StoreError> {
    if user.pending_email.is_some() || user.deleted_at.is_some() {
        tx.users().lock(user.id).await?;
        tx.users().update(user).await?;
    }
    let names: Vec<_> = user.roles.iter().map(RoleName::as_str).collect();
    let made = AuditEvent::new(AuditAction::UserCreated, &Initiator::operator(), now).on(Subject::User(user.id));
    tx.audit().record(made.with("event", "seeded").with("roles", names.join(" ")));
    Ok(())
}

/// What of `user` somebody else has.
fn name(rule: Uniqueness, user: &User) -> String {
    match rule {
        Uniqueness::Email => format!("the address {}", user.email.as_str()),
        Uniqueness::Username => format!("the username {}", user.username.as_ref().map_or("", Username::as_str)),
        Uniqueness::Id | Uniqueness::SigningKey => format!("the id {}", user.id),
    }
}
