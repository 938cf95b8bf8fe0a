//! What the operator decides about hashing.

use std::num::NonZeroUsize;
use std::time::Duration;

/// The binary logarithm of bcrypt's rounds, from 4 to 16. One more takes twice as long; 16 takes seconds, and what lies above
/// is refused also in stored hashes, because a hash made elsewhere with cost 31 would occupy a core for days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost(u32);

impl Cost {
    /// The recommended cost.
    pub const DEFAULT: Self = Self(12);

    /// A cost; `None` outside of 4 to 16.
    #[must_use]
    pub fn new(cost: u32) -> Option<Self> {
        (4..=16).contains(&cost).then_some(Self(cost))
    }

    /// The number itself.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

/// How passwords are hashed.
#[derive(Debug, Clone, Copy)]
pub struct BcryptSettings {
    /// The cost of new hashes.
    pub cost: Cost,
    /// Threads that hash; as many as cores is best.
    pub threads: NonZeroUsize,
    /// Nobody waits longer than this for their hashing to begin.
    pub max_queue_wait: Duration,
    /// Whether up to four passwords are hashed at once on a thread, by our own core; else the `bcrypt` crate hashes them one by
    /// one.
    pub interleaved: bool,
}

impl Default for BcryptSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { cost: Cost::DEFAULT, threads, max_queue_wait: Duration::from_secs(2), interleaved: true }
    }
}
