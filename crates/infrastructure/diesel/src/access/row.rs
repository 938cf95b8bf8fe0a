//! Roles and grants as rows.

use crate::failures::corrupt;
use crate::schema::{roles, users};
use crate::types::Instant;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use threshold_application::ports::StoreError;
use threshold_domain::access::{Grants, GrantsVersion, Permission, Permissions, Role, RoleDescription, RoleName};

/// What is read of a role.
#[derive(Queryable, Selectable)]
#[diesel(table_name = roles)]
pub(super) struct RoleRow {
    name: String,
    description: String,
    #[diesel(select_expression = permissions_of_role(), select_expression_type = SqlLiteral<Nullable<Text>>)]
    permissions: Option<String>,
    created_at: Instant,
    updated_at: Instant,
    version: i64,
}

/// The roles that a user holds and what those permit: read beside the user in one statement, so that it is of one moment.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct GrantsRow {
    #[diesel(select_expression = grants_held(), select_expression_type = SqlLiteral<Nullable<Text>>)]
    held: Option<String>,
    grants_version: i64,
}

/// `role:version:permission permission …` of each role, with semicolons between: one sub-query costs less than one for each of the three, and
/// it is in the way of every refresh.
pub(crate) fn grants_held() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT string_agg(roles.name || ':' || roles.grants_version || ':' || coalesce(\
         (SELECT string_agg(permission, ' ') FROM role_permissions WHERE role_permissions.role = roles.name), ''), ';') \
         FROM user_roles JOIN roles ON roles.name = user_roles.role WHERE user_roles.user_id = users.id)")
}

fn permissions_of_role() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT string_agg(permission, ' ') FROM role_permissions WHERE role_permissions.role = roles.name)")
}

/// Those that this version knows: another one may know more.
pub(super) fn permissions(text: Option<&str>) -> Permissions {
    text.unwrap_or_default().split_ascii_whitespace().filter_map(Permission::from_name).collect()
}

impl TryFrom<GrantsRow> for Grants {
    type Error = StoreError;

    fn try_from(row: GrantsRow) -> Result<Self, StoreError> {
        grants(row.held.as_deref(), row.grants_version)
    }
}

/// What is read as [`grants_held`], of a user whose own grants have this version.
pub(crate) fn grants(held: Option<&str>, version: i64) -> Result<Grants, StoreError> {
    let mut grants = Grants { version: GrantsVersion::new(version), ..Grants::none() };
    for role in held.unwrap_or_default().split_terminator(';') {
        let (name, version, permitted) = held_role(role)?;
        grants.roles.push(name);
        grants.version = grants.version.max(version);
        grants.permissions = grants.permissions.with(permitted);
    }
    grants.roles.sort_unstable();
    Ok(grants)
}

/// One of the roles of [`grants_held`].
fn held_role(held: &str) -> Result<(RoleName, GrantsVersion, Permissions), StoreError> {
    let broken = || corrupt("user_roles", "a role isn't read as it is written");
    let (name, rest) = held.split_once(':').ok_or_else(broken)?;
    let (version, permitted) = rest.split_once(':').ok_or_else(broken)?;
    let name = RoleName::parse(name).map_err(|refusal| corrupt("user_roles.role", refusal))?;
    let version = version.parse().map_err(|error| corrupt("roles.grants_version", error))?;
    Ok((name, GrantsVersion::new(version), permissions(Some(permitted))))
}

impl TryFrom<RoleRow> for Role {
    type Error = StoreError;

    fn try_from(row: RoleRow) -> Result<Self, StoreError> {
        Ok(Self {
            name: RoleName::parse(&row.name).map_err(|refusal| corrupt("roles.name", refusal))?,
            description: RoleDescription::parse(&row.description)
                .map_err(|refusal| corrupt("roles.description", refusal))?,
            permissions: permissions(row.permissions.as_deref()),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        })
    }
}
