//! Private keys at rest.

use crate::master_key::MasterKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, Salt};
use threshold_application::ports::SecretGenerator;
use threshold_domain::sessions::{KeyId, SignatureAlgorithm};
use zeroize::Zeroizing;

/// Stands first, so that another way of sealing can be told apart.
const VERSION: u8 = 1;

/// Seals private keys with AES-256-GCM under a key derived from the master key for this purpose alone.
pub(crate) struct Sealer(LessSafeKey);

impl Sealer {
    pub(crate) fn new(master: &MasterKey) -> Result<Self, Unspecified> {
        let derived = Salt::new(HKDF_SHA256, b"threshold").extract(master.bytes());
        let key = derived.expand(&[b"signing-keys/v1"], &AES_256_GCM)?;
        Ok(Self(LessSafeKey::new(UnboundKey::from(key))))
    }

    /// Version, nonce, ciphertext and tag; bound to the key's name and algorithm.
    pub(crate) fn seal(
        &self,
        secrets: &dyn SecretGenerator,
        id: &KeyId,
        algorithm: SignatureAlgorithm,
        private_key: &[u8],
    ) -> Result<Vec<u8>, Unspecified> {
        let mut nonce = [0; NONCE_LEN];
        secrets.fill(&mut nonce);
        let mut text = private_key.to_vec();
        let bound_to = Aad::from(binding(id, algorithm));
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to, &mut text)?;
        Ok([&[VERSION], nonce.as_slice(), &text].concat())
    }

    pub(crate) fn open(
        &self,
        id: &KeyId,
        algorithm: SignatureAlgorithm,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let (&[VERSION], rest) = sealed.split_first_chunk::<1>().ok_or(Unspecified)? else { return Err(Unspecified) };
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or(Unspecified)?;
        let mut text = Zeroizing::new(text.to_vec());
        let bound_to = Aad::from(binding(id, algorithm));
        let length = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), bound_to, &mut text)?.len();
        text.truncate(length);
        Ok(text)
    }
}

fn binding(id: &KeyId, algorithm: SignatureAlgorithm) -> Vec<u8> {
    format!("{}:{}", algorithm.as_str(), id.as_str()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use threshold_testkit::SeededSecrets;

    const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::EdDsa;

    fn sealer() -> Sealer {
        Sealer::new(&"1".repeat(64).parse().unwrap()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_name_and_algorithm_alone() {
        let id = KeyId::new("one".to_owned());
        let sealed = sealer().seal(&SeededSecrets::default(), &id, ALGORITHM, b"private").unwrap();
        assert_eq!(*sealer().open(&id, ALGORITHM, &sealed).unwrap(), b"private");
        assert!(sealer().open(&KeyId::new("two".to_owned()), ALGORITHM, &sealed).is_err());
        assert!(sealer().open(&id, SignatureAlgorithm::Es256, &sealed).is_err());
    }

    #[test]
    fn every_sealing_has_its_own_nonce() {
        let (secrets, id) = (SeededSecrets::default(), KeyId::new("one".to_owned()));
        let seal = || sealer().seal(&secrets, &id, ALGORITHM, b"private").unwrap();
        assert_ne!(seal(), seal());
    }
}
