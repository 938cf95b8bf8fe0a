//! Roles and grants as rows.

use crate::failures::corrupt;
use crate::schema::{roles, users};
use crate::types::Instant;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
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

/// What a user may do by the roles that they hold: read beside the user in one statement, so that it is of one moment.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct GrantsRow {
    #[diesel(select_expression = permissions_held(), select_expression_type = SqlLiteral<Nullable<Text>>)]
    permissions: Option<String>,
    #[diesel(select_expression = version_of_roles_held(), select_expression_type = SqlLiteral<Nullable<BigInt>>)]
    version_of_roles: Option<i64>,
    grants_version: i64,
}

/// The names of a user's roles in one text, with spaces between; `NULL` for none.
pub(crate) fn roles_held() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT string_agg(role, ' ') FROM user_roles WHERE user_roles.user_id = users.id)")
}

fn permissions_held() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT string_agg(role_permissions.permission, ' ') FROM user_roles \
         JOIN role_permissions ON role_permissions.role = user_roles.role WHERE user_roles.user_id = users.id)")
}

fn version_of_roles_held() -> SqlLiteral<Nullable<BigInt>> {
    sql("(SELECT max(roles.grants_version) FROM user_roles \
         JOIN roles ON roles.name = user_roles.role WHERE user_roles.user_id = users.id)")
}

fn permissions_of_role() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT string_agg(permission, ' ') FROM role_permissions WHERE role_permissions.role = roles.name)")
}

/// The names in such a text, sorted.
pub(crate) fn role_names(text: Option<&str>) -> Result<Vec<RoleName>, StoreError> {
    let names = text.unwrap_or_default().split_ascii_whitespace().map(RoleName::parse);
    let mut names: Vec<_> = names.collect::<Result<_, _>>().map_err(|refusal| corrupt("user_roles.role", refusal))?;
    names.sort_unstable();
    Ok(names)
}

/// Those that this version knows: another one may know more.
pub(super) fn permissions(text: Option<&str>) -> Permissions {
    text.unwrap_or_default().split_ascii_whitespace().filter_map(Permission::from_name).collect()
}

impl GrantsRow {
    /// The grants of a user who holds these roles.
    pub(crate) fn by(self, roles: Vec<RoleName>) -> Grants {
        Grants {
            roles,
            permissions: permissions(self.permissions.as_deref()),
            version: GrantsVersion::new(self.grants_version.max(self.version_of_roles.unwrap_or_default())),
        }
    }
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
