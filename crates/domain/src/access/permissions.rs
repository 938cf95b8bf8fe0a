//! Sets of permissions.

use super::Permission;
use std::fmt;

/// A set of permissions: one bit each, so that asking costs next to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Permissions(u64);

const _: () = assert!(Permission::ALL.len() <= 64, "a set has 64 bits");

impl Permissions {
    /// None.
    pub const NONE: Self = Self(0);

    /// All that there are.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether the permission is among them.
    #[must_use]
    pub fn contain(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// Those that are not among `others`.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Those of both.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each, in the order of the catalogue.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contain(*permission))
    }
}

/// The discriminant counts from 0, and there are fewer than 64.
const fn bit(permission: Permission) -> u64 {
    #[expect(clippy::as_conversions, reason = "the number of a variant without fields")]
    let number = permission as u8;
    1 << number
}

impl From<Permission> for Permissions {
    fn from(permission: Permission) -> Self {
        Self(bit(permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | bit(permission)))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::as_str)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_it_was_made_of() {
        let set: Permissions = [Permission::UsersRead, Permission::AlertingRespond].into_iter().collect();
        for permission in Permission::ALL.iter().copied() {
            let expected = [Permission::UsersRead, Permission::AlertingRespond].contains(&permission);
            assert_eq!(set.contain(permission), expected, "{permission}");
        }
        assert_eq!(format!("{set:?}"), r#"{"users:read", "alerting:respond"}"#);
    }

    #[test]
    fn sets_are_united_and_taken_apart() {
        let (read, write): (Permissions, Permissions) =
            ([Permission::UsersRead].into_iter().collect(), [Permission::UsersWrite].into_iter().collect());
        assert_eq!(read.with(write).without(read), write);
        assert!(read.without(Permissions::all()).is_empty());
        assert_eq!(Permissions::all().iter().count(), Permission::ALL.len());
    }
}
