//! Access tokens and the keys that sign them.
//!
//! [`JwtTokens`] issues and verifies JWTs (RFC 9068) with the keys of a [`KeyRing`], which reads them from the store and makes
//! the first one. Private keys are stored sealed with the [`MasterKey`]. [`DerivedSecrets`] derives from it whatever else proves
//! something: refresh tokens, pages, devices.

mod audit_key;
mod claims;
mod derived_secrets;
mod examination;
mod header;
mod jwt_tokens;
mod key_pair;
mod key_ring;
mod master_key;
mod provider;
mod sealed_keys;
mod sealing;
mod shared_secret;
mod signer;
mod signing_key_check;
mod thumbprint;
#[cfg(test)]
mod wycheproof;

pub use audit_key::AuditKey;
pub use derived_secrets::DerivedSecrets;
pub use examination::MasterKeyExamination;
pub use jwt_tokens::{JwtTokens, TokenSettings};
pub use key_ring::{KeyRing, KeyRingError, KeySource, SigningMethod};
pub use master_key::{MasterKey, MasterKeyError};
pub use sealed_keys::SealedKeyMaker;
pub use shared_secret::{SharedSecret, SharedSecretError};
pub use signing_key_check::SigningKeyCheck;
