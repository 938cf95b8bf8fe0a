//! Rotating the keys that sign access tokens.

use chrono::TimeDelta;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use threshold_application::ports::{KeyMaker, MakeKeyError, SigningKeyRepository};
use threshold_application::sessions::{RotateKeys, RotateKeysError};
use threshold_domain::Timestamp;
use threshold_domain::sessions::{KeyState, SigningKey};
use threshold_testkit::{FixedClock, InMemoryStore, a_signing_key, an_event, an_initiator, at};

/// Keys that are only numbers.
#[derive(Default)]
struct Numbered(AtomicU32);

impl KeyMaker for Numbered {
    fn make(&self, now: Timestamp, signs_from: Timestamp) -> Result<SigningKey, MakeKeyError> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Ok(SigningKey { created_at: now, signs_from, ..a_signing_key(&format!("key-{number}")) })
    }
}

struct World {
    clock: Arc<FixedClock>,
    keys: RotateKeys,
}

async fn world() -> World {
    let (store, clock) = (InMemoryStore::default(), Arc::new(FixedClock::default()));
    store.insert(&a_signing_key("first"), an_event()).await.unwrap();
    let keys = RotateKeys {
        repository: Arc::new(store),
        maker: Arc::new(Numbered::default()),
        clock: clock.clone(),
        lead: Duration::from_mins(10),
        max_age: Duration::from_hours(24 * 90),
        token_lifetime: Duration::from_mins(15),
    };
    World { clock, keys }
}

impl World {
    async fn states(&self) -> Vec<(String, KeyState)> {
        let keys = self.keys.list().await.unwrap();
        keys.into_iter().map(|(key, state)| (key.id.to_string(), state)).collect()
    }

    async fn is(&self, expected: &[(&str, KeyState)]) {
        let expected: Vec<_> = expected.iter().map(|(name, state)| ((*name).to_owned(), *state)).collect();
        assert_eq!(self.states().await, expected);
    }
}

#[tokio::test]
async fn the_next_key_is_published_then_signs_and_the_last_one_goes() {
    let world = world().await;
    let next = world.keys.rotate(&an_initiator()).await.unwrap().unwrap();
    assert_eq!(next.signs_from, at(600));
    world.is(&[("first", KeyState::Signing), ("key-0", KeyState::Published)]).await;
    world.clock.advance(TimeDelta::minutes(10));
    world.is(&[("first", KeyState::Retired), ("key-0", KeyState::Signing)]).await;
    world.clock.advance(TimeDelta::minutes(16));
    world.is(&[("first", KeyState::Gone), ("key-0", KeyState::Signing)]).await;
    assert_eq!(world.keys.purge().await.unwrap(), 0);
    world.clock.advance(TimeDelta::days(8));
    assert_eq!(world.keys.purge().await.unwrap(), 1);
    world.is(&[("key-0", KeyState::Signing)]).await;
}

#[tokio::test]
async fn only_a_key_that_is_too_old_is_rotated_by_age() {
    let world = world().await;
    world.clock.advance(TimeDelta::days(89));
    assert!(world.keys.rotate_by_age().await.unwrap().is_none());
    world.clock.advance(TimeDelta::days(1));
    assert!(world.keys.rotate_by_age().await.unwrap().is_some());
    assert!(world.keys.rotate_by_age().await.unwrap().is_none(), "the next one is young");
}

#[tokio::test]
async fn a_key_that_leaked_is_out_of_use_at_once_and_another_signs() {
    let world = world().await;
    world.keys.retire(&an_initiator(), &a_signing_key("first").id).await.unwrap();
    world.is(&[("first", KeyState::Withdrawn), ("key-0", KeyState::Signing)]).await;
    for name in ["first", "unknown"] {
        let again = world.keys.retire(&an_initiator(), &a_signing_key(name).id).await;
        assert!(matches!(again, Err(RotateKeysError::Unknown(_))), "{name}");
    }
}
