//! Sessions: what a sign-in starts and a logout ends.

mod access_claims;
mod access_token;
mod csrf_token;
mod known_device;
mod lifetimes;
mod provenance;
mod session;
mod session_token;
mod signing_key;

pub use access_claims::{AccessClaims, TokenId};
pub use access_token::AccessToken;
pub use csrf_token::CsrfToken;
pub use known_device::{DeviceTag, KnownDevice};
pub use lifetimes::SessionLifetimes;
pub use provenance::{Provenance, UserAgent};
pub use session::{Session, SessionId, SessionKind, SessionProof, SessionRequest};
pub use session_token::{SecretDigest, SessionSecret, SessionToken};
pub use signing_key::{KeyId, KeyState, PublicKey, PublicKeyMaterial, SignatureAlgorithm, SigningKey};
