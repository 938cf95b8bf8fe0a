//! Hashing passwords.

use crate::a_password;
use std::sync::Arc;
use threshold_application::ports::{HashingError, PasswordHasher, PasswordMatch};
use threshold_domain::accounts::{Password, PasswordHash};

/// Expands every case for hashers; the expression makes an `Arc<dyn PasswordHasher>`.
#[macro_export]
macro_rules! password_hasher_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            password_hasher,
            $fresh,
            [
                a_password_matches_its_own_hash_alone,
                a_salt_is_fresh_each_time,
                every_byte_counts_however_long_the_password,
                nothing_to_compare_with_is_a_mismatch,
                an_unknown_form_is_unreadable,
            ]
        );
    };
}

/// And no other.
pub async fn a_password_matches_its_own_hash_alone(hasher: &Arc<dyn PasswordHasher>) {
    let hash = hasher.hash(a_password()).await.unwrap();
    assert_eq!(hasher.verify(a_password(), Some(hash.clone())).await.unwrap(), PasswordMatch::Match);
    let other = Password::parse("violet harbour 92 kite").unwrap();
    assert_eq!(hasher.verify(other, Some(hash)).await.unwrap(), PasswordMatch::Mismatch);
}

/// One password has many hashes.
pub async fn a_salt_is_fresh_each_time(hasher: &Arc<dyn PasswordHasher>) {
    assert_ne!(hasher.hash(a_password()).await.unwrap(), hasher.hash(a_password()).await.unwrap());
}

/// From the first to the last, around every length that a hasher could cut at.
pub async fn every_byte_counts_however_long_the_password(hasher: &Arc<dyn PasswordHasher>) {
    for length in [55, 56, 71, 72, 73, 128, 1000] {
        let text = "p".repeat(length);
        let hash = hasher.hash(Password::parse(text.as_str()).unwrap()).await.unwrap();
        for other in [format!("{text}p"), "p".repeat(length - 1), format!("{}q", "p".repeat(length - 1))] {
            let verdict = hasher.verify(Password::parse(other).unwrap(), Some(hash.clone())).await.unwrap();
            assert_eq!(verdict, PasswordMatch::Mismatch, "{length} bytes");
        }
        let verdict = hasher.verify(Password::parse(text).unwrap(), Some(hash)).await.unwrap();
        assert_eq!(verdict, PasswordMatch::Match, "{length} bytes");
    }
}

/// As for an unknown name.
pub async fn nothing_to_compare_with_is_a_mismatch(hasher: &Arc<dyn PasswordHasher>) {
    assert_eq!(hasher.verify(a_password(), None).await.unwrap(), PasswordMatch::Mismatch);
}

/// It is no mismatch: somebody must look at it.
pub async fn an_unknown_form_is_unreadable(hasher: &Arc<dyn PasswordHasher>) {
    let outcome = hasher.verify(a_password(), Some(PasswordHash::new("no such form".to_owned()))).await;
    assert!(matches!(outcome, Err(HashingError::Unreadable(_))));
}
