//! The key that signs the audit log.

use crate::master_key::MasterKey;
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use threshold_application::ports::AuditSigner;
use threshold_domain::audit::AuditSignature;

/// Signs with Ed25519 (RFC 8032), with a key that HKDF (RFC 5869) makes from the master key: it is the same for as long as that is.
pub struct AuditKey {
    pair: Ed25519KeyPair,
}

/// The length of a seed.
struct Seed;

impl KeyType for Seed {
    fn len(&self) -> usize {
        32
    }
}

impl AuditKey {
    /// The key that follows from `master`.
    ///
    /// # Errors
    /// Never, as far as the lengths of the keys go.
    pub fn new(master: &MasterKey) -> Result<Self, ring::error::Unspecified> {
        let root = Salt::new(HKDF_SHA256, b"threshold").extract(master.bytes());
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        root.expand(&[b"audit-log/v1"], Seed)?.fill(seed.as_mut_slice())?;
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_rejected| ring::error::Unspecified)?;
        Ok(Self { pair })
    }
}

impl AuditSigner for AuditKey {
    fn sign(&self, message: &[u8]) -> AuditSignature {
        AuditSignature::from_stored(self.pair.sign(message).as_ref())
    }

    fn verify(&self, message: &[u8], signature: &AuditSignature) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.pair.public_key().as_ref());
        key.verify(message, signature.as_bytes()).is_ok()
    }

    fn public_key(&self) -> [u8; 32] {
        let key = self.pair.public_key().as_ref();
        std::array::from_fn(|place| key.get(place).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> AuditKey {
        AuditKey::new(&digit.repeat(64).parse().unwrap()).unwrap()
    }

    #[test]
    fn a_signature_is_of_one_message_by_one_key() {
        let signature = key("1").sign(b"so far");
        assert!(key("1").verify(b"so far", &signature));
        assert!(!key("1").verify(b"so Far", &signature));
        assert!(!key("2").verify(b"so far", &signature));
        assert!(!key("1").verify(b"so far", &AuditSignature::new([0; 64])));
    }

    #[test]
    fn anybody_can_verify_with_the_public_key() {
        let signature = key("1").sign(b"so far");
        let public = UnparsedPublicKey::new(&ED25519, key("1").public_key());
        assert!(public.verify(b"so far", signature.as_bytes()).is_ok());
        assert_ne!(key("1").public_key(), key("2").public_key());
    }
}
