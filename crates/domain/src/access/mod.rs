//! Access: roles, permissions, and what somebody may do.

mod built_in_role;
mod grants;
mod permission;
mod permissions;
mod role;
mod role_name;

pub use built_in_role::BuiltInRole;
pub use grants::{Grants, GrantsVersion, Holder};
pub use permission::Permission;
pub use permissions::Permissions;
pub use role::{Role, RoleDescription};
pub use role_name::RoleName;
