//! What can be permitted.

use std::fmt;

/// Makes [`Permission`] from one list: variant, name, what it allows.
macro_rules! catalogue {
    ($($variant:ident $name:literal $description:literal;)*) => {
        /// Something that not everybody may do. The catalogue is closed: whoever asks for a permission asks for one of these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $(#[doc = $description] $variant,)*
        }

        impl Permission {
            /// All of them, in the order of their names' subjects.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name, as tokens, stores and clients use it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What it allows, for people.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description,)*
                }
            }
        }
    };
}

catalogue! {
    UsersRead "users:read" "See all users.";
    UsersWrite "users:write" "Make users, change and suspend them, and end their sessions.";
    UsersDelete "users:delete" "Delete users, and bring deleted ones back.";
    RolesRead "roles:read" "See roles and permissions.";
    RolesWrite "roles:write" "Make, change and delete roles.";
    RolesAssign "roles:assign" "Give roles to users, and take them away.";
    ApiKeysWrite "api-keys:write" "See, make and revoke keys for machines.";
    AuditRead "audit:read" "See who did what.";
    JobsRead "jobs:read" "See background work.";
    JobsWrite "jobs:write" "Have background work done again, or not at all.";
    AlertingRead "alerting:read" "See objectives, rules, alerts and their deliveries.";
    AlertingWrite "alerting:write" "Change objectives, rules, channels and policies.";
    AlertingRespond "alerting:respond" "Acknowledge and silence alerts.";
}

impl Permission {
    /// The permission of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == name)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_a_name_of_its_own_and_says_what_it_allows() {
        for permission in Permission::ALL.iter().copied() {
            assert_eq!(Permission::from_name(permission.as_str()), Some(permission));
            assert!(permission.description().ends_with('.'), "{permission}");
        }
        assert_eq!(Permission::from_name("users:*"), None);
    }
}
