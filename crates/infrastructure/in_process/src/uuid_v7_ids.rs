//! Ids that sort by time.

use std::sync::Mutex;
use threshold_application::ports::IdGenerator;
use uuid::timestamp::context::ContextV7;
use uuid::{Timestamp, Uuid};

/// Makes UUIDv7 ids; a counter keeps those of one millisecond in order (RFC 9562 §6.2, method 1).
#[derive(Debug, Default)]
pub struct UuidV7Ids(Mutex<ContextV7>);

impl IdGenerator for UuidV7Ids {
    fn next(&self) -> Uuid {
        // A panic while the lock is held can't leave the counter half-changed.
        let context = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::now(&*context))
    }
}
