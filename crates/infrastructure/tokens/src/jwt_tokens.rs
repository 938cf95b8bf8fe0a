//! Access tokens as JWTs.

use crate::claims::JsonClaims;
use crate::header;
use crate::key_ring::KeyRing;
use crate::provider;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use quick_cache::sync::Cache;
use ring::digest::{SHA256, digest};
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
    keys: KeyRing,
    settings: TokenSettings,
    verified: Cache<[u8; 32], AccessClaims>,
}

impl JwtTokens {
    /// Tokens signed by `keys`.
    #[must_use]
    pub fn new(keys: KeyRing, settings: TokenSettings) -> Self {
        provider::install();
        let verified = Cache::new(settings.cache_size);
        Self { keys, settings, verified }
    }

    fn decode(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRejection> {
        let claims = self.check(token).ok_or(TokenRejection::Invalid)?;
        if claims.nbf > now.timestamp() + CLOCK_DIFFERENCE_SECONDS {
            return Err(TokenRejection::Invalid);
        }
        if claims.exp <= now.timestamp() {
            return Err(TokenRejection::Expired);
        }
        claims.into_claims().ok_or(TokenRejection::Invalid)
    }

    /// Everything but the times: these are told by our clock, not the library's.
    fn check(&self, token: &str) -> Option<JsonClaims> {
        let (id, algorithm) = header::read(token)?;
        let key = self.keys.verifier(&id).filter(|key| key.algorithm == algorithm)?;
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
        let key = &self.keys.signer;
        let header = Header {
            typ: Some(header::TYPE.to_owned()),
            kid: Some(key.id.as_str().to_owned()),
            ..Header::new(algorithm_of(key.algorithm))
        };
        let claims = JsonClaims::new(claims, &self.settings.issuer, &self.settings.audience);
        let token = encode(&header, &claims, &key.signing).map_err(|error| IssueTokenError(BoxError::from(error)))?;
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
        let claims = self.decode(token, now)?;
        self.verified.insert(digest, claims.clone());
        Ok(claims)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.public_keys().to_vec()
    }
}

fn algorithm_of(algorithm: SignatureAlgorithm) -> Algorithm {
    match algorithm {
        SignatureAlgorithm::EdDsa => Algorithm::EdDSA,
        SignatureAlgorithm::Es256 => Algorithm::ES256,
        SignatureAlgorithm::Hs256 => Algorithm::HS256,
    }
}
