//! Tokens keep their port's contract, with every algorithm; and the check of the signing key tells the truth.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use threshold_application::ports::{AccessTokens, IssueTokenError, ReadinessCheck, TokenRejection};
use threshold_domain::Timestamp;
use threshold_domain::sessions::{AccessClaims, AccessToken, PublicKey};
use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets, SequentialIds};
use threshold_tokens::{JwtTokens, KeyRing, KeySource, MasterKey, SigningKeyCheck, SigningMethod, TokenSettings};

async fn tokens(method: SigningMethod) -> Arc<dyn AccessTokens> {
    let secrets = SeededSecrets::default();
    let source = KeySource {
        repository: &InMemoryStore::default(),
        master: &MasterKey::generate(&secrets),
        clock: &FixedClock::default(),
        secrets: &secrets,
        token_lifetime: chrono::TimeDelta::minutes(15),
    };
    let settings = TokenSettings { issuer: "i".to_owned(), audience: "a".to_owned(), cache_size: 10 };
    Arc::new(JwtTokens::new(KeyRing::load(&source, &method).await.unwrap(), settings))
}

mod eddsa {
    threshold_testkit::access_tokens_contract!(super::tokens(super::SigningMethod::EdDsa).await);
}

mod es256 {
    threshold_testkit::access_tokens_contract!(super::tokens(super::SigningMethod::Es256).await);
}

mod hs256 {
    use super::SigningMethod;

    threshold_testkit::access_tokens_contract!(
        super::tokens(SigningMethod::Hs256("s".repeat(32).parse().unwrap())).await
    );
}

#[tokio::test]
async fn a_key_that_signs_and_verifies_is_in_order() {
    let check = SigningKeyCheck {
        tokens: tokens(SigningMethod::EdDsa).await,
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SequentialIds::default()),
    };
    assert_eq!(check.name(), "signing-key");
    assert!(check.check().await.is_ok());
}

/// Tokens that can't be signed, or whose signature is wrong.
struct Broken {
    signs: bool,
}

impl AccessTokens for Broken {
    fn issue(&self, _claims: &AccessClaims) -> Result<AccessToken, IssueTokenError> {
        if self.signs { Ok(AccessToken::new("signed".to_owned())) } else { Err(IssueTokenError("no key".into())) }
    }

    fn verify(&self, _token: &str, _now: Timestamp) -> Result<AccessClaims, TokenRejection> {
        Err(TokenRejection::Invalid)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_key_that_can_not_sign_or_signs_what_it_does_not_verify_is_not_in_order() {
    for signs in [false, true] {
        let check = SigningKeyCheck {
            tokens: Arc::new(Broken { signs }),
            clock: Arc::new(FixedClock::default()),
            ids: Arc::new(SequentialIds::default()),
        };
        assert!(check.check().await.is_err(), "{signs}");
    }
}
