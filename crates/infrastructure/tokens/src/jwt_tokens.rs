//! Access tokens as JWTs.

use crate::claims::JsonClaims;
use crate::header;
use crate::key_ring::KeyRing;
use crate::provider;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation, decode};
use quick_cache::sync::Cache;
use ring::digest::{SHA256, digest};
use std::sync::{Arc, PoisonError, RwLock};
use threshold_application::ports::{AccessTokens, BoxError, IssueTokenError, TokenRejection};
use threshold_domain::Timestamp;
use threshold_domain::sessions::{AccessClaims, AccessToken, PublicKey, SignatureAlgorithm};

/// Our own tokens are far shorter; longer ones need not be looked at.
const MAX_BYTES: usize = 8 * 1024;
/// How far the clock of the instance that issued a token may be ahead of ours.
const CLOCK_DIFFERENCE_SECONDS: i64 = 5;

/// What the operator decides about tokens.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// `iss`: the public address of the service.
    pub issuer: String,
    /// `aud`: who the tokens are for.
    pub audience: String,
    /// How many verified tokens are remembered; about 400 bytes each.
    pub cache_size: usize,
}

/// Issues and verifies JWTs; remembers those that it has verified, by their digest, until they expire.
pub struct JwtTokens {
    keys: RwLock<Arc<KeyRing>>,
    settings: TokenSettings,
    verified: Cache<[u8; 32], AccessClaims>,
}

impl JwtTokens {
    /// Tokens signed by `keys`.
    #[must_use]
    pub fn new(keys: KeyRing, settings: TokenSettings) -> Self {
        provider::install();
        let verified = Cache::new(settings.cache_size);
        Self { keys: RwLock::new(Arc::new(keys)), settings, verified }
    }

    /// Goes on with other keys. Where one of those before is not among them its tokens are forgotten: they are not good any
    /// more.
    pub fn replace_keys(&self, keys: KeyRing) {
        let keys = Arc::new(keys);
        let before =
            std::mem::replace(&mut *self.keys.write().unwrap_or_else(PoisonError::into_inner), Arc::clone(&keys));
        if !keys.covers(&before) {
            self.verified.clear();
        }
    }

    /// A panic can't leave the pointer half-changed.
    fn keys(&self) -> Arc<KeyRing> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn decode(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRejection> {
        let claims = self.check(token).ok_or(TokenRejection::Invalid)?;
        if claims.good_from() > now.timestamp() + CLOCK_DIFFERENCE_SECONDS {
            return Err(TokenRejection::Invalid);
        }
        // Last, because only what is right in everything else has expired.
        let claims = claims.into_claims().ok_or(TokenRejection::Invalid)?;
        if claims.expires_at > now { Ok(claims) } else { Err(TokenRejection::Expired) }
    }

    /// Everything but the times: these are told by our clock, not the library's.
    fn check(&self, token: &str) -> Option<JsonClaims> {
        let (id, algorithm) = header::read(token)?;
        let keys = self.keys();
        let key = keys.verifier(&id).filter(|key| key.algorithm == algorithm)?;
        let mut validation = Validation::new(algorithm_of(key.algorithm));
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        decode(token, &key.verifying, &validation).ok().map(|data| data.claims)
    }
}

impl AccessTokens for JwtTokens {
    fn issue(&self, claims: &AccessClaims) -> Result<AccessToken, IssueTokenError> {
        let keys = self.keys();
        let key = keys.signer(claims.issued_at).ok_or_else(|| IssueTokenError("there is no signing key".into()))?;
        let claims = serde_json::to_vec(&JsonClaims::new(claims, &self.settings.issuer, &self.settings.audience));
        let claims = claims.map_err(|error| IssueTokenError(BoxError::from(error)))?;
        // RFC 7515 §7.1.
        let mut token = format!("{}.{}", key.header, BASE64_URL_SAFE_NO_PAD.encode(claims));
        let signature = key.signer.sign(token.as_bytes());
        let signature = signature.map_err(|_unspecified| IssueTokenError("the key does not sign".into()))?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(AccessToken::new(token))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRejection> {
        if token.len() > MAX_BYTES {
            return Err(TokenRejection::Invalid);
        }
        let digest = <[u8; 32]>::try_from(digest(&SHA256, token.as_bytes()).as_ref())
            .map_err(|_length| TokenRejection::Invalid)?;
        match self.verified.get(&digest) {
            Some(claims) if claims.expires_at > now => return Ok(claims),
            Some(_) => {
                self.verified.remove(&digest);
                return Err(TokenRejection::Expired);
            }
            None => {}
        }
        let keys = self.keys();
        let claims = self.decode(token, now)?;
        self.verified.insert(digest, claims.clone());
        // Keys that were replaced meanwhile may have taken the token's with them.
        if !Arc::ptr_eq(&keys, &self.keys()) {
            self.verified.remove(&digest);
        }
        Ok(claims)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.keys().public_keys().to_vec()
    }
}

fn algorithm_of(algorithm: SignatureAlgorithm) -> Algorithm {
    match algorithm {
        SignatureAlgorithm::EdDsa => Algorithm::EdDSA,
        SignatureAlgorithm::Es256 => Algorithm::ES256,
        SignatureAlgorithm::Hs256 => Algorithm::HS256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeySource, MasterKey, SigningMethod};
    use threshold_domain::access::Grants;
    use threshold_domain::accounts::UserId;
    use threshold_domain::sessions::{SessionId, TokenId};
    use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets, at};
    use uuid::Uuid;

    async fn remembering(cache_size: usize) -> JwtTokens {
        let secrets = SeededSecrets::default();
        let source = KeySource {
            repository: &InMemoryStore::default(),
            master: &MasterKey::generate(&secrets),
            clock: &FixedClock::default(),
            secrets: &secrets,
            token_lifetime: chrono::TimeDelta::minutes(15),
        };
        let keys = KeyRing::load(&source, &SigningMethod::EdDsa).await.unwrap();
        JwtTokens::new(keys, TokenSettings { issuer: "i".to_owned(), audience: "a".to_owned(), cache_size })
    }

    fn token_number(tokens: &JwtTokens, number: u128) -> AccessToken {
        let claims = AccessClaims {
            subject: UserId::new(Uuid::from_u128(number)),
            session: SessionId::new(Uuid::from_u128(number)),
            token_id: TokenId::new(Uuid::from_u128(number)),
            issued_at: at(0),
            expires_at: at(900),
            grants: Grants::of_every_user(),
        };
        tokens.issue(&claims).unwrap()
    }

    #[tokio::test]
    async fn a_verified_token_is_answered_from_memory() {
        let tokens = remembering(32).await;
        let token = token_number(&tokens, 1);
        let claims = tokens.verify(token.expose(), at(0)).unwrap();
        // What only memory can know.
        let digest = digest(&SHA256, token.expose().as_bytes()).as_ref().try_into().unwrap();
        let marked = AccessClaims { token_id: TokenId::new(Uuid::max()), ..claims };
        tokens.verified.replace(digest, marked.clone(), false).unwrap();
        assert_eq!(tokens.verify(token.expose(), at(1)), Ok(marked));
    }

    #[tokio::test]
    async fn what_was_refused_or_has_expired_is_not_remembered() {
        let tokens = remembering(32).await;
        let token = token_number(&tokens, 1);
        assert!(tokens.verify("a.b.c", at(0)).is_err());
        assert!(tokens.verify(token.expose(), at(900)).is_err());
        assert_eq!(tokens.verified.len(), 0);
        assert!(tokens.verify(token.expose(), at(0)).is_ok());
        assert_eq!(tokens.verified.len(), 1);
        assert!(tokens.verify(token.expose(), at(900)).is_err());
        assert_eq!(tokens.verified.len(), 0, "a remembered one is forgotten at its exp");
    }

    #[tokio::test]
    async fn no_more_tokens_are_remembered_than_the_setting_says() {
        let tokens = remembering(32).await;
        for number in 0..200 {
            let token = token_number(&tokens, number);
            assert!(tokens.verify(token.expose(), at(0)).is_ok());
        }
        assert!((1..=32).contains(&tokens.verified.len()), "{} are remembered", tokens.verified.len());
    }

    #[tokio::test]
    async fn where_nothing_is_to_be_remembered_tokens_are_verified_each_time() {
        let tokens = remembering(0).await;
        let token = token_number(&tokens, 1);
        assert!(tokens.verify(token.expose(), at(0)).is_ok());
        assert!(tokens.verify(token.expose(), at(0)).is_ok());
        assert_eq!(tokens.verified.len(), 0);
    }
}
