//! What tokens and keys no longer count before they expire.

use super::News;
use threshold_domain::Timestamp;
use threshold_domain::access::ApiKeyId;
use threshold_domain::sessions::AccessClaims;

/// What this instance knows of ended sessions, changed grants and revoked keys, in memory: asking costs no network hop.
///
/// It is fed with what this instance causes, at once, and with what others cause, by whoever follows them. It
/// says when it has not heard of the others for too long, so that nobody trusts it by mistake. Nothing is put out to make room: a
/// list that can't take something says that it is not current until that is over.
pub trait RevocationList: Send + Sync {
    /// Remembers an ended session, changed grants or a revoked key until none of the tokens can be valid any more, or nobody
    /// remembers the key; of two for one session, user, role or key the later wins. Other news is nothing to it.
    fn note(&self, news: &News);

    /// Notes that everything up to `at` has been told, and forgets what is over by then. Earlier moments than the last are
    /// nothing new.
    fn caught_up(&self, at: Timestamp);

    /// Whether everything was told no longer than a second before `now`.
    fn is_current(&self, now: Timestamp) -> bool;

    /// Whether a token counts. `Unknown` when the list is not current: then the store must be asked. A token that is known to be
    /// revoked or stale is so also then.
    fn lookup(&self, claims: &AccessClaims, now: Timestamp) -> Revocation;

    /// Whether a key counts: `Revoked`, `Live`, or `Unknown` when the list is not current: then the store must be asked.
    fn lookup_key(&self, key: ApiKeyId, now: Timestamp) -> Revocation;

    /// How many sessions, users, roles and keys are remembered.
    fn len(&self) -> usize;

    /// Whether none is.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a revocation list knows of a token or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Its session has ended, or it was revoked itself.
    Revoked,
    /// What its bearer may do has changed since it was made.
    Stale,
    /// It counts.
    Live,
    /// The list is out of date.
    Unknown,
}
