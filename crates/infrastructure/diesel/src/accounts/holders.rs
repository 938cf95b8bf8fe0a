//! Who holds the names and ids that others want.

use super::row::{CredentialsRow, credentials};
use crate::connections::Connection;
use crate::schema::users;
use crate::types::Id;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use std::collections::HashMap;
use threshold_application::ports::{StoreError, Uniqueness};
use threshold_domain::accounts::{Credentials, User, Username};
use uuid::Uuid;

/// Stored users, by what nobody else may have.
#[derive(Default)]
pub(super) struct Holders {
    emails: HashMap<String, Credentials>,
    usernames: HashMap<String, Credentials>,
    ids: HashMap<Uuid, Credentials>,
}

impl Holders {
    /// Everybody who holds a name or an id that one of `wanted` has; three look-ups by three indexes.
    pub(super) async fn find(connection: &mut Connection, wanted: &[&User]) -> QueryResult<Result<Self, StoreError>> {
        if wanted.is_empty() {
            return Ok(Ok(Self::default()));
        }
        let by_email = by_emails(connection, wanted).await?;
        let by_username = by_usernames(connection, wanted).await?;
        let by_id = by_ids(connection, wanted).await?;
        Ok(Self::sorted(by_email, by_username, by_id))
    }

    fn sorted(
        by_email: Vec<CredentialsRow>,
        by_username: Vec<CredentialsRow>,
        by_id: Vec<CredentialsRow>,
    ) -> Result<Self, StoreError> {
        let mut holders = Self::default();
        for holder in by_email.into_iter().map(credentials) {
            let holder = holder?;
            holders.emails.insert(holder.user.email.canonical().to_owned(), holder);
        }
        for holder in by_username.into_iter().map(credentials) {
            let holder = holder?;
            let name = holder.user.username.as_ref().map(|name| name.as_str().to_owned());
            holders.usernames.insert(name.unwrap_or_default(), holder);
        }
        for holder in by_id.into_iter().map(credentials) {
            let holder = holder?;
            holders.ids.insert(holder.user.id.as_uuid(), holder);
        }
        Ok(holders)
    }

    /// Who keeps `user` out, and by which rule.
    pub(super) fn of(&self, user: &User) -> Option<(Uniqueness, &Credentials)> {
        let by_email = self.emails.get(user.email.canonical());
        let by_username = user.username.as_ref().and_then(|name| self.usernames.get(name.as_str()));
        let by_id = self.ids.get(&user.id.as_uuid());
        let rules = [(Uniqueness::Email, by_email), (Uniqueness::Username, by_username), (Uniqueness::Id, by_id)];
        rules.into_iter().find_map(|(rule, holder)| Some((rule, holder?)))
    }
}

async fn by_emails(connection: &mut Connection, wanted: &[&User]) -> QueryResult<Vec<CredentialsRow>> {
    let emails: Vec<&str> = wanted.iter().map(|user| user.email.canonical()).collect();
    on!(connection, |c| users::table
        .filter(users::email_canonical.eq_any(&emails))
        .filter(users::deleted_at.is_null())
        .select(CredentialsRow::as_select())
        .load(c)
        .await)
}

async fn by_usernames(connection: &mut Connection, wanted: &[&User]) -> QueryResult<Vec<CredentialsRow>> {
    let names: Vec<&str> = wanted.iter().filter_map(|user| user.username.as_ref().map(Username::as_str)).collect();
    on!(connection, |c| users::table
        .filter(users::username.eq_any(&names))
        .filter(users::deleted_at.is_null())
        .select(CredentialsRow::as_select())
        .load(c)
        .await)
}

async fn by_ids(connection: &mut Connection, wanted: &[&User]) -> QueryResult<Vec<CredentialsRow>> {
    let ids: Vec<Id> = wanted.iter().map(|user| Id(user.id.as_uuid())).collect();
    on!(connection, |c| users::table.filter(users::id.eq_any(&ids)).select(CredentialsRow::as_select()).load(c).await)
}
