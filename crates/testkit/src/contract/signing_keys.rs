//! Stored signing keys.

use super::stores::{Stores, broken};
use crate::{a_signing_key, an_event, at};
use threshold_application::ports::Uniqueness;
use threshold_domain::sessions::{SignatureAlgorithm, SigningKey};

/// Byte for byte.
pub async fn keys_come_back_oldest_first(stores: &Stores) {
    let newer = SigningKey { created_at: at(9), ..a_signing_key("newer") };
    let older = SigningKey { created_at: at(1), retired_at: Some(at(9)), ..a_signing_key("older") };
    stores.signing_keys.insert(&newer, an_event()).await.unwrap();
    stores.signing_keys.insert(&older, an_event()).await.unwrap();
    assert_eq!(stores.signing_keys.list().await.unwrap(), [older, newer]);
}

/// Retired ones stand beside it, and other algorithms have their own.
pub async fn one_key_an_algorithm_signs(stores: &Stores) {
    let keys = &stores.signing_keys;
    keys.insert(&a_signing_key("first"), an_event()).await.unwrap();
    assert_eq!(broken(keys.insert(&a_signing_key("second"), an_event()).await), Uniqueness::SigningKey);
    keys.insert(&SigningKey { retired_at: Some(at(1)), ..a_signing_key("retired") }, an_event()).await.unwrap();
    keys.insert(&SigningKey { algorithm: SignatureAlgorithm::Es256, ..a_signing_key("other") }, an_event())
        .await
        .unwrap();
    assert_eq!(keys.list().await.unwrap().len(), 3);
}

/// A thumbprint names one key.
pub async fn a_used_key_id_is_refused(stores: &Stores) {
    let retired = SigningKey { retired_at: Some(at(1)), ..a_signing_key("one") };
    stores.signing_keys.insert(&retired, an_event()).await.unwrap();
    assert_eq!(broken(stores.signing_keys.insert(&retired, an_event()).await), Uniqueness::Id);
}

/// Which signs until the new one does.
pub async fn a_rotation_puts_one_key_in_the_place_of_another(stores: &Stores) {
    let keys = &stores.signing_keys;
    let first = a_signing_key("first");
    keys.insert(&first, an_event()).await.unwrap();
    let second = SigningKey { created_at: at(5), signs_from: at(9), ..a_signing_key("second") };
    assert!(keys.rotate(&first.id, &second, an_event()).await.unwrap());
    let retired = SigningKey { retired_at: Some(at(9)), ..first.clone() };
    assert_eq!(keys.list().await.unwrap(), [retired, second.clone()]);
    let third = SigningKey { created_at: at(6), ..a_signing_key("third") };
    assert!(!keys.rotate(&first.id, &third, an_event()).await.unwrap(), "it is retired already");
    assert_eq!(broken(keys.rotate(&second.id, &first, an_event()).await.map(drop)), Uniqueness::Id);
    let kept = keys.list().await.unwrap();
    assert_eq!((kept.len(), kept.last()), (2, Some(&second)), "both or nothing");
}

/// And the other one learns it.
pub async fn of_two_rotations_at_once_one_happens(stores: &Stores) {
    let keys = &stores.signing_keys;
    let first = a_signing_key("first");
    keys.insert(&first, an_event()).await.unwrap();
    let next = |name| SigningKey { created_at: at(5), signs_from: at(9), ..a_signing_key(name) };
    let (one, two) = (next("one"), next("two"));
    let (one, two) = futures::join!(keys.rotate(&first.id, &one, an_event()), keys.rotate(&first.id, &two, an_event()));
    assert!(one.unwrap() != two.unwrap());
    assert_eq!(keys.list().await.unwrap().len(), 2);
}

/// Now at the latest.
pub async fn a_withdrawn_key_is_retired_too(stores: &Stores) {
    let keys = &stores.signing_keys;
    let retired = SigningKey { retired_at: Some(at(1)), ..a_signing_key("a-retired") };
    let leaving = SigningKey { retired_at: Some(at(9)), ..a_signing_key("b-leaving") };
    let signing = a_signing_key("c-signing");
    for key in [&retired, &leaving, &signing] {
        keys.insert(key, an_event()).await.unwrap();
        assert!(keys.withdraw(&key.id, at(5), an_event()).await.unwrap());
        assert!(!keys.withdraw(&key.id, at(6), an_event()).await.unwrap());
    }
    assert!(!keys.withdraw(&a_signing_key("unknown").id, at(5), an_event()).await.unwrap());
    let kept = keys.list().await.unwrap();
    let times: Vec<_> = kept.iter().map(|key| (key.retired_at, key.withdrawn_at)).collect();
    assert_eq!(times, [(Some(at(1)), Some(at(5))), (Some(at(5)), Some(at(5))), (Some(at(5)), Some(at(5)))]);
}

/// Those that are not retired stay.
pub async fn retired_keys_are_purged(stores: &Stores) {
    let keys = &stores.signing_keys;
    keys.insert(&a_signing_key("signing"), an_event()).await.unwrap();
    for (name, seconds) in [("old", 1), ("newer", 5)] {
        keys.insert(&SigningKey { retired_at: Some(at(seconds)), ..a_signing_key(name) }, an_event()).await.unwrap();
    }
    assert_eq!(keys.purge(at(5)).await.unwrap(), 1);
    let mut left: Vec<_> = keys.list().await.unwrap().into_iter().map(|key| key.id.to_string()).collect();
    left.sort_unstable();
    assert_eq!(left, ["newer", "signing"]);
}
