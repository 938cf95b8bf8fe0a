//! A role as clients see it.

use crate::problem::{Code, FieldError, Problem};
use crate::request::{Members, Noted};
use serde::Serialize;
use threshold_domain::access::{Permission, Permissions, Role, RoleName};
use utoipa::ToSchema;

/// A named set of permissions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct RoleView {
    #[schema(example = "support")]
    name: String,
    description: String,
    /// The names of what it permits.
    permissions: Vec<&'static str>,
    /// Whether it can be neither changed nor deleted.
    built_in: bool,
}

impl From<&Role> for RoleView {
    fn from(role: &Role) -> Self {
        Self {
            name: role.name.as_str().to_owned(),
            description: role.description.as_str().to_owned(),
            permissions: role.permissions.iter().map(Permission::as_str).collect(),
            built_in: role.is_built_in(),
        }
    }
}

/// The name in a path; a name that no role can have is that of none.
pub(super) fn name_in_path(text: &str) -> Result<RoleName, Problem> {
    RoleName::parse(text).map_err(|_no_name| Problem::new(Code::RoleNotFound))
}

/// The permissions of a body; `None` where the member is absent.
pub(super) fn permissions(members: &mut Members) -> Result<Option<Permissions>, Noted> {
    let Some(names) = members.texts("permissions")? else { return Ok(None) };
    let known: Option<Permissions> = names.iter().map(|name| Permission::from_name(name)).collect();
    known.map(Some).ok_or_else(|| {
        let message = "One of these is no permission; all of them are listed at /api/v1/admin/permissions.";
        members.fault(FieldError::new("permissions", "unknown-permission", message))
    })
}

/// The permissions of a body that must have them.
pub(super) fn required_permissions(members: &mut Members) -> Result<Permissions, Noted> {
    permissions(members)?.ok_or_else(|| members.fault(FieldError::required("permissions")))
}
