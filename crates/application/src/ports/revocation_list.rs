//! The sessions that ended before their tokens expire.

use threshold_domain::Timestamp;
use threshold_domain::sessions::SessionId;

/// What this instance knows of ended sessions, in memory: asking costs no network hop.
///
/// It is fed with the ends that this instance causes, at once, and with those of others, by whoever follows the store. It
/// says when it has not heard of the others for too long, so that nobody trusts it by mistake.
pub trait RevocationList: Send + Sync {
    /// Remembers that the session has ended, until none of its tokens can be valid any more.
    fn revoke(&self, session: SessionId, until: Timestamp);

    /// Notes that all ends of others up to `at` have been told, and forgets what is over by then.
    fn caught_up(&self, at: Timestamp);

    /// Whether the session has ended. `Unknown` when the list last caught up more than a second before `now` (or never):
    /// then the store must be asked. A session that was revoked here is `Revoked` also then.
    fn lookup(&self, session: SessionId, now: Timestamp) -> Revocation;

    /// How many sessions are remembered.
    fn len(&self) -> usize;

    /// Whether none is.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a revocation list knows of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// It has ended.
    Revoked,
    /// It has not.
    Live,
    /// The list is out of date.
    Unknown,
}
