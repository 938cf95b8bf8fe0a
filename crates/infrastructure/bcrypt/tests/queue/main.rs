//! What happens between a caller and the threads that hash.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod batches;
mod bounds;
mod gate;
mod lifecycle;
mod weaker;

use gate::Gate;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use threshold_application::ports::{HashingError, PasswordHasher, SecretGenerator};
use threshold_bcrypt::{BcryptHasher, BcryptSettings, Cost};
use threshold_domain::accounts::{Password, PasswordHash};
use tokio::task::JoinHandle;

/// Salts that count up.
#[derive(Default)]
struct CountingSalts(Mutex<u8>);

impl SecretGenerator for CountingSalts {
    fn fill(&self, bytes: &mut [u8]) {
        let mut next = self.0.lock().unwrap();
        *next = next.wrapping_add(1);
        bytes.fill(*next);
    }
}

type Hashing = JoinHandle<Result<PasswordHash, HashingError>>;

/// One thread, the least cost.
fn settings(max_queue_wait: Duration) -> BcryptSettings {
    let cost = Cost::new(4).unwrap();
    BcryptSettings { cost, threads: NonZeroUsize::MIN, max_queue_wait, interleaved: true }
}

fn start(settings: BcryptSettings) -> (Arc<BcryptHasher>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let meter = Arc::clone(&gate);
    (Arc::new(BcryptHasher::start(settings, Arc::new(CountingSalts::default()), meter)), gate)
}

/// Closes the gate, with the only thread behind it.
async fn occupy(hasher: &Arc<BcryptHasher>, gate: &Arc<Gate>) -> Hashing {
    let before = gate.count_of("begun");
    gate.close();
    let busy = hash(hasher);
    gate.until(|gate| gate.count_of("begun") > before).await;
    busy
}

/// Callers that wait while the thread is occupied.
async fn wait_in_queue(hasher: &Arc<BcryptHasher>, gate: &Arc<Gate>, callers: u32) -> Vec<Hashing> {
    let waiting = (0..callers).map(|_| hash(hasher)).collect();
    gate.until(|gate| gate.depth() >= f64::from(callers)).await;
    waiting
}

fn hash(hasher: &Arc<BcryptHasher>) -> Hashing {
    let hasher = Arc::clone(hasher);
    tokio::spawn(async move { hasher.hash(password("x")).await })
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

/// A hash of another cost, as an earlier setting or another program left it.
fn stored_with_cost(cost: u32) -> PasswordHash {
    let hash = "DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";
    PasswordHash::new(format!("$2b${cost:02}${hash}"))
}

/// The time to come back of a refusal.
fn refused<T>(outcome: Result<T, HashingError>) -> Duration {
    match outcome {
        Err(HashingError::Overloaded { retry_after }) => retry_after,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("not refused"),
    }
}
