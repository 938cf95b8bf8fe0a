//! Access: roles, permissions, API keys, and what somebody may do.

mod api_key;
mod api_key_secret;
mod built_in_role;
mod grants;
mod permission;
mod permissions;
mod principal;
mod role;
mod role_name;

pub use api_key::{ApiKey, ApiKeyId, ApiKeyName, ApiKeyStanding};
pub use api_key_secret::{ApiKeyPrefix, ApiKeySecret};
pub use built_in_role::BuiltInRole;
pub use grants::{Grants, GrantsVersion, Holder};
pub use permission::Permission;
pub use permissions::Permissions;
pub use principal::Principal;
pub use role::{Role, RoleDescription};
pub use role_name::RoleName;
