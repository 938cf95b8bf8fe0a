//! Sessions: what a sign-in starts and a logout ends.

mod access_claims;
mod access_token;
mod session;
mod signing_key;

pub use access_claims::{AccessClaims, TokenId};
pub use access_token::AccessToken;
pub use session::{Session, SessionId};
pub use signing_key::{KeyId, PublicKey, PublicKeyMaterial, SignatureAlgorithm, SigningKey};
