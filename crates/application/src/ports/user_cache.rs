//! What is remembered of users.

use threshold_domain::Timestamp;
use threshold_domain::accounts::UserId;

/// Forgets what is remembered of users, so that nobody is shown what they have changed since.
///
/// What is remembered of a user is shown for a second at most, and longer only while news of other instances is heard of: after a
/// second of silence nothing older is shown.
pub trait UserCache: Send + Sync {
    /// Forgets one user: who asks after this has returned is shown what is stored, also if somebody is reading it just now.
    fn forget(&self, user: UserId);

    /// Forgets everybody, because news may have been missed.
    fn forget_all(&self);

    /// Notes that all news up to `at` has been told.
    fn heard(&self, at: Timestamp);
}
