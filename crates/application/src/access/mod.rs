//! Access: roles, what they permit, and who holds them.

mod change_roles;
mod list_roles;
mod synchronise_access;

pub use change_roles::{ChangeRoles, ChangeRolesError, RoleChanges};
pub use list_roles::{ListRoles, ListRolesError};
pub use synchronise_access::SynchroniseAccess;
