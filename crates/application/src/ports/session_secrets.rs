//! Deriving what proves sessions, pages and devices.

use threshold_domain::accounts::UserId;
use threshold_domain::limits::AttemptKey;
use threshold_domain::sessions::{CsrfToken, DeviceTag, SecretDigest, SessionId, SessionToken};

/// Derives secrets with a key that all instances share and nobody else knows: what is derived from the same is the same, on every
/// instance and after every restart, and for each purpose something else.
pub trait SessionSecrets: Send + Sync {
    /// SHA-256 of the token as it is handed out: what is stored of it.
    fn digest(&self, token: &SessionToken) -> SecretDigest;

    /// The token that comes after this one: always the same, so that it need not be stored to be answered again. `None` where the
    /// generations have run out.
    fn successor(&self, token: &SessionToken) -> Option<SessionToken>;

    /// What a page must show besides the cookie of this session.
    fn csrf_token(&self, session: SessionId) -> CsrfToken;

    /// What proves that this user signed in on that device.
    fn device_tag(&self, device: &[u8; 16], user: UserId) -> DeviceTag;

    /// Names the parts, which are told apart however they are cut, without revealing them.
    fn attempt_key(&self, parts: &[&str]) -> AttemptKey;
}
