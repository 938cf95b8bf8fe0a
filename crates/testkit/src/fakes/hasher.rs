//! A hasher that costs nothing and protects nothing.

use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use threshold_application::ports::{HashingError, PasswordHasher, PasswordMatch};
use threshold_domain::accounts::{Password, PasswordHash};

const PREFIX: &str = "fake:";
/// Stands before hashes that should be made anew.
const WEAK: &str = "weak-";

/// “Hashes” by writing a number and the password behind a prefix, and counts its work.
#[derive(Debug, Default)]
pub struct FakeHasher {
    work: AtomicU64,
    overloaded: AtomicBool,
}

impl FakeHasher {
    /// How many passwords were hashed or compared.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::SeqCst)
    }

    /// Refuses everything from now on, or no longer.
    pub fn set_overloaded(&self, overloaded: bool) {
        self.overloaded.store(overloaded, Ordering::SeqCst);
    }

    /// A hash of `password` that is weaker than those that [`hash`](PasswordHasher::hash) makes.
    #[must_use]
    pub fn weak_hash(password: &Password) -> PasswordHash {
        PasswordHash::new(format!("{WEAK}{PREFIX}0:{}", password.expose()))
    }

    fn begin(&self) -> Result<u64, HashingError> {
        if self.overloaded.load(Ordering::SeqCst) {
            return Err(HashingError::Overloaded { retry_after: Duration::from_secs(2) });
        }
        Ok(self.work.fetch_add(1, Ordering::SeqCst))
    }
}

#[async_trait]
impl PasswordHasher for FakeHasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let salt = self.begin()?;
        Ok(PasswordHash::new(format!("{PREFIX}{salt}:{}", password.expose())))
    }

    async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<PasswordMatch, HashingError> {
        let text = match &hash {
            Some(hash) => Some(read(hash.expose())?),
            None => None,
        };
        self.begin()?;
        let is_weak = hash.as_ref().is_some_and(|hash| hash.expose().starts_with(WEAK));
        Ok(match (text == Some(password.expose()), is_weak) {
            (true, false) => PasswordMatch::Match,
            (true, true) => PasswordMatch::Outdated,
            (false, _) => PasswordMatch::Mismatch,
        })
    }
}

fn read(encoded: &str) -> Result<&str, HashingError> {
    let text = encoded.strip_prefix(WEAK).unwrap_or(encoded).strip_prefix(PREFIX).and_then(|rest| rest.split_once(':'));
    text.map(|(_salt, text)| text).ok_or_else(|| HashingError::Unreadable("not a fake hash".into()))
}
