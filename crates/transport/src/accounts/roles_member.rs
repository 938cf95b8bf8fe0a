//! The roles that somebody is to hold, in a body.

use crate::problem::{FieldError, Problem};
use crate::request::{Admitted, Members, Noted};
use threshold_domain::access::{Permission, RoleName};

/// The names of roles; `None` where the member is absent.
pub(super) fn roles(members: &mut Members) -> Result<Option<Vec<RoleName>>, Noted> {
    let Some(names) = members.texts("roles")? else { return Ok(None) };
    let roles: Result<Vec<_>, _> = names.iter().map(|name| RoleName::parse(name)).collect();
    roles.map(Some).map_err(|refusal| members.fault(FieldError::refused("roles", &refusal)))
}

/// Whether a caller may say which roles somebody holds, if they do.
pub(super) fn may_choose(caller: &Admitted, roles: Option<&Vec<RoleName>>) -> Result<(), Problem> {
    if roles.is_some() && !caller.0.permissions().contain(Permission::RolesAssign) {
        return Err(Problem::lacking(Permission::RolesAssign.into()));
    }
    Ok(())
}
