//! Roles.

use super::{BuiltInRole, Permissions, RoleName};
use crate::{Refusal, RefusalCode, Timestamp};

const MAX_DESCRIPTION: usize = 200;

/// What a role is for: up to 200 characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleDescription(String);

impl RoleDescription {
    /// Reads a description.
    ///
    /// # Errors
    /// `too-long`, `invalid-character`.
    pub fn parse(entered: &str) -> Result<Self, Refusal> {
        if entered.chars().any(char::is_control) {
            return Err(Refusal::new(RefusalCode::InvalidCharacter, "A description holds no control characters."));
        }
        if entered.chars().count() > MAX_DESCRIPTION {
            return Err(Refusal::new(RefusalCode::TooLong, "A description has at most 200 characters."));
        }
        Ok(Self(entered.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A named set of permissions that users can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Names it, for good.
    pub name: RoleName,
    /// What it is for.
    pub description: RoleDescription,
    /// What whoever holds it may do.
    pub permissions: Permissions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1.
    pub version: i64,
}

impl Role {
    /// A new role.
    #[must_use]
    pub fn new(name: RoleName, description: RoleDescription, permissions: Permissions, now: Timestamp) -> Self {
        Self { name, description, permissions, created_at: now, updated_at: now, version: 1 }
    }

    /// Whether it can be neither changed nor deleted.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        BuiltInRole::is_named(&self.name)
    }

    /// The role with another description and other permissions; a new version if either is other than before.
    #[must_use]
    pub fn changed(
        &self,
        description: Option<RoleDescription>,
        permissions: Option<Permissions>,
        now: Timestamp,
    ) -> Self {
        let description = description.unwrap_or_else(|| self.description.clone());
        let permissions = permissions.unwrap_or(self.permissions);
        if (&description, permissions) == (&self.description, self.permissions) {
            return self.clone();
        }
        Self { description, permissions, updated_at: now, version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Permission;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    #[test]
    fn only_a_real_change_is_a_new_version() {
        let name = RoleName::parse("support").unwrap();
        let role = Role::new(name, RoleDescription::default(), Permissions::NONE, at(0));
        let read: Permissions = [Permission::UsersRead].into_iter().collect();
        assert_eq!(role.changed(Some(RoleDescription::default()), None, at(5)), role);
        let changed = role.changed(None, Some(read), at(5));
        assert_eq!(changed, Role { permissions: read, updated_at: at(5), version: 2, ..role });
        assert!(!changed.is_built_in());
    }

    #[test]
    fn descriptions_are_short_and_printable() {
        assert!(RoleDescription::parse(&"ß".repeat(200)).is_ok());
        assert_eq!(RoleDescription::parse(&"ß".repeat(201)).unwrap_err().code(), RefusalCode::TooLong);
        assert_eq!(RoleDescription::parse("a\nb").unwrap_err().code(), RefusalCode::InvalidCharacter);
    }
}
