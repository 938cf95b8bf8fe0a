//! The fakes, one file a port.

mod buckets;
mod check;
mod clock;
mod failing;
mod hasher;
mod ids;
mod mailer;
mod meter;
mod news;
mod revocations;
mod secrets;
mod session_secrets;
mod store;
mod tokens;
mod user_cache;

pub use buckets::FakeBuckets;
pub use check::ScriptedCheck;
pub use clock::FixedClock;
pub use failing::FailingUnitOfWork;
pub use hasher::FakeHasher;
pub use ids::SequentialIds;
pub use mailer::{FakeMailer, MailFailure};
pub use meter::RecordingMeter;
pub use news::FakeNewsFeed;
pub use revocations::FakeRevocations;
pub use secrets::SeededSecrets;
pub use session_secrets::FakeSecrets;
pub use store::InMemoryStore;
pub use tokens::FakeTokens;
pub use user_cache::FakeUserCache;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A failed assertion elsewhere must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
