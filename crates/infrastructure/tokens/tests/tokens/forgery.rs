//! Tokens by somebody who knows the shared secret, so that nothing but their form is wrong.

use crate::installation::{at, claims, tokens};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::Value;
use threshold_application::ports::{AccessTokens, TokenRejection};
use threshold_domain::Timestamp;
use threshold_domain::sessions::AccessClaims;
use threshold_tokens::{JwtTokens, SigningMethod};

const SECRET: [u8; 32] = [b's'; 32];

pub(crate) fn shared_secret() -> SigningMethod {
    SigningMethod::Hs256(std::str::from_utf8(&SECRET).unwrap().parse().unwrap())
}

/// An instance that signs with the shared secret, and a token of its own to start from.
pub(crate) struct Forger {
    pub(crate) tokens: JwtTokens,
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl Forger {
    pub(crate) async fn new() -> Self {
        let tokens = tokens(shared_secret()).await;
        let genuine = tokens.issue(&claims()).unwrap();
        Self { header: part(genuine.expose(), 0), claims: part(genuine.expose(), 1), tokens }
    }

    /// What becomes of the token with another header.
    pub(crate) fn with_header(&self, change: impl FnOnce(&mut Value)) -> Result<AccessClaims, TokenRejection> {
        let mut header = self.header.clone();
        change(&mut header);
        self.verify(&header.to_string(), &self.claims.to_string())
    }

    /// What becomes of the token with other claims.
    pub(crate) fn with_claims(&self, change: impl FnOnce(&mut Value)) -> Result<AccessClaims, TokenRejection> {
        self.with_claims_at(at(0), change)
    }

    pub(crate) fn with_claims_at(
        &self,
        now: Timestamp,
        change: impl FnOnce(&mut Value),
    ) -> Result<AccessClaims, TokenRejection> {
        let mut claims = self.claims.clone();
        change(&mut claims);
        self.tokens.verify(&signed(&self.header.to_string(), &claims.to_string()), now)
    }

    /// What becomes of a token of these texts.
    pub(crate) fn verify(&self, header: &str, claims: &str) -> Result<AccessClaims, TokenRejection> {
        self.tokens.verify(&signed(header, claims), at(0))
    }
}

/// A token of these texts, signed with the shared secret.
pub(crate) fn signed(header: &str, claims: &str) -> String {
    signed_with(&SECRET, header, claims)
}

pub(crate) fn signed_with(secret: &[u8], header: &str, claims: &str) -> String {
    let message = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(claims));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// A part of a token as JSON.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
