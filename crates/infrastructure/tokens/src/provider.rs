//! The cryptography of `jsonwebtoken`, done by `ring`, which TLS brings along anyway.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, UnparsedPublicKey,
};
use signature::{Error as SignatureError, Signer, Verifier};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(RingSigner::new(*algorithm, key)?)),
    verifier_factory: |algorithm, key| Ok(Box::new(RingVerifier::new(*algorithm, key)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes `jsonwebtoken` use `ring`; once a process is enough.
pub(crate) fn install() {
    // The second time it is installed already.
    let _installed = PROVIDER.install_default();
}

enum RingSigner {
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Hs256(hmac::Key),
}

impl RingSigner {
    fn new(algorithm: Algorithm, key: &EncodingKey) -> Result<Self, Error> {
        let bytes = key.as_bytes();
        let rejected = |_rejected| Error::from(ErrorKind::InvalidKeyFormat);
        if algorithm == Algorithm::EdDSA {
            return Ed25519KeyPair::from_seed_unchecked(bytes).map(Self::EdDsa).map_err(rejected);
        }
        if algorithm == Algorithm::ES256 {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes, &SystemRandom::new());
            return pair.map(Self::Es256).map_err(rejected);
        }
        if algorithm == Algorithm::HS256 {
            return Ok(Self::Hs256(hmac::Key::new(hmac::HMAC_SHA256, bytes)));
        }
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        match self {
            Self::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Es256(pair) => {
                let signature =
                    pair.sign(&SystemRandom::new(), message).map_err(|_unspecified| SignatureError::new())?;
                Ok(signature.as_ref().to_vec())
            }
            Self::Hs256(key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
        }
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDSA,
            Self::Es256(_) => Algorithm::ES256,
            Self::Hs256(_) => Algorithm::HS256,
        }
    }
}

enum RingVerifier {
    EdDsa(UnparsedPublicKey<Vec<u8>>),
    Es256(UnparsedPublicKey<Vec<u8>>),
    Hs256(hmac::Key),
}

impl RingVerifier {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        let bytes = key.try_get_as_bytes()?;
        if algorithm == Algorithm::EdDSA {
            return Ok(Self::EdDsa(UnparsedPublicKey::new(&ED25519, bytes.to_vec())));
        }
        if algorithm == Algorithm::ES256 {
            return Ok(Self::Es256(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes.to_vec())));
        }
        if algorithm == Algorithm::HS256 {
            return Ok(Self::Hs256(hmac::Key::new(hmac::HMAC_SHA256, bytes)));
        }
        Err(ErrorKind::InvalidAlgorithm.into())
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        let outcome = match self {
            Self::EdDsa(key) | Self::Es256(key) => key.verify(message, signature),
            Self::Hs256(key) => hmac::verify(key, message, signature),
        };
        outcome.map_err(|_unspecified| SignatureError::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDSA,
            Self::Es256(_) => Algorithm::ES256,
            Self::Hs256(_) => Algorithm::HS256,
        }
    }
}
