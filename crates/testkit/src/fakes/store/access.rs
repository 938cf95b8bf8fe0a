//! Roles in memory, and who holds them.

use super::super::lock;
use super::audit::AuditTables;
use super::{InMemoryStore, Tables};
use async_trait::async_trait;
use threshold_application::ports::{GrantRepository, GrantsChange, RoleReader, RoleRepository, StoreError, Uniqueness};
use threshold_domain::Timestamp;
use threshold_domain::access::{
    BuiltInRole, Grants, GrantsVersion, Holder, Permissions, Role, RoleDescription, RoleName,
};
use threshold_domain::accounts::{Standing, UserId};

impl Default for Tables {
    /// With the built-in roles, as the migrations leave them.
    fn default() -> Self {
        let role = |role: BuiltInRole| {
            let description = RoleDescription::parse(role.description()).unwrap_or_default();
            Role::new(role.name(), description, Permissions::NONE, Timestamp::UNIX_EPOCH)
        };
        Self {
            users: Vec::new(),
            roles: BuiltInRole::ALL.map(role).to_vec(),
            last_grants_version: 0,
            grants_changes: Vec::new(),
            api_keys: Vec::new(),
            sessions: Vec::new(),
            attempts: Vec::new(),
            signing_keys: Vec::new(),
            jobs: Vec::new(),
            ticks: Vec::new(),
            links: Vec::new(),
            audit: AuditTables::default(),
        }
    }
}

impl Tables {
    pub(super) fn check_roles(&self, roles: &[RoleName]) -> Result<(), StoreError> {
        if roles.iter().all(|name| self.roles.iter().any(|role| role.name == *name)) {
            return Ok(());
        }
        Err(StoreError::Corrupt { place: "user_roles", source: "no such role".into() })
    }

    pub(super) fn last_change(&self, holder: &Holder) -> Option<&GrantsChange> {
        self.grants_changes.iter().rfind(|change| change.holder == *holder)
    }

    pub(super) fn grants_of(&self, user: UserId) -> Grants {
        let living = self.users.iter().map(|one| &one.user).find(|one| one.id == user && one.deleted_at.is_none());
        let Some(user) = living else { return Grants::none() };
        let held = self.roles.iter().filter(|role| user.roles.contains(&role.name));
        let holders = user.roles.iter().cloned().map(Holder::Role).chain([Holder::User(user.id)]);
        let mut roles = user.roles.clone();
        roles.sort_unstable();
        Grants {
            roles,
            permissions: held.fold(Permissions::NONE, |all, role| all.with(role.permissions)),
            version: holders
                .filter_map(|holder| self.last_change(&holder))
                .map(|change| change.version)
                .max()
                .unwrap_or_default(),
        }
    }

    fn note_change(&mut self, change: GrantsChange) {
        self.grants_changes.retain(|other| other.holder != change.holder);
        self.grants_changes.push(change);
    }
}

#[async_trait]
impl RoleReader for InMemoryStore {
    async fn list(&self) -> Result<Vec<Role>, StoreError> {
        let mut roles = lock(&self.committed).roles.clone();
        roles.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(roles)
    }

    async fn find(&self, name: &RoleName) -> Result<Option<Role>, StoreError> {
        Ok(lock(&self.committed).roles.iter().find(|role| role.name == *name).cloned())
    }
}

#[async_trait]
impl RoleRepository for Tables {
    async fn learn_permissions(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn insert(&mut self, role: &Role) -> Result<(), StoreError> {
        if self.roles.iter().any(|other| other.name == role.name) {
            return Err(StoreError::NotUnique(Uniqueness::Id));
        }
        self.roles.push(role.clone());
        Ok(())
    }

    async fn lock(&mut self, name: &RoleName) -> Result<Option<Role>, StoreError> {
        Ok(self.roles.iter().find(|role| role.name == *name).cloned())
    }

    async fn update(&mut self, role: &Role, version: GrantsVersion) -> Result<(), StoreError> {
        if let Some(stored) = self.roles.iter_mut().find(|stored| stored.name == role.name) {
            *stored = role.clone();
        }
        self.note_change(GrantsChange { holder: Holder::Role(role.name.clone()), version, at: role.updated_at });
        Ok(())
    }

    async fn delete(&mut self, name: &RoleName) -> Result<bool, StoreError> {
        let is_there = self.roles.iter().any(|role| role.name == *name);
        if !is_there || self.users.iter().any(|one| one.user.roles.contains(name)) {
            return Ok(false);
        }
        self.roles.retain(|role| role.name != *name);
        Ok(true)
    }
}

#[async_trait]
impl GrantRepository for Tables {
    async fn next_version(&mut self) -> Result<GrantsVersion, StoreError> {
        self.last_grants_version += 1;
        Ok(GrantsVersion::new(self.last_grants_version))
    }

    async fn of(&mut self, user: UserId) -> Result<Grants, StoreError> {
        Ok(self.grants_of(user))
    }

    async fn set_roles(&mut self, user: UserId, roles: &[RoleName]) -> Result<(), StoreError> {
        self.check_roles(roles)?;
        if let Some(one) = self.users.iter_mut().find(|one| one.user.id == user) {
            one.user.roles = roles.to_vec();
            one.user.roles.sort_unstable();
        }
        Ok(())
    }

    async fn mark_changed(&mut self, user: UserId, version: GrantsVersion, at: Timestamp) -> Result<(), StoreError> {
        self.note_change(GrantsChange { holder: Holder::User(user), version, at });
        Ok(())
    }

    async fn active_holders(&mut self, role: &RoleName) -> Result<u64, StoreError> {
        let users = self.users.iter().filter(|one| one.password_hash.is_some()).map(|one| &one.user);
        let active = users.filter(|user| user.deleted_at.is_none() && user.standing != Standing::Suspended);
        Ok(active.filter(|user| user.roles.contains(role)).map(|_user| 1).sum())
    }

    async fn holders(&mut self, role: &RoleName) -> Result<u64, StoreError> {
        Ok(self.users.iter().filter(|one| one.user.roles.contains(role)).map(|_user| 1).sum())
    }
}
