//! Keys are remembered, and never longer than they should be.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{ApiKeyLookup, UnitOfWork};
use threshold_domain::Timestamp;
use threshold_in_process::RememberedKeys;
use threshold_testkit::{FailingUnitOfWork, FixedClock, InMemoryStore, an_api_key, an_api_key_secret, at};

struct World {
    store: InMemoryStore,
    failing: FailingUnitOfWork,
    clock: Arc<FixedClock>,
    keys: RememberedKeys,
}

/// Room for `capacity` keys, ten seconds each.
fn world(capacity: usize) -> World {
    let (store, clock) = (InMemoryStore::default(), Arc::new(FixedClock::default()));
    let failing = FailingUnitOfWork::over(store.clone());
    let keys = RememberedKeys::new(Arc::new(failing.clone()), clock.clone(), TimeDelta::seconds(10), capacity);
    World { store, failing, clock, keys }
}

impl World {
    async fn add(&self, number: u8) {
        let mut tx = self.store.begin().await.unwrap();
        tx.api_keys().insert(&an_api_key(number.into()), &an_api_key_secret(number).digest()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Which is told to nobody.
    async fn revoke(&self, number: u8, at: Timestamp) {
        let mut tx = self.store.begin().await.unwrap();
        tx.api_keys().revoke(an_api_key(number.into()).id, at).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Whether it is there, and not revoked.
    async fn is_good(&self, number: u8) -> bool {
        let found = self.keys.by_digest(&an_api_key_secret(number).digest()).await.unwrap();
        found.is_some_and(|key| key.revoked_at.is_none())
    }

    /// Whether the store need not be asked for it.
    async fn is_remembered(&self, number: u8) -> bool {
        self.failing.set_down(true);
        let found = self.keys.by_digest(&an_api_key_secret(number).digest()).await;
        self.failing.set_down(false);
        found.is_ok()
    }
}

#[tokio::test]
async fn a_key_is_answered_from_memory_until_its_time_is_over() {
    let world = world(10);
    world.add(1).await;
    assert!(world.is_good(1).await);
    world.revoke(1, at(1)).await;
    world.clock.advance(TimeDelta::microseconds(9_999_999));
    assert!(world.is_remembered(1).await && world.is_good(1).await);
    world.clock.advance(TimeDelta::microseconds(1));
    assert!(!world.is_remembered(1).await && !world.is_good(1).await);
}

#[tokio::test]
async fn what_is_not_there_or_revoked_is_not_remembered() {
    let world = world(10);
    assert!(!world.is_good(1).await && !world.is_remembered(1).await);
    world.add(1).await;
    assert!(world.is_good(1).await, "made since");
    world.add(2).await;
    world.revoke(2, at(0)).await;
    assert!(!world.is_good(2).await && !world.is_remembered(2).await);
}

#[tokio::test]
async fn the_memory_is_bounded() {
    let world = world(4);
    let mut remembered = 0;
    for number in 0..40 {
        world.add(number).await;
        assert!(world.is_good(number).await);
    }
    for number in 0..40 {
        remembered += u32::from(world.is_remembered(number).await);
    }
    assert!((1..=4).contains(&remembered), "{remembered}");
}
