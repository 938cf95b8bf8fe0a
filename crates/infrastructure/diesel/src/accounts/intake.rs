//! Taking in users by the hundred.

use super::TABLE;
use super::holders::Holders;
use super::insert_many::insert_many;
use super::row::NewUserRow;
use crate::access::add_many_roles;
use crate::directory::note_many_names;
use crate::failures::unavailable;
use crate::transaction::DieselTransaction;
use crate::types::Id;
use async_trait::async_trait;
use threshold_application::ports::{Intake, StoreError, UserIntake};
use threshold_domain::accounts::{Credentials, ImportedUser, User};

#[async_trait]
impl UserIntake for DieselTransaction {
    async fn add_all(&mut self, users: &[ImportedUser]) -> Result<Vec<Intake>, StoreError> {
        let rows: Vec<_> = users.iter().map(|one| row(&one.credentials)).collect();
        let added = insert_many(self.connection(), &rows).await;
        let added = self.settle(TABLE, added)?;
        let taken_in = users.iter().zip(&added).filter(|(_, added)| **added).map(|(one, _)| &one.credentials.user);
        let taken_in: Vec<&User> = taken_in.collect();
        let roles: Vec<_> = taken_in.iter().copied().flat_map(held).collect();
        let given = add_many_roles(self.connection(), &roles).await;
        self.settle("user_roles", given)?;
        let noted = note_many_names(self.connection(), &taken_in).await;
        self.settle("user_search", noted)?;
        let users = || users.iter().map(|one| &one.credentials.user).zip(&added);
        let kept_out: Vec<&User> = users().filter(|(_, added)| !**added).map(|(user, _)| user).collect();
        let holders = Holders::find(self.connection(), &kept_out).await;
        let holders = self.settle(TABLE, holders)??;
        let intake = |(user, added): (&User, &bool)| match (added, holders.of(user)) {
            (true, _) => Ok(Intake::Added),
            (false, Some((rule, holder))) => Ok(Intake::Taken { rule, holder: Box::new(holder.clone()) }),
            (false, None) => Err(unavailable("somebody has just given up a name")),
        };
        users().map(intake).collect()
    }
}

/// The roles that a user is to hold.
fn held(user: &User) -> impl Iterator<Item = (Id, &str)> {
    user.roles.iter().map(|role| (Id(user.id.as_uuid()), role.as_str()))
}

fn row(Credentials { user, password_hash, .. }: &Credentials) -> NewUserRow<'_> {
    NewUserRow::new(user, password_hash.as_ref())
}
