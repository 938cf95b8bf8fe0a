//! New ids.

use uuid::Uuid;

/// Makes ids that nobody has had before.
pub trait IdGenerator: Send + Sync {
    /// A new UUIDv7 (RFC 9562 §5.7); ids from one generator sort in the order in which they were made.
    fn next(&self) -> Uuid;
}
