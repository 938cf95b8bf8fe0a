//! A user as a row.

use crate::access::{grants, grants_held};
use crate::failures::corrupt;
use crate::schema::users;
use crate::types::{Id, Instant};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use threshold_application::ports::StoreError;
use threshold_domain::Refusal;
use threshold_domain::access::Grants;
use threshold_domain::accounts::{
    Credentials, DisplayName, Email, PasswordHash, PasswordVersion, Standing, User, UserId, Username,
};

/// What is read of a user.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    id: Id,
    email: String,
    username: Option<String>,
    display_name: Option<String>,
    status: String,
    email_verified_at: Option<Instant>,
    pending_email: Option<String>,
    #[diesel(select_expression = grants_held(), select_expression_type = SqlLiteral<Nullable<Text>>)]
    held: Option<String>,
    grants_version: i64,
    last_login_at: Option<Instant>,
    deleted_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
    version: i64,
}

/// What is written of a new user.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub(super) struct NewUserRow<'a> {
    pub(super) id: Id,
    pub(super) email: &'a str,
    pub(super) email_canonical: &'a str,
    pub(super) username: Option<&'a str>,
    pub(super) display_name: Option<&'a str>,
    pub(super) password_hash: Option<&'a str>,
    pub(super) status: &'static str,
    pub(super) email_verified_at: Option<Instant>,
    pub(super) pending_email: Option<&'a str>,
    pub(super) last_login_at: Option<Instant>,
    pub(super) deleted_at: Option<Instant>,
    pub(super) created_at: Instant,
    pub(super) updated_at: Instant,
    pub(super) version: i64,
}

/// What changes of a user, with every column that is `None` emptied.
#[derive(AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(super) struct UserChanges {
    email: String,
    email_canonical: String,
    username: Option<String>,
    display_name: Option<String>,
    status: &'static str,
    email_verified_at: Option<Instant>,
    pending_email: Option<String>,
    deleted_at: Option<Instant>,
    updated_at: Instant,
    version: i64,
}

impl From<&User> for UserChanges {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.as_str().to_owned(),
            email_canonical: user.email.canonical().to_owned(),
            username: user.username.as_ref().map(|name| name.as_str().to_owned()),
            display_name: user.display_name.as_ref().map(|name| name.as_str().to_owned()),
            status: user.standing.as_str(),
            email_verified_at: user.email_verified_at.map(Instant),
            pending_email: user.pending_email.as_ref().map(|email| email.as_str().to_owned()),
            deleted_at: user.deleted_at.map(Instant),
            updated_at: Instant(user.updated_at),
            version: user.version,
        }
    }
}

impl<'a> NewUserRow<'a> {
    pub(super) fn new(user: &'a User, password_hash: Option<&'a PasswordHash>) -> Self {
        Self {
            id: Id(user.id.as_uuid()),
            email: user.email.as_str(),
            email_canonical: user.email.canonical(),
            username: user.username.as_ref().map(Username::as_str),
            display_name: user.display_name.as_ref().map(DisplayName::as_str),
            password_hash: password_hash.map(PasswordHash::expose),
            status: user.standing.as_str(),
            email_verified_at: user.email_verified_at.map(Instant),
            pending_email: user.pending_email.as_ref().map(Email::as_str),
            last_login_at: user.last_login_at.map(Instant),
            deleted_at: user.deleted_at.map(Instant),
            created_at: Instant(user.created_at),
            updated_at: Instant(user.updated_at),
            version: user.version,
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        row.with_grants().map(|(user, _grants)| user)
    }
}

impl UserRow {
    /// The user, and what they may do.
    pub(crate) fn with_grants(self) -> Result<(User, Grants), StoreError> {
        let grants = grants(self.held.as_deref(), self.grants_version)?;
        let user = User {
            id: UserId::new(self.id.0),
            email: Email::parse(&self.email).map_err(|refusal| corrupt("users.email", refusal))?,
            username: value("users.username", self.username, Username::parse)?,
            display_name: value("users.display_name", self.display_name, DisplayName::parse)?,
            standing: standing(&self.status)?,
            email_verified_at: self.email_verified_at.map(|at| at.0),
            pending_email: value("users.pending_email", self.pending_email, Email::parse)?,
            roles: grants.roles.clone(),
            last_login_at: self.last_login_at.map(|at| at.0),
            deleted_at: self.deleted_at.map(|at| at.0),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: self.version,
        };
        Ok((user, grants))
    }
}

/// A user with what proves that it is them.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(super) struct CredentialsRow {
    #[diesel(embed)]
    user: UserRow,
    password_hash: Option<String>,
    password_version: i64,
}

/// What such a row holds.
pub(super) fn credentials(row: CredentialsRow) -> Result<Credentials, StoreError> {
    Ok(Credentials {
        user: row.user.try_into()?,
        password_hash: row.password_hash.map(PasswordHash::new),
        password_version: PasswordVersion::new(row.password_version),
    })
}

/// An optional value that keeps the domain's rules.
fn value<T>(
    place: &'static str,
    stored: Option<String>,
    parse: fn(&str) -> Result<T, Refusal>,
) -> Result<Option<T>, StoreError> {
    stored.map(|text| parse(&text).map_err(|refusal| corrupt(place, refusal))).transpose()
}

fn standing(stored: &str) -> Result<Standing, StoreError> {
    let known = Standing::ALL.into_iter().find(|standing| standing.as_str() == stored);
    known.ok_or_else(|| corrupt("users.status", "no standing has this name"))
}
