//! Users are remembered, and never longer than they should be.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{AccountReader, UnitOfWork, UserCache};
use threshold_domain::Timestamp;
use threshold_in_process::RememberedAccounts;
use threshold_testkit::{FixedClock, InMemoryStore, a_user, at};

struct World {
    store: InMemoryStore,
    clock: Arc<FixedClock>,
    users: RememberedAccounts,
}

async fn world() -> World {
    let (store, clock) = (InMemoryStore::default(), Arc::new(FixedClock::default()));
    let mut tx = store.begin().await.unwrap();
    tx.users().insert(&a_user(1), None).await.unwrap();
    tx.commit().await.unwrap();
    let users = RememberedAccounts::new(Arc::new(store.clone()), clock.clone(), 100);
    World { store, clock, users }
}

impl World {
    /// Changes what is stored, which is told to nobody.
    async fn sign_in(&self, seconds: i64) {
        let mut tx = self.store.begin().await.unwrap();
        assert!(
            tx.users()
                .record_login(a_user(1).id, threshold_domain::accounts::PasswordVersion::default(), at(seconds))
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
    }

    async fn shown(&self) -> Option<Timestamp> {
        self.users.find(a_user(1).id).await.unwrap().unwrap().last_login_at
    }
}

#[tokio::test]
async fn a_user_is_shown_from_memory_for_a_second() {
    let world = world().await;
    assert_eq!(world.shown().await, None);
    world.sign_in(1).await;
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.shown().await, None);
    world.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(world.shown().await, Some(at(1)));
}

#[tokio::test]
async fn who_is_forgotten_is_read_again() {
    let world = world().await;
    assert_eq!(world.shown().await, None);
    world.sign_in(1).await;
    world.users.forget(a_user(2).id);
    world.users.forget(a_user(1).id);
    assert_eq!(world.shown().await, Some(at(1)));
    world.sign_in(2).await;
    world.users.forget_all();
    assert_eq!(world.shown().await, Some(at(2)));
}

#[tokio::test]
async fn while_news_is_heard_a_user_is_shown_longer_and_a_second_of_silence_ends_it() {
    let world = world().await;
    world.users.heard(at(0));
    assert_eq!(world.shown().await, None);
    world.sign_in(1).await;
    for seconds in 1..=50 {
        world.clock.advance(TimeDelta::seconds(1));
        world.users.heard(at(seconds));
    }
    assert_eq!(world.shown().await, None, "nobody has told of a change");
    world.clock.advance(TimeDelta::milliseconds(1001));
    assert_eq!(world.shown().await, Some(at(1)));
}

#[tokio::test]
async fn after_a_minute_a_user_is_read_again_whatever_is_heard() {
    let world = world().await;
    assert_eq!(world.shown().await, None);
    world.sign_in(1).await;
    world.clock.advance(TimeDelta::seconds(61));
    world.users.heard(at(61));
    assert_eq!(world.shown().await, Some(at(1)));
}

#[tokio::test]
async fn who_changes_while_they_are_read_is_not_remembered_as_they_were() {
    struct Slow {
        store: InMemoryStore,
        reading: tokio::sync::Notify,
        go_on: tokio::sync::Notify,
    }
    #[async_trait::async_trait]
    impl AccountReader for Slow {
        async fn find(
            &self,
            id: threshold_domain::accounts::UserId,
        ) -> Result<Option<threshold_domain::accounts::User>, threshold_application::ports::StoreError> {
            let found = AccountReader::find(&self.store, id).await;
            self.reading.notify_one();
            self.go_on.notified().await;
            found
        }
        async fn find_by_login(
            &self,
            login: &threshold_domain::accounts::Login,
        ) -> Result<Option<threshold_domain::accounts::Credentials>, threshold_application::ports::StoreError> {
            self.store.find_by_login(login).await
        }
        async fn credentials(
            &self,
            id: threshold_domain::accounts::UserId,
        ) -> Result<Option<threshold_domain::accounts::Credentials>, threshold_application::ports::StoreError> {
            self.store.credentials(id).await
        }
    }
    let world = world().await;
    let slow = Arc::new(Slow {
        store: world.store.clone(),
        reading: tokio::sync::Notify::new(),
        go_on: tokio::sync::Notify::new(),
    });
    let users = RememberedAccounts::new(slow.clone(), world.clock.clone(), 100);
    let change = async {
        slow.reading.notified().await;
        world.sign_in(1).await;
        users.forget(a_user(1).id);
        slow.go_on.notify_one();
    };
    let (old, ()) = tokio::join!(users.find(a_user(1).id), change);
    assert_eq!(old.unwrap().unwrap().last_login_at, None);
    slow.go_on.notify_one();
    assert_eq!(users.find(a_user(1).id).await.unwrap().unwrap().last_login_at, Some(at(1)));
}
