//! Roles, permissions and API keys over HTTP.

mod api_key_view;
mod create_api_key;
mod create_role;
mod delete_role;
mod list_api_keys;
mod list_permissions;
mod list_roles;
mod revoke_api_key;
mod role_view;
mod show_api_key;
mod show_role;
mod update_role;

pub(crate) use api_key_view::ApiKeyView;
pub(crate) use create_api_key::{
    __path_create_api_key as CreateApiKeyPath, CreateApiKeyRequest, CreatedApiKeyView, create_api_key,
};
pub(crate) use create_role::{__path_create_role as CreateRolePath, CreateRoleRequest, create_role};
pub(crate) use delete_role::{__path_delete_role as DeleteRolePath, delete_role};
pub(crate) use list_api_keys::{__path_list_api_keys as ListApiKeysPath, list_api_keys};
pub(crate) use list_permissions::{__path_list_permissions as ListPermissionsPath, PermissionView, list_permissions};
pub(crate) use list_roles::{__path_list_roles as ListRolesPath, list_roles};
pub(crate) use revoke_api_key::{__path_revoke_api_key as RevokeApiKeyPath, revoke_api_key};
pub(crate) use role_view::RoleView;
pub(crate) use show_api_key::{__path_show_api_key as ShowApiKeyPath, show_api_key};
pub(crate) use show_role::{__path_show_role as ShowRolePath, show_role};
pub(crate) use update_role::{__path_update_role as UpdateRolePath, UpdateRoleRequest, update_role};
