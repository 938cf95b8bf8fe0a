//! The names of keys.

use crate::shared_secret::SharedSecret;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::{digest, hmac};
use threshold_domain::sessions::{KeyId, PublicKeyMaterial};

/// The thumbprint of a public key: the digest of its required members in their order (RFC 7638 §3, RFC 8037 §2).
pub(crate) fn thumbprint(material: &PublicKeyMaterial) -> KeyId {
    let encode = |bytes: &[u8; 32]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let members = match material {
        PublicKeyMaterial::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x)),
        PublicKeyMaterial::P256 { x, y } => {
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, encode(x), encode(y))
        }
    };
    KeyId::new(BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes())))
}

/// A name for a shared secret, from which nothing can be learned of it.
pub(crate) fn secret_name(secret: &SharedSecret) -> KeyId {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
    KeyId::new(BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"threshold/kid")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_rfc_8037_has_the_thumbprint_of_its_appendix_a_3() {
        let x = BASE64_URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let material = PublicKeyMaterial::Ed25519 { x: x.try_into().unwrap() };
        assert_eq!(thumbprint(&material).as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_key_of_rfc_9449_has_the_thumbprint_of_its_section_6_1() {
        let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap();
        let material = PublicKeyMaterial::P256 {
            x: decode("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"),
            y: decode("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"),
        };
        assert_eq!(thumbprint(&material).as_str(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }
}
