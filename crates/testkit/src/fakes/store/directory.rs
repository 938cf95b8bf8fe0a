//! Lists of users in memory.

use super::super::lock;
use super::InMemoryStore;
use async_trait::async_trait;
use std::cmp::Ordering;
use threshold_application::ports::{StoreError, UserDirectory};
use threshold_domain::accounts::{User, UserId, UserList, UserPlace, UserSort};

#[async_trait]
impl UserDirectory for InMemoryStore {
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(lock(&self.committed).users.iter().map(|one| &one.user).find(|user| user.id == id).cloned())
    }

    async fn page(&self, list: &UserList, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError> {
        let mut users = self.all(|user| user.deleted_at.is_none() && list.filter.takes(user));
        let compare = |one: &UserPlace, other: &UserPlace| list.sort.compare(one, other);
        users.retain(|user| after.is_none_or(|after| compare(&list.sort.place(user), after) == Ordering::Greater));
        users.sort_by(|one, other| compare(&list.sort.place(one), &list.sort.place(other)));
        users.truncate(at_most);
        Ok(users)
    }

    async fn deleted(&self, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError> {
        let place = |user: &User| user.deleted_at.map(|at| UserPlace::At(at, user.id));
        let mut deleted: Vec<_> =
            self.all(|_user| true).into_iter().filter_map(|user| Some((place(&user)?, user))).collect();
        let compare = |one: &UserPlace, other: &UserPlace| UserSort::Newest.compare(one, other);
        deleted.retain(|(place, _)| after.is_none_or(|after| compare(place, after) == Ordering::Greater));
        deleted.sort_by(|(one, _), (other, _)| compare(one, other));
        Ok(deleted.into_iter().map(|(_, user)| user).take(at_most).collect())
    }
}

impl InMemoryStore {
    fn all(&self, is_asked_for: impl Fn(&User) -> bool) -> Vec<User> {
        lock(&self.committed).users.iter().map(|one| &one.user).filter(|user| is_asked_for(user)).cloned().collect()
    }
}
