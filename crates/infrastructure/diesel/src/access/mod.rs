//! Stored roles, who holds them, and keys of machines.

mod api_keys;
mod grants;
mod reader;
mod roles;
mod row;

pub(crate) use api_keys::DieselApiKeys;
pub(crate) use grants::{add_many_roles, add_roles};
pub(crate) use reader::DieselRoleReader;
use row::permissions as permissions_named;
pub(crate) use row::{GrantsRow, grants, grants_held};

/// The table, as failures name it.
const TABLE: &str = "roles";
