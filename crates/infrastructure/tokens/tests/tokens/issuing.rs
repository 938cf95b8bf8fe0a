//! What is issued, and who can verify it.

use crate::forgery::{part, shared_secret};
use crate::installation::{AUDIENCE, ISSUER, at, claims, tokens};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use serde_json::json;
use threshold_application::ports::AccessTokens;
use threshold_domain::sessions::PublicKeyMaterial;
use threshold_tokens::SigningMethod;
use uuid::Uuid;

#[tokio::test]
async fn what_is_issued_is_verified_with_every_algorithm() {
    for method in [SigningMethod::EdDsa, SigningMethod::Es256, shared_secret()] {
        let tokens = tokens(method).await;
        let token = tokens.issue(&claims()).unwrap();
        assert_eq!(tokens.verify(token.expose(), at(0)), Ok(claims()));
        assert_eq!(tokens.verify(token.expose(), at(899)), Ok(claims()), "from memory");
    }
}

#[tokio::test]
async fn header_and_claims_are_those_of_the_contract() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    let kid = tokens.public_keys()[0].id.to_string();
    assert_eq!(part(token.expose(), 0), json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid}));
    assert_eq!(
        part(token.expose(), 1),
        json!({
            "iss": ISSUER, "aud": AUDIENCE,
            "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
            "iat": at(0).timestamp(), "nbf": at(0).timestamp(), "exp": at(900).timestamp(),
            "roles": ["user"], "permissions": ["users:read"], "gv": 7,
        })
    );
}

#[tokio::test]
async fn a_published_key_verifies_by_itself() {
    for method in [SigningMethod::EdDsa, SigningMethod::Es256] {
        let tokens = tokens(method).await;
        let token = tokens.issue(&claims()).unwrap();
        let (message, signature) = token.expose().rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        let verified = match tokens.public_keys()[0].material {
            PublicKeyMaterial::Ed25519 { x } => {
                UnparsedPublicKey::new(&ED25519, x.to_vec()).verify(message.as_bytes(), &signature)
            }
            PublicKeyMaterial::P256 { x, y } => {
                let point = [&[4], x.as_slice(), &y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message.as_bytes(), &signature)
            }
        };
        assert!(verified.is_ok(), "{:?}", part(token.expose(), 0));
    }
}

#[tokio::test]
async fn a_shared_secret_is_never_published() {
    let tokens = tokens(shared_secret()).await;
    assert!(tokens.public_keys().is_empty());
}

#[tokio::test]
async fn every_instance_calls_a_shared_secret_by_the_same_name_and_another_secret_by_another() {
    let other = SigningMethod::Hs256("t".repeat(32).parse().unwrap());
    let mut names = Vec::new();
    for method in [shared_secret(), shared_secret(), other] {
        let token = tokens(method).await.issue(&claims()).unwrap();
        names.push(part(token.expose(), 0)["kid"].clone());
    }
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);
}
