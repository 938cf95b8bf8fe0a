//! The private half of a key, ready to sign.

use ring::error::Unspecified;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

/// Signs with one key. Made once for many tokens: taking a key apart costs as much as signing.
pub(crate) enum Signer {
    /// Ed25519.
    EdDsa(Ed25519KeyPair),
    /// ECDSA on P-256 with SHA-256.
    Es256(EcdsaKeyPair),
    /// HMAC with SHA-256.
    Hs256(hmac::Key),
}

impl Signer {
    /// From the seed of Ed25519, 32 bytes; with the public key.
    pub(crate) fn ed25519(seed: &[u8]) -> Result<(Self, [u8; 32]), Unspecified> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_rejected| Unspecified)?;
        let public = <[u8; 32]>::try_from(pair.public_key().as_ref()).map_err(|_length| Unspecified)?;
        Ok((Self::EdDsa(pair), public))
    }

    /// From a key of P-256 in PKCS #8; with the public key as an uncompressed point.
    pub(crate) fn p256(pkcs8: &[u8]) -> Result<(Self, Vec<u8>), Unspecified> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new());
        let pair = pair.map_err(|_rejected| Unspecified)?;
        let public = pair.public_key().as_ref().to_vec();
        Ok((Self::Es256(pair), public))
    }

    /// From a shared secret.
    pub(crate) fn hmac(secret: &[u8]) -> Self {
        Self::Hs256(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The signature as a JWS holds it (RFC 7518 §3.2 and §3.4, RFC 8037 §3.1), before it is encoded.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        match self {
            Self::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Es256(pair) => Ok(pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec()),
            Self::Hs256(key) => Ok(hmac::sign(key, message).as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    fn decode(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn ed25519_signs_the_example_of_rfc_8037_appendix_a_4() {
        let (signer, public) = Signer::ed25519(&decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")).unwrap();
        let expected = decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        assert_eq!(signer.sign(message).unwrap(), expected);
        assert_eq!(public.to_vec(), decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
    }

    #[test]
    fn hmac_signs_the_example_of_rfc_7515_appendix_a_1() {
        let secret = decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let message = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{claims}");
        let signature = Signer::hmac(&secret).sign(message.as_bytes()).unwrap();
        assert_eq!(signature, decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    }
}
