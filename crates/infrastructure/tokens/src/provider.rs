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

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    const CLAIMS: &str =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    fn decode(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn verifies(algorithm: Algorithm, key: &DecodingKey, message: &str, signature: &[u8]) -> bool {
        RingVerifier::new(algorithm, key).unwrap().verify(message.as_bytes(), &signature.to_vec()).is_ok()
    }

    #[test]
    fn ed25519_signs_and_verifies_the_example_of_rfc_8037_appendix_a_4_and_a_5() {
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let expected = decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        let private = EncodingKey::from_ed_der(&decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"));
        let signer = RingSigner::new(Algorithm::EdDSA, &private).unwrap();
        assert_eq!(signer.try_sign(message.as_bytes()).unwrap(), expected);
        let public = DecodingKey::from_ed_der(&decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
        assert!(verifies(Algorithm::EdDSA, &public, message, &expected));
        assert!(!verifies(Algorithm::EdDSA, &public, "another message", &expected));
    }

    #[test]
    fn hmac_signs_and_verifies_the_example_of_rfc_7515_appendix_a_1() {
        let secret = decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let message = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{CLAIMS}");
        let expected = decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let signer = RingSigner::new(Algorithm::HS256, &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(signer.try_sign(message.as_bytes()).unwrap(), expected);
        let key = DecodingKey::from_secret(&secret);
        assert!(verifies(Algorithm::HS256, &key, &message, &expected));
        assert!(!verifies(Algorithm::HS256, &key, "another message", &expected));
    }

    #[test]
    fn p_256_verifies_the_example_of_rfc_7515_appendix_a_3() {
        let x = decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        let y = decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let key = DecodingKey::from_ec_der(&[vec![4], x, y].concat());
        let message = format!("eyJhbGciOiJFUzI1NiJ9.{CLAIMS}");
        let signature =
            decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        assert!(verifies(Algorithm::ES256, &key, &message, &signature));
        assert!(!verifies(Algorithm::ES256, &key, "another message", &signature));
    }

    #[test]
    fn algorithms_that_are_not_ours_have_no_signer_and_no_verifier() {
        for algorithm in [Algorithm::HS512, Algorithm::ES384, Algorithm::RS256, Algorithm::PS256] {
            assert!(RingSigner::new(algorithm, &EncodingKey::from_secret(&[0; 32])).is_err(), "{algorithm:?}");
            assert!(RingVerifier::new(algorithm, &DecodingKey::from_secret(&[0; 32])).is_err(), "{algorithm:?}");
        }
    }
}
