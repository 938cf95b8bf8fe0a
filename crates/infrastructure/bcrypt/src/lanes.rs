//! What is hashed, and with which core.

use crate::interleaved::bcrypt_interleaved;
use crate::settings::Cost;
use zeroize::Zeroizing;

/// The most passwords that are hashed at once: more of them no longer fit a core's first cache.
pub(crate) const MAX_LANES: usize = 4;
/// bcrypt looks at this many bytes.
pub(crate) const MAX_KEY_BYTES: usize = 72;

/// One password on its way through bcrypt.
pub(crate) struct Lane {
    /// The password and one NUL, cut to 72 bytes: never empty.
    pub(crate) key: Zeroizing<Vec<u8>>,
    /// The salt.
    pub(crate) salt: [u8; 16],
}

impl Lane {
    /// The key of a password of at most 72 bytes: a NUL ends it where there is room, as in every bcrypt since version 2a.
    /// One of exactly 72 bytes is used whole, without a NUL; no shorter one has its key, because passwords hold no NUL.
    pub(crate) fn new(password: &[u8], salt: [u8; 16]) -> Self {
        let mut key = Zeroizing::new(Vec::with_capacity(MAX_KEY_BYTES + 1));
        key.extend_from_slice(password);
        key.push(0);
        key.truncate(MAX_KEY_BYTES);
        Self { key, salt }
    }
}

/// Hashes up to [`MAX_LANES`] passwords at once, or one after the other; 24 bytes each, in their order.
pub(crate) fn hash_all(cost: Cost, lanes: &[Lane], interleaved: bool) -> Vec<[u8; 24]> {
    match lanes {
        [a] if interleaved => bcrypt_interleaved(cost, [a]).to_vec(),
        [a, b] if interleaved => bcrypt_interleaved(cost, [a, b]).to_vec(),
        [a, b, c] if interleaved => bcrypt_interleaved(cost, [a, b, c]).to_vec(),
        [a, b, c, d] if interleaved => bcrypt_interleaved(cost, [a, b, c, d]).to_vec(),
        _ => lanes.iter().map(|lane| bcrypt::bcrypt(cost.get(), lane.salt, &lane.key)).collect(),
    }
}
