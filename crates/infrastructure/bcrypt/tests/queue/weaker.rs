//! Hashes of a lower cost than new ones have.

use crate::gate::PATIENT;
use crate::{password, settings, start};
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
async fn a_wrong_password_costs_as_much_whatever_it_is_compared_with() {
    let (weaker, _) = start(settings(PATIENT));
    let (hasher, gate) = start(BcryptSettings { cost: Cost::new(8).unwrap(), ..settings(PATIENT) });
    let old = weaker.hash(password("x")).await.unwrap();
    assert_eq!(hasher.verify(password("y"), Some(old)).await.unwrap(), PasswordMatch::Mismatch);
    // 2⁴ rounds to compare, and 2⁴ + 2⁵ + 2⁶ + 2⁷ to make it 2⁸.
    assert_eq!(gate.count_of("begun"), 5);
    let new = hasher.hash(password("x")).await.unwrap();
    assert_eq!(hasher.verify(password("y"), Some(new)).await.unwrap(), PasswordMatch::Mismatch);
    assert_eq!(gate.count_of("begun"), 7);
}
