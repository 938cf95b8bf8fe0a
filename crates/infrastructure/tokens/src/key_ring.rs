//! All keys of an installation.

use crate::key_pair::KeyPair;
use crate::master_key::MasterKey;
use crate::sealing::Sealer;
use crate::shared_secret::SharedSecret;
use chrono::TimeDelta;
use ring::error::Unspecified;
use std::collections::HashMap;
use std::sync::Arc;
use threshold_application::ports::{Clock, SecretGenerator, SigningKeyRepository, StoreError, Uniqueness};
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::sessions::{KeyId, KeyState, PublicKey, SignatureAlgorithm, SigningKey};

/// How tokens are signed.
#[derive(Debug, Clone)]
pub enum SigningMethod {
    /// Ed25519, with a stored key.
    EdDsa,
    /// ECDSA on P-256, with a stored key.
    Es256,
    /// HMAC with a secret from the settings.
    Hs256(SharedSecret),
}

/// The keys that verify, and those among them that sign or will.
pub struct KeyRing {
    /// In the order in which they begin to sign; never empty.
    signers: Vec<Signer>,
    verifiers: HashMap<KeyId, Arc<KeyPair>>,
    public: Vec<PublicKey>,
}

/// A key and when it signs.
struct Signer {
    from: Timestamp,
    until: Option<Timestamp>,
    pair: Arc<KeyPair>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The store failed.
    #[error("the signing keys can't be read")]
    Store(#[from] StoreError),
    /// A stored key was sealed with another master key.
    #[error(
        "the signing key {0} was sealed with another secret key: set THRESHOLD_SECRET_KEY to the one that this database was first used with"
    )]
    Sealed(KeyId),
    /// The cryptography failed, which it shouldn't.
    #[error("a signing key could not be made")]
    Cryptography,
}

/// Where a key ring comes from.
pub struct KeySource<'a> {
    /// Where keys are kept.
    pub repository: &'a dyn SigningKeyRepository,
    /// What they are sealed with.
    pub master: &'a MasterKey,
    /// Dates new ones.
    pub clock: &'a dyn Clock,
    /// Makes new ones.
    pub secrets: &'a dyn SecretGenerator,
    /// How long tokens are valid: a retired key verifies so long.
    pub token_lifetime: TimeDelta,
}

impl KeyRing {
    /// Reads the stored keys; makes the first one if there is none that can sign. Of instances that start at once one makes
    /// it, and the others read it.
    ///
    /// # Errors
    /// See [`KeyRingError`].
    pub async fn load(source: &KeySource<'_>, method: &SigningMethod) -> Result<Self, KeyRingError> {
        let sealer = Sealer::new(source.master)?;
        let mut stored = source.repository.list().await?;
        let shared = match method.algorithm() {
            None => method.shared_secret().map(KeyPair::from_secret),
            Some(algorithm) => {
                let signs = |key: &SigningKey| {
                    key.algorithm == algorithm && key.retired_at.is_none() && key.withdrawn_at.is_none()
                };
                if !stored.iter().any(signs) {
                    make_first(source, &sealer, algorithm).await?;
                    stored = source.repository.list().await?;
                }
                None
            }
        };
        let stored = in_use(stored, source.clock.now(), source.token_lifetime);
        Self::new(&sealer, &stored, shared, method.algorithm())
    }

    fn new(
        sealer: &Sealer,
        stored: &[SigningKey],
        shared: Option<KeyPair>,
        algorithm: Option<SignatureAlgorithm>,
    ) -> Result<Self, KeyRingError> {
        let mut ring = Self { signers: Vec::new(), verifiers: HashMap::new(), public: Vec::new() };
        let publishes = shared.is_none();
        for key in stored {
            let pair = Arc::new(open(sealer, key)?);
            if publishes {
                ring.public.extend(pair.public.clone());
            }
            if Some(key.algorithm) == algorithm {
                let pair = Arc::clone(&pair);
                ring.signers.push(Signer { from: key.signs_from, until: key.retired_at, pair });
            }
            ring.verifiers.insert(pair.id.clone(), pair);
        }
        if let Some(secret) = shared.map(Arc::new) {
            ring.signers.push(Signer { from: Timestamp::UNIX_EPOCH, until: None, pair: Arc::clone(&secret) });
            ring.verifiers.insert(secret.id.clone(), secret);
        }
        ring.signers.sort_by_key(|signer| signer.from);
        if ring.signers.is_empty() { Err(KeyRingError::Cryptography) } else { Ok(ring) }
    }

    /// The key that signs at that moment: the last one that has begun to and has not stopped. All instances change over with
    /// their clocks. Where none does, because the one before was withdrawn, the one that will.
    pub(crate) fn signer(&self, at: Timestamp) -> Option<&KeyPair> {
        let signs = |signer: &&Signer| signer.from <= at && signer.until.is_none_or(|until| at < until);
        let will_sign = |signer: &&Signer| signer.until.is_none();
        let signer = self.signers.iter().rev().find(signs).or_else(|| self.signers.iter().find(will_sign));
        signer.map(|signer| signer.pair.as_ref())
    }

    pub(crate) fn verifier(&self, id: &KeyId) -> Option<&KeyPair> {
        self.verifiers.get(id).map(Arc::as_ref)
    }

    pub(crate) fn public_keys(&self) -> &[PublicKey] {
        &self.public
    }

    /// Whether every key that verifies in `other` verifies here as well.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        other.verifiers.keys().all(|id| self.verifiers.contains_key(id))
    }
}

impl SigningMethod {
    /// What stored keys sign with; none where a shared secret does.
    pub(crate) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        match self {
            Self::EdDsa => Some(SignatureAlgorithm::EdDsa),
            Self::Es256 => Some(SignatureAlgorithm::Es256),
            Self::Hs256(_) => None,
        }
    }

    fn shared_secret(&self) -> Option<&SharedSecret> {
        match self {
            Self::Hs256(secret) => Some(secret),
            Self::EdDsa | Self::Es256 => None,
        }
    }
}

/// Those that sign, will sign or still verify.
pub(crate) fn in_use(mut stored: Vec<SigningKey>, now: Timestamp, token_lifetime: TimeDelta) -> Vec<SigningKey> {
    stored.retain(|key| !matches!(key.state(now, token_lifetime), KeyState::Gone | KeyState::Withdrawn));
    stored
}

pub(crate) fn open(sealer: &Sealer, key: &SigningKey) -> Result<KeyPair, KeyRingError> {
    let closed = |_unspecified| KeyRingError::Sealed(key.id.clone());
    let private = sealer.open(&key.id, key.algorithm, &key.sealed_private_key).map_err(closed)?;
    KeyPair::from_private(key.algorithm, &private).map_err(closed)
}

/// A new key, sealed.
pub(crate) fn seal_new(
    sealer: &Sealer,
    secrets: &dyn SecretGenerator,
    algorithm: SignatureAlgorithm,
    now: Timestamp,
    signs_from: Timestamp,
) -> Result<SigningKey, Unspecified> {
    let private = KeyPair::generate(algorithm, secrets)?;
    let id = KeyPair::from_private(algorithm, &private)?.id;
    let sealed_private_key = sealer.seal(secrets, &id, algorithm, &private)?;
    Ok(SigningKey {
        id,
        algorithm,
        sealed_private_key,
        created_at: now,
        signs_from,
        retired_at: None,
        withdrawn_at: None,
    })
}

async fn make_first(
    source: &KeySource<'_>,
    sealer: &Sealer,
    algorithm: SignatureAlgorithm,
) -> Result<(), KeyRingError> {
    let now = source.clock.now();
    let key = seal_new(sealer, source.secrets, algorithm, now, now)?;
    let subject = Subject::SigningKey(key.id.as_str().to_owned());
    let event = AuditEvent::new(AuditAction::KeyRotated, &Initiator::system(), now).on(subject);
    match source.repository.insert(&key, event).await {
        // Another instance was quicker: its key is read next.
        Ok(()) | Err(StoreError::NotUnique(Uniqueness::SigningKey)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl From<Unspecified> for KeyRingError {
    fn from(_nothing_is_told: Unspecified) -> Self {
        Self::Cryptography
    }
}
