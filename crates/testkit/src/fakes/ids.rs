//! Ids that count up.

use std::sync::atomic::{AtomicU64, Ordering};
use threshold_application::ports::IdGenerator;
use uuid::{Builder, Uuid};

/// Makes the same UUIDv7 ids in every run: the first, the second, and so on.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl IdGenerator for SequentialIds {
    fn next(&self) -> Uuid {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Builder::from_unix_timestamp_millis(number, &[0; 10]).into_uuid()
    }
}
