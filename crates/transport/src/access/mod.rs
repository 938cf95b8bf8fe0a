//! Roles and permissions over HTTP.

mod create_role;
mod delete_role;
mod list_permissions;
mod list_roles;
mod role_view;
mod show_role;
mod update_role;

pub(crate) use create_role::{__path_create_role as CreateRolePath, CreateRoleRequest, create_role};
pub(crate) use delete_role::{__path_delete_role as DeleteRolePath, delete_role};
pub(crate) use list_permissions::{__path_list_permissions as ListPermissionsPath, PermissionView, list_permissions};
pub(crate) use list_roles::{__path_list_roles as ListRolesPath, list_roles};
pub(crate) use role_view::RoleView;
pub(crate) use show_role::{__path_show_role as ShowRolePath, show_role};
pub(crate) use update_role::{__path_update_role as UpdateRolePath, UpdateRoleRequest, update_role};
