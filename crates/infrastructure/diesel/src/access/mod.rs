//! Stored roles, and who holds them.

mod grants;
mod reader;
mod roles;
mod row;

pub(crate) use grants::{add_many_roles, add_roles};
pub(crate) use reader::DieselRoleReader;
pub(crate) use row::{GrantsRow, role_names, roles_held};

/// The table, as failures name it.
const TABLE: &str = "roles";
