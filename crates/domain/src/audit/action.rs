//! What can happen that is worth a record.

use std::fmt;

/// Makes [`AuditAction`] from one list: variant, name, what has happened.
macro_rules! catalogue {
    ($($variant:ident $name:literal $description:literal;)*) => {
        /// What has happened, by the names of the OWASP Logging Vocabulary where it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditAction {
            $(#[doc = $description] $variant,)*
        }

        impl AuditAction {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name, as records and clients use it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What has happened, for people.
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
    LoginSucceeded "authn_login_success" "Somebody has signed in.";
    LoginFailed "authn_login_fail" "Somebody could not prove who they are, or may not sign in.";
    LoginsExhausted "authn_login_fail_max" "There were too many failures: for a while nobody may try that name from there.";
    PasswordChanged "authn_password_change" "A password was replaced.";
    PasswordChangeFailed "authn_password_change_fail" "Somebody who wanted to replace a password did not know the present one.";
    PasswordResetRequested "authn_password_reset_request" "Somebody has asked for a link that replaces a password.";
    TokenCreated "authn_token_created" "A key for a machine was made.";
    TokenRevoked "authn_token_revoked" "Sessions, or a key for a machine, were ended.";
    TokenReused "authn_token_reuse" "A refresh token was used twice: somebody has a copy, so its session was ended.";
    PermissionDenied "authz_fail" "Somebody wanted what they have no permission for.";
    RolesChanged "authz_change" "The roles of a user were changed.";
    AdminActed "authz_admin" "An administrator has done something that has no name of its own; `event` says what.";
    PermissionsChanged "privilege_permissions_changed" "The permissions of a role were changed.";
    UserCreated "user_created" "An account was made.";
    RegistrationRefused "user_create_fail" "Somebody wanted to register with an address that an account has, and was answered as if it were a new one.";
    UserUpdated "user_updated" "An account was changed; `fields` says what of it.";
    UserArchived "user_archived" "An account was deleted: it can be restored until its retention is over.";
    UserRestored "user_restored" "A deleted account was brought back.";
    UserDeleted "user_deleted" "A deleted account was erased for good.";
    UsersExported "sensitive_read" "Users were written into a file; `password_hashes` says whether with those.";
    Started "sys_startup" "An instance of the service has started.";
    Stopped "sys_shutdown" "An instance of the service has stopped, as it was told to.";
    SettingsChanged "sys_settings_changed" "An instance has started with other settings than the one before; `settings` says which.";
    KeyRotated "sys_key_rotated" "There is a new key that signs access tokens.";
    KeyRetired "sys_key_retired" "A key that signs access tokens is not used any more.";
    AuditErased "sys_audit_erased" "Records were erased because their retention is over.";
}

impl AuditAction {
    /// The action of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name)
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own_and_says_what_has_happened() {
        for action in AuditAction::ALL.iter().copied() {
            assert_eq!(AuditAction::from_name(action.as_str()), Some(action));
            assert!(action.description().ends_with('.'), "{action}");
        }
        assert_eq!(AuditAction::from_name("authn"), None);
    }
}
