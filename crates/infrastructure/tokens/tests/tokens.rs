//! Tokens are issued, verified and refused as RFC 9068 and RFC 8725 ask.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use threshold_application::ports::{
    AccessTokens, Clock, SecretGenerator, SigningKeyRepository, StoreError, TokenRejection, Uniqueness,
};
use threshold_domain::Timestamp;
use threshold_domain::access::Grants;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, PublicKeyMaterial, SessionId, SigningKey, TokenId};
use threshold_tokens::{JwtTokens, KeyRing, KeyRingError, KeySource, MasterKey, SigningMethod, TokenSettings};
use uuid::Uuid;

/// A store, a clock and a source of secrets.
#[derive(Default)]
struct World(Mutex<Vec<SigningKey>>, Mutex<u8>);

#[async_trait]
impl SigningKeyRepository for World {
    async fn list(&self) -> Result<Vec<SigningKey>, StoreError> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn insert(&self, key: &SigningKey) -> Result<(), StoreError> {
        let mut keys = self.0.lock().unwrap();
        if keys.iter().any(|other| other.algorithm == key.algorithm && other.retired_at.is_none()) {
            return Err(StoreError::NotUnique(Uniqueness::SigningKey));
        }
        keys.push(key.clone());
        Ok(())
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        at(0)
    }
}

impl SecretGenerator for World {
    fn fill(&self, bytes: &mut [u8]) {
        let mut next = self.1.lock().unwrap();
        *next += 1;
        bytes.fill(*next);
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp_secs(1_800_000_000 + seconds).unwrap()
}

fn master(digit: &str) -> MasterKey {
    digit.repeat(64).parse().unwrap()
}

async fn ring(world: &World, master: &MasterKey, method: &SigningMethod) -> Result<KeyRing, KeyRingError> {
    KeyRing::load(&KeySource { repository: world, master, clock: world, secrets: world }, method).await
}

async fn tokens_of(world: &World, method: SigningMethod, issuer: &str, audience: &str) -> JwtTokens {
    let settings = TokenSettings { issuer: issuer.to_owned(), audience: audience.to_owned(), cache_size: 100 };
    JwtTokens::new(ring(world, &master("1"), &method).await.unwrap(), settings)
}

async fn tokens(method: SigningMethod) -> JwtTokens {
    tokens_of(&World::default(), method, "https://id.example", "threshold").await
}

fn hs256(secret: &str) -> SigningMethod {
    SigningMethod::Hs256(secret.repeat(32).parse().unwrap())
}

fn claims() -> AccessClaims {
    AccessClaims {
        subject: UserId::new(Uuid::from_u128(1)),
        session: SessionId::new(Uuid::from_u128(2)),
        token_id: TokenId::new(Uuid::from_u128(3)),
        issued_at: at(0),
        expires_at: at(900),
        grants: Grants { roles: vec!["user".to_owned()], permissions: vec!["users:read".to_owned()] },
    }
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encode(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The token with its header changed by `change`, signed anew with the secret of `hs256("s")`.
fn forged(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut header = part(token, 0);
    change(&mut header);
    let claims = part(token, 1);
    signed(&format!("{}.{}", encode(&header), encode(&claims)))
}

fn signed(message: &str) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, "s".repeat(32).as_bytes());
    let signature = ring::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn what_is_issued_is_verified_with_every_algorithm() {
    for method in [SigningMethod::EdDsa, SigningMethod::Es256, hs256("s")] {
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
            "iss": "https://id.example", "aud": "threshold",
            "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
            "iat": at(0).timestamp(), "nbf": at(0).timestamp(), "exp": at(900).timestamp(),
            "roles": ["user"], "permissions": ["users:read"],
        })
    );
}

#[tokio::test]
async fn a_published_key_verifies_by_itself() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    let PublicKeyMaterial::Ed25519 { x } = tokens.public_keys()[0].material else { panic!("another kind of key") };
    let (message, signature) = token.expose().rsplit_once('.').unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, x);
    assert!(key.verify(message.as_bytes(), &signature).is_ok());
}

#[tokio::test]
async fn a_shared_secret_is_never_published() {
    assert!(tokens(hs256("s")).await.public_keys().is_empty());
}

#[tokio::test]
async fn a_token_expires_at_its_exp_also_when_remembered() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    assert_eq!(tokens.verify(token.expose(), at(900)), Err(TokenRejection::Expired));
    assert!(tokens.verify(token.expose(), at(899)).is_ok());
    assert_eq!(tokens.verify(token.expose(), at(900)), Err(TokenRejection::Expired));
}

#[tokio::test]
async fn a_clock_may_be_five_seconds_behind_but_no_more() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    assert_eq!(tokens.verify(token.expose(), at(-6)), Err(TokenRejection::Invalid));
    assert!(tokens.verify(token.expose(), at(-5)).is_ok());
}

#[tokio::test]
async fn tokens_of_another_issuer_audience_or_key_are_refused() {
    let world = World::default();
    let ours = tokens_of(&world, SigningMethod::EdDsa, "https://id.example", "threshold").await;
    let issuer = tokens_of(&world, SigningMethod::EdDsa, "https://evil.example", "threshold").await;
    let audience = tokens_of(&world, SigningMethod::EdDsa, "https://id.example", "others").await;
    let elsewhere = World(Mutex::default(), Mutex::new(100));
    let key = tokens_of(&elsewhere, SigningMethod::EdDsa, "https://id.example", "threshold").await;
    for foreign in [issuer, audience, key] {
        let token = foreign.issue(&claims()).unwrap();
        assert_eq!(ours.verify(token.expose(), at(0)), Err(TokenRejection::Invalid));
    }
}

#[tokio::test]
async fn headers_that_ask_for_trouble_are_refused() {
    let tokens = tokens(hs256("s")).await;
    let good = tokens.issue(&claims()).unwrap();
    let good = good.expose();
    assert!(tokens.verify(&forged(good, |_| {}), at(0)).is_ok(), "the forger knows the secret");
    assert!(tokens.verify(&forged(good, |h| h["typ"] = json!("application/AT+JWT")), at(0)).is_ok());
    for (member, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("EdDSA")),
        ("alg", json!("HS512")),
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("kid", json!("unknown")),
        ("kid", Value::Null),
        ("crit", json!(["exp"])),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/certificate")),
        ("jwk", json!({"kty": "oct", "k": "c2VjcmV0"})),
    ] {
        let token = forged(good, |header| header[member] = value.clone());
        assert_eq!(tokens.verify(&token, at(0)), Err(TokenRejection::Invalid), "{member}: {value}");
    }
}

#[tokio::test]
async fn a_public_key_used_as_a_secret_is_refused() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    let PublicKeyMaterial::Ed25519 { x } = tokens.public_keys()[0].material else { panic!("another kind of key") };
    let mut header = part(token.expose(), 0);
    header["alg"] = json!("HS256");
    let message = format!("{}.{}", encode(&header), encode(&part(token.expose(), 1)));
    let signature = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &x), message.as_bytes());
    let forged = format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(tokens.verify(&forged, at(0)), Err(TokenRejection::Invalid));
}

#[tokio::test]
async fn malformed_tokens_are_refused() {
    let tokens = tokens(hs256("s")).await;
    let good = tokens.issue(&claims()).unwrap();
    let (message, _) = good.expose().rsplit_once('.').unwrap();
    let long = signed(&"x".repeat(9000));
    for token in ["", ".", "..", "a.b.c", message, &format!("{message}."), &format!("{}.x", good.expose()), &long] {
        assert_eq!(tokens.verify(token, at(0)), Err(TokenRejection::Invalid), "{token:.40}");
    }
}

#[tokio::test]
async fn claims_that_are_missing_or_of_another_type_are_refused() {
    let tokens = tokens(hs256("s")).await;
    let good = tokens.issue(&claims()).unwrap();
    let header = encode(&part(good.expose(), 0));
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "roles", "permissions"] {
        let mut missing = part(good.expose(), 1);
        missing.as_object_mut().unwrap().remove(name);
        let mut mistyped = part(good.expose(), 1);
        mistyped[name] = json!({"x": 1});
        for claims in [missing, mistyped] {
            let token = signed(&format!("{header}.{}", encode(&claims)));
            assert_eq!(tokens.verify(&token, at(0)), Err(TokenRejection::Invalid), "{name}");
        }
    }
}

#[tokio::test]
async fn of_two_instances_that_start_at_once_one_makes_the_key() {
    let world = Arc::new(World::default());
    let one = tokens_of(&world, SigningMethod::EdDsa, "i", "a").await;
    let two = tokens_of(&world, SigningMethod::EdDsa, "i", "a").await;
    let token = one.issue(&claims()).unwrap();
    assert_eq!(two.verify(token.expose(), at(0)), Ok(claims()));
    assert_eq!(world.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn tokens_survive_a_change_of_algorithm() {
    let world = World::default();
    let before = tokens_of(&world, SigningMethod::EdDsa, "i", "a").await;
    let token = before.issue(&claims()).unwrap();
    for method in [SigningMethod::Es256, hs256("s")] {
        let after = tokens_of(&world, method, "i", "a").await;
        assert_eq!(after.verify(token.expose(), at(0)), Ok(claims()));
    }
}

#[tokio::test]
async fn stored_keys_open_with_their_own_master_key_alone() {
    let world = World::default();
    ring(&world, &master("1"), &SigningMethod::EdDsa).await.unwrap();
    let Err(error) = ring(&world, &master("2"), &SigningMethod::EdDsa).await else { panic!("it opened") };
    assert!(error.to_string().contains("THRESHOLD_SECRET_KEY"), "{error}");
    world.0.lock().unwrap()[0].sealed_private_key[20] ^= 1;
    assert!(matches!(ring(&world, &master("1"), &SigningMethod::EdDsa).await, Err(KeyRingError::Sealed(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_token_with_any_one_character_changed_is_refused(position in 0_usize..1000, replacement in "[A-Za-z0-9_.-]") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let tokens = runtime.block_on(tokens(SigningMethod::EdDsa));
        let token = tokens.issue(&claims()).unwrap();
        let position = position % token.expose().len();
        let mut changed = token.expose().to_owned();
        changed.replace_range(position..=position, &replacement);
        prop_assume!(changed != token.expose());
        prop_assert_eq!(tokens.verify(&changed, at(0)), Err(TokenRejection::Invalid));
    }
}
