//! Hashes of a lower cost than new ones have.

use crate::gate::PATIENT;
use crate::{hash, password, refused, settings, start};
use std::time::Duration;
use threshold_application::ports::{PasswordHasher, PasswordMatch};
use threshold_bcrypt::{BcryptSettings, Cost};

#[tokio::test]
async fn a_weaker_hash_matches_and_is_outdated() {
    let (weaker, _) = start(settings(PATIENT));
    let (hasher, _) = start(BcryptSettings { cost: Cost::new(6).unwrap(), ..settings(PATIENT) });
    let (old, new) = (weaker.hash(password("x")).await.unwrap(), hasher.hash(password("x")).await.unwrap());
    assert_eq!(hasher.verify(password("x"), Some(old)).await.unwrap(), PasswordMatch::Outdated);
    assert_eq!(hasher.verify(password("x"), Some(new.clone())).await.unwrap(), PasswordMatch::Match);
    assert_eq!(weaker.verify(password("x"), Some(new)).await.unwrap(), PasswordMatch::Match, "a stronger one is kept");
}

#[tokio::test]
async fn a_weaker_hash_waits_once_like_any_other() {
    let (weaker, _) = start(settings(PATIENT));
    let (hasher, gate) = start(BcryptSettings { cost: Cost::new(8).unwrap(), ..settings(PATIENT) });
    let old = weaker.hash(password("x")).await.unwrap();
    assert_eq!(hasher.verify(password("y"), Some(old)).await.unwrap(), PasswordMatch::Mismatch);
    assert_eq!(hasher.verify(password("y"), None).await.unwrap(), PasswordMatch::Mismatch);
    assert_eq!(gate.count_of("begun"), 2);
}

#[tokio::test]
async fn a_weaker_hash_is_refused_where_a_new_one_is() {
    let (hasher, gate) = start(BcryptSettings { cost: Cost::new(12).unwrap(), ..settings(Duration::from_millis(50)) });
    let cheap = start(settings(PATIENT)).0.hash(password("x")).await.unwrap();
    hasher.hash(password("measured")).await.unwrap();
    gate.close();
    // The thread may not be back yet: then even this one would have to wait too long.
    let busy = loop {
        let (begun, before) = (gate.count_of("begun"), gate.count_of("refused"));
        let busy = hash(&hasher);
        gate.until(|gate| gate.count_of("begun") > begun || gate.count_of("refused") > before).await;
        if gate.count_of("begun") > begun {
            break busy;
        }
    };
    refused(hasher.verify(password("y"), Some(cheap)).await);
    gate.open();
    busy.await.unwrap().unwrap();
}
