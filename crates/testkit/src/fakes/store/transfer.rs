//! Users by the hundred, in memory.

use super::{InMemoryStore, Tables};
use crate::fakes::lock;
use async_trait::async_trait;
use threshold_application::ports::{Intake, StoreError, Uniqueness, UserIntake, UserPages, UserRepository};
use threshold_domain::accounts::{Credentials, ImportedUser, User, UserId};

#[async_trait]
impl UserIntake for Tables {
    async fn add_all(&mut self, users: &[ImportedUser]) -> Result<Vec<Intake>, StoreError> {
        let mut kept_out = Vec::with_capacity(users.len());
        for ImportedUser { credentials: Credentials { user, password_hash, .. }, .. } in users {
            let is_kept_out = self.holder(user).is_some();
            if !is_kept_out {
                self.insert(user, password_hash.as_ref()).await?;
            }
            kept_out.push(is_kept_out);
        }
        let intake = |(one, is_kept_out): (&ImportedUser, bool)| {
            let holder = self.holder(&one.credentials.user).filter(|_| is_kept_out);
            holder.map_or(Intake::Added, |(rule, holder)| Intake::Taken { rule, holder: Box::new(holder) })
        };
        Ok(users.iter().zip(kept_out).map(intake).collect())
    }
}

impl Tables {
    fn holder(&self, user: &User) -> Option<(Uniqueness, Credentials)> {
        let living = || self.users.iter().filter(|one| one.user.deleted_at.is_none());
        let by_email = living().find(|one| one.user.email == user.email);
        let by_username = living().find(|one| user.username.is_some() && one.user.username == user.username);
        let by_id = self.users.iter().find(|one| one.user.id == user.id);
        let rules = [(Uniqueness::Email, by_email), (Uniqueness::Username, by_username), (Uniqueness::Id, by_id)];
        rules.into_iter().find_map(|(rule, holder)| Some((rule, holder?.clone())))
    }
}

#[async_trait]
impl UserPages for InMemoryStore {
    async fn page(&self, from: UserId, at_most: u32, with_hashes: bool) -> Result<Vec<Credentials>, StoreError> {
        let tables = lock(&self.committed);
        let mut users: Vec<Credentials> =
            tables.users.iter().filter(|one| one.user.deleted_at.is_none() && one.user.id >= from).cloned().collect();
        users.sort_by_key(|one| one.user.id);
        users.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
        for one in &mut users {
            one.password_hash.take_if(|_| !with_hashes);
        }
        Ok(users)
    }
}
