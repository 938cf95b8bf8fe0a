//! Where the keys come from, and what becomes of them.

use crate::forgery::shared_secret;
use crate::installation::{AUDIENCE, ISSUER, Installation, at, claims, jwt};
use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Arc;
use threshold_application::ports::{
    AccessTokens, KeyMaker, MakeKeyError, SecretGenerator, SigningKeyRepository, StoreError, TokenRejection,
};
use threshold_domain::Timestamp;
use threshold_domain::audit::AuditEvent;
use threshold_domain::sessions::{AccessClaims, KeyId, SigningKey};
use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets, an_event};
use threshold_tokens::{KeyRingError, SealedKeyMaker, SigningMethod};
use tokio::sync::Barrier;

/// A store that lets nobody insert before two have seen that it is empty.
struct Race {
    store: InMemoryStore,
    both: Barrier,
}

#[async_trait]
impl SigningKeyRepository for Race {
    async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        self.store.list().await
    }

    async fn insert(&self, key: &SigningKey, event: AuditEvent) -> Result<(), StoreError> {
        self.both.wait().await;
        self.store.insert(key, event).await
    }

    async fn rotate(&self, replaced: &KeyId, next: &SigningKey, event: AuditEvent) -> Result<bool, StoreError> {
        self.store.rotate(replaced, next, event).await
    }

    async fn withdraw(&self, id: &KeyId, at: Timestamp, event: AuditEvent) -> Result<bool, StoreError> {
        self.store.withdraw(id, at, event).await
    }

    async fn purge(&self, before: Timestamp) -> Result<u32, StoreError> {
        self.store.purge(before).await
    }
}

/// A store with one key in it, changed by `change`.
async fn with_key_changed(installation: &Installation, change: impl FnOnce(&mut SigningKey)) -> InMemoryStore {
    installation.keys_in(&installation.store, &SigningMethod::EdDsa).await.unwrap();
    let mut key = installation.store.list().await.unwrap().remove(0);
    change(&mut key);
    let changed = InMemoryStore::default();
    changed.insert(&key, an_event()).await.unwrap();
    changed
}

#[tokio::test]
async fn the_first_start_makes_one_key_and_the_next_reads_it() {
    let installation = Installation::default();
    let first = installation.tokens(&SigningMethod::EdDsa).await;
    let second = installation.tokens(&SigningMethod::EdDsa).await;
    assert_eq!(first.public_keys(), second.public_keys());
    assert_eq!(installation.store.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_instances_that_start_at_once_one_makes_the_key() {
    for method in [SigningMethod::EdDsa, SigningMethod::Es256] {
        let installation = Installation::default();
        let race = Race { store: installation.store.clone(), both: Barrier::new(2) };
        let (one, two) = tokio::join!(installation.keys_in(&race, &method), installation.keys_in(&race, &method));
        let [one, two] = [one.unwrap(), two.unwrap()].map(|keys| jwt(keys, ISSUER, AUDIENCE));
        let token = one.issue(&claims()).unwrap();
        assert_eq!(two.verify(token.expose(), at(0)), Ok(claims()));
        assert_eq!(race.list().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn tokens_survive_a_change_of_algorithm() {
    let installation = Installation::default();
    let before = installation.tokens(&SigningMethod::EdDsa).await;
    let token = before.issue(&claims()).unwrap();
    for method in [SigningMethod::Es256, shared_secret()] {
        let after = installation.tokens(&method).await;
        assert_eq!(after.verify(token.expose(), at(0)), Ok(claims()));
    }
}

#[tokio::test]
async fn a_shared_secret_hides_the_stored_keys() {
    let installation = Installation::default();
    installation.tokens(&SigningMethod::EdDsa).await;
    assert!(installation.tokens(&shared_secret()).await.public_keys().is_empty());
}

#[tokio::test]
async fn a_retired_key_verifies_but_a_new_one_signs() {
    let installation = Installation::default();
    let before = installation.tokens(&SigningMethod::EdDsa).await;
    let token = before.issue(&claims()).unwrap();
    let store = with_key_changed(&installation, |key| {
        key.retired_at = Some(at(-10));
        // Also if the clock that dated it was ahead, so that it is listed last.
        key.created_at = at(5);
    })
    .await;
    let after = jwt(installation.keys_in(&store, &SigningMethod::EdDsa).await.unwrap(), ISSUER, AUDIENCE);
    assert_eq!(after.verify(token.expose(), at(20)), Ok(claims()));
    assert_eq!(after.public_keys().len(), 2);
    let new = after.issue(&claims()).unwrap();
    assert_eq!(before.verify(new.expose(), at(20)), Err(TokenRejection::Invalid), "it is signed by the new key");
}

#[tokio::test]
async fn another_master_key_opens_nothing_and_says_which_setting_is_wrong() {
    let installation = Installation::default();
    let tokens = installation.tokens(&SigningMethod::EdDsa).await;
    let other = Installation { master: "2".repeat(64).parse().unwrap(), ..Installation::default() };
    let Err(error) = other.keys_in(&installation.store, &SigningMethod::EdDsa).await else { panic!("it opened") };
    let (text, kid) = (error.to_string(), tokens.public_keys()[0].id.to_string());
    assert!(text.contains("THRESHOLD_SECRET_KEY") && text.contains(&kid), "{text}");
}

#[tokio::test]
async fn a_stored_key_that_was_changed_is_refused() {
    let changes: [fn(&mut SigningKey); 5] = [
        |key| key.sealed_private_key[20] ^= 1,
        |key| key.sealed_private_key[0] ^= 1,
        |key| key.sealed_private_key.truncate(5),
        |key| key.sealed_private_key.clear(),
        |key| key.id = KeyId::new("another".to_owned()),
    ];
    for change in changes {
        let installation = Installation::default();
        let store = with_key_changed(&installation, change).await;
        let outcome = installation.keys_in(&store, &SigningMethod::EdDsa).await;
        assert!(matches!(outcome, Err(KeyRingError::Sealed(_))));
    }
}

#[tokio::test]
async fn a_private_key_is_stored_in_no_readable_form() {
    let installation = Installation::default();
    installation.tokens(&SigningMethod::EdDsa).await;
    let key = installation.store.list().await.unwrap().remove(0);
    // The seed is the first thing that the generator makes.
    let mut seed = [0; 32];
    SeededSecrets::default().fill(&mut seed);
    assert!(!key.sealed_private_key.windows(8).any(|window| seed.windows(8).any(|part| part == window)));
}

#[tokio::test]
async fn a_published_key_signs_from_its_moment_on_and_the_one_before_verifies_on() {
    let installation = Installation::default();
    let tokens = installation.tokens(&SigningMethod::EdDsa).await;
    let first = installation.store.list().await.unwrap().remove(0);
    let maker = SealedKeyMaker {
        master: installation.master.clone(),
        secrets: Arc::new(SeededSecrets::default()),
        method: SigningMethod::EdDsa,
    };
    // The first thing that this generator makes is the key that is there already.
    maker.make(at(0), at(0)).unwrap();
    let next = maker.make(at(0), at(600)).unwrap();
    assert!(installation.store.rotate(&first.id, &next, an_event()).await.unwrap());
    tokens.replace_keys(installation.keys_in(&installation.store, &SigningMethod::EdDsa).await.unwrap());
    assert_eq!(tokens.public_keys().len(), 2, "it is public before it signs");
    let issued = |seconds: i64| {
        let claims = AccessClaims { issued_at: at(seconds), expires_at: at(seconds + 900), ..claims() };
        (tokens.issue(&claims).unwrap(), claims)
    };
    for (seconds, kid) in [(599, &first.id), (600, &next.id)] {
        let (token, claims) = issued(seconds);
        let header = BASE64_URL_SAFE_NO_PAD.decode(token.expose().split('.').next().unwrap()).unwrap();
        assert!(String::from_utf8(header).unwrap().contains(kid.as_str()), "{seconds}");
        assert_eq!(tokens.verify(token.expose(), at(seconds + 899)), Ok(claims));
    }
}

#[tokio::test]
async fn the_tokens_of_a_withdrawn_key_are_refused_also_those_that_were_remembered() {
    let installation = Installation::default();
    let tokens = installation.tokens(&SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    assert!(tokens.verify(token.expose(), at(1)).is_ok());
    let key = installation.store.list().await.unwrap().remove(0);
    assert!(installation.store.withdraw(&key.id, at(2), an_event()).await.unwrap());
    tokens.replace_keys(installation.keys_in(&installation.store, &SigningMethod::EdDsa).await.unwrap());
    assert_eq!(tokens.verify(token.expose(), at(3)), Err(TokenRejection::Invalid));
    assert!(!tokens.public_keys().iter().any(|public| public.id == key.id));
    assert!(tokens.verify(tokens.issue(&claims()).unwrap().expose(), at(3)).is_ok(), "another one signs");
}

#[tokio::test]
async fn a_retired_key_is_gone_once_its_last_token_has_expired() {
    let installation = Installation::default();
    let store = with_key_changed(&installation, |key| key.retired_at = Some(at(0))).await;
    let clock = FixedClock::default();
    let keys = async |clock: &FixedClock| {
        let ring = installation.keys_at(&store, &SigningMethod::EdDsa, clock).await.unwrap();
        jwt(ring, ISSUER, AUDIENCE).public_keys().len()
    };
    clock.advance(chrono::TimeDelta::minutes(15));
    assert_eq!(keys(&clock).await, 2);
    clock.advance(chrono::TimeDelta::minutes(1));
    assert_eq!(keys(&clock).await, 1);
}

#[test]
fn where_a_shared_secret_signs_there_is_no_key_to_make() {
    let maker = SealedKeyMaker {
        master: "1".repeat(64).parse().unwrap(),
        secrets: Arc::new(SeededSecrets::default()),
        method: shared_secret(),
    };
    assert!(matches!(maker.make(at(0), at(0)), Err(MakeKeyError::SharedSecret)));
}
