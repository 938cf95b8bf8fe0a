//! How `jsonwebtoken` verifies: by `ring`, which TLS brings along anyway.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey};
use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use signature::{Error as SignatureError, Verifier};

static PROVIDER: CryptoProvider = CryptoProvider {
    // It would take the key apart for each token: `Signer` does that once.
    signer_factory: |_algorithm, _key| Err(ErrorKind::InvalidAlgorithm.into()),
    verifier_factory: |algorithm, key| Ok(Box::new(RingVerifier::new(*algorithm, key)?)),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes `jsonwebtoken` verify by `ring`; once a process is enough.
pub(crate) fn install() {
    // The second time it is installed already.
    let _installed = PROVIDER.install_default();
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
    fn ed25519_verifies_the_example_of_rfc_8037_appendix_a_5() {
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let expected = decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        let public = DecodingKey::from_ed_der(&decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
        assert!(verifies(Algorithm::EdDSA, &public, message, &expected));
        assert!(!verifies(Algorithm::EdDSA, &public, "another message", &expected));
    }

    #[test]
    fn hmac_verifies_the_example_of_rfc_7515_appendix_a_1() {
        let secret = decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let message = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{CLAIMS}");
        let expected = decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
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
    fn algorithms_that_are_not_ours_have_no_verifier() {
        for algorithm in [Algorithm::HS512, Algorithm::ES384, Algorithm::RS256, Algorithm::PS256] {
            assert!(RingVerifier::new(algorithm, &DecodingKey::from_secret(&[0; 32])).is_err(), "{algorithm:?}");
        }
    }
}
