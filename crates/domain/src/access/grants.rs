//! What somebody may do, and when that was so.

use super::{BuiltInRole, Permission, Permissions, RoleName};
use crate::accounts::UserId;

/// Counts the changes of what anybody may do here: a greater one is later. Stores hand out one after the other, each visible before
/// the next, so that whoever has read what somebody may do knows exactly which changes that includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct GrantsVersion(i64);

impl GrantsVersion {
    /// From a store, or a token.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }
}

/// Who has grants.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// One user.
    User(UserId),
    /// Everybody who holds a role.
    Role(RoleName),
}

/// The roles that somebody holds, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// Sorted.
    pub roles: Vec<RoleName>,
    /// Of all of them.
    pub permissions: Permissions,
    /// The last change that this includes, of the roles held or of one of these roles.
    pub version: GrantsVersion,
}

impl Grants {
    /// Nothing at all.
    #[must_use]
    pub fn none() -> Self {
        Self { roles: Vec::new(), permissions: Permissions::NONE, version: GrantsVersion::default() }
    }

    /// What everybody starts with: the role `user`, which permits nothing beyond one's own account.
    #[must_use]
    pub fn of_every_user() -> Self {
        Self { roles: vec![BuiltInRole::User.name()], ..Self::none() }
    }

    /// Whether the permission is among them.
    #[must_use]
    pub fn permit(&self, permission: Permission) -> bool {
        self.permissions.contain(permission)
    }

    /// Whether `permissions` can be given, or taken, or their holder be changed, by whoever has these: nobody hands out what they
    /// lack.
    #[must_use]
    pub fn cover(&self, permissions: Permissions) -> bool {
        permissions.without(self.permissions).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hands_out_what_they_lack() {
        let of = |role: BuiltInRole| Grants { permissions: role.permissions(), ..Grants::none() };
        assert!(of(BuiltInRole::Admin).cover(BuiltInRole::Auditor.permissions()));
        assert!(!of(BuiltInRole::Auditor).cover(BuiltInRole::Operator.permissions()));
        assert!(of(BuiltInRole::Operator).cover(Permissions::NONE));
        assert!(of(BuiltInRole::Operator).permit(Permission::AlertingRespond));
        assert!(!of(BuiltInRole::Operator).permit(Permission::UsersRead));
    }
}
