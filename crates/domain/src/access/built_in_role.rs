//! The roles that every installation has.

use super::{Permission, Permissions, RoleName};

/// A role that can be neither changed nor deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltInRole {
    /// May everything. There is always somebody active who holds it, once there was one.
    Admin,
    /// Keeps services running: objectives, rules, alerts.
    Operator,
    /// Sees everything and changes nothing.
    Auditor,
    /// What everybody starts with: one's own account and nothing else.
    User,
}

impl BuiltInRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Operator, Self::Auditor, Self::User];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::User => "user",
        }
    }

    /// The name as roles have it.
    ///
    /// # Panics
    /// Never: a test holds the names to the rules.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the names are constants, and a test reads them all")]
    pub fn name(self) -> RoleName {
        RoleName::parse(self.as_str()).expect("a built-in name follows the rules")
    }

    /// Whether that is the name of one.
    #[must_use]
    pub fn is_named(name: &RoleName) -> bool {
        Self::ALL.iter().any(|role| role.as_str() == name.as_str())
    }

    /// What it permits.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        use Permission as P;
        let granted: &[P] = match self {
            Self::Admin => Permission::ALL,
            Self::Operator => &[P::AlertingRead, P::AlertingWrite, P::AlertingRespond],
            Self::Auditor => &[P::UsersRead, P::RolesRead, P::AuditRead, P::JobsRead, P::AlertingRead],
            Self::User => &[],
        };
        granted.iter().copied().collect()
    }

    /// What it is for.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Admin => "May everything.",
            Self::Operator => "Keeps services running: objectives, rules, alerts.",
            Self::Auditor => "Sees everything and changes nothing.",
            Self::User => "One's own account, and nothing else.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_follows_the_rules() {
        for role in BuiltInRole::ALL {
            assert!(BuiltInRole::is_named(&role.name()));
        }
        assert!(!BuiltInRole::is_named(&RoleName::parse("support").unwrap()));
    }

    #[test]
    fn admins_may_everything_and_auditors_change_nothing() {
        assert_eq!(BuiltInRole::Admin.permissions(), Permissions::all());
        assert!(BuiltInRole::Auditor.permissions().iter().all(|permission| permission.as_str().ends_with(":read")));
        assert!(BuiltInRole::User.permissions().is_empty());
    }
}
