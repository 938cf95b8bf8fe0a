//! A key pair, ready for use.

use crate::header;
use crate::shared_secret::SharedSecret;
use crate::signer::Signer;
use crate::thumbprint::{secret_name, thumbprint};
use jsonwebtoken::DecodingKey;
use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use threshold_application::ports::SecretGenerator;
use threshold_domain::sessions::{KeyId, PublicKey, PublicKeyMaterial, SignatureAlgorithm};
use zeroize::Zeroizing;

/// The private half of a key, in the form that is sealed: the seed of Ed25519, PKCS #8 of P-256.
pub(crate) type PrivateKey = Zeroizing<Vec<u8>>;

/// A key that signs and verifies with one algorithm.
pub(crate) struct KeyPair {
    pub(crate) id: KeyId,
    pub(crate) algorithm: SignatureAlgorithm,
    /// What its tokens begin with, encoded.
    pub(crate) header: String,
    pub(crate) signer: Signer,
    pub(crate) verifying: DecodingKey,
    /// Absent for a shared secret.
    pub(crate) public: Option<PublicKey>,
}

impl KeyPair {
    /// Makes the private half of a new key. P-256 takes its randomness from the system by itself.
    pub(crate) fn generate(
        algorithm: SignatureAlgorithm,
        secrets: &dyn SecretGenerator,
    ) -> Result<PrivateKey, Unspecified> {
        match algorithm {
            SignatureAlgorithm::EdDsa => {
                let mut seed = Zeroizing::new(vec![0; 32]);
                secrets.fill(&mut seed);
                Ok(seed)
            }
            SignatureAlgorithm::Es256 => {
                let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())?;
                Ok(Zeroizing::new(document.as_ref().to_vec()))
            }
            SignatureAlgorithm::Hs256 => Err(Unspecified),
        }
    }

    /// The key pair of a private half.
    pub(crate) fn from_private(algorithm: SignatureAlgorithm, private: &[u8]) -> Result<Self, Unspecified> {
        let (material, signer, verifying) = match algorithm {
            SignatureAlgorithm::EdDsa => {
                let (signer, x) = Signer::ed25519(private)?;
                (PublicKeyMaterial::Ed25519 { x }, signer, DecodingKey::from_ed_der(&x))
            }
            SignatureAlgorithm::Es256 => {
                let (signer, point) = Signer::p256(private)?;
                (p256(&point)?, signer, DecodingKey::from_ec_der(&point))
            }
            SignatureAlgorithm::Hs256 => return Err(Unspecified),
        };
        let id = thumbprint(&material);
        let public = Some(PublicKey { id: id.clone(), material });
        Ok(Self { header: header::write(&id, algorithm), id, algorithm, signer, verifying, public })
    }

    /// A shared secret as a key.
    pub(crate) fn from_secret(secret: &SharedSecret) -> Self {
        let (id, algorithm) = (secret_name(secret), SignatureAlgorithm::Hs256);
        Self {
            header: header::write(&id, algorithm),
            id,
            algorithm,
            signer: Signer::hmac(secret.bytes()),
            verifying: DecodingKey::from_secret(secret.bytes()),
            public: None,
        }
    }
}

/// The coordinates of an uncompressed point (SEC 1 §2.3.3): a 4, then both, 32 bytes each.
fn p256(point: &[u8]) -> Result<PublicKeyMaterial, Unspecified> {
    let (_uncompressed, coordinates) = point.split_first().ok_or(Unspecified)?;
    let (x, y) = coordinates.split_first_chunk::<32>().ok_or(Unspecified)?;
    let y = <[u8; 32]>::try_from(y).map_err(|_length| Unspecified)?;
    Ok(PublicKeyMaterial::P256 { x: *x, y })
}
