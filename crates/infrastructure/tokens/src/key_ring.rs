//! All keys of an installation.

use crate::key_pair::KeyPair;
use crate::master_key::MasterKey;
use crate::sealing::Sealer;
use crate::shared_secret::SharedSecret;
use ring::error::Unspecified;
use std::collections::HashMap;
use std::sync::Arc;
use threshold_application::ports::{Clock, SecretGenerator, SigningKeyRepository, StoreError, Uniqueness};
use threshold_domain::sessions::{KeyId, PublicKey, SignatureAlgorithm, SigningKey};

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

/// The keys that verify, and the one among them that signs.
pub struct KeyRing {
    pub(crate) signer: Arc<KeyPair>,
    verifiers: HashMap<KeyId, Arc<KeyPair>>,
    public: Vec<PublicKey>,
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
}

impl KeyRing {
    /// Reads the stored keys; makes the first one if there is none that can sign. Of instances that start at once one makes
    /// it, and the others read it.
    ///
    /// # Errors
    /// See [`KeyRingError`].
    pub async fn load(source: &KeySource<'_>, method: &SigningMethod) -> Result<Self, KeyRingError> {
        let sealer = Sealer::new(source.master)?;
        let algorithm = match method {
            SigningMethod::Hs256(secret) => {
                let stored = source.repository.list().await?;
                return Self::new(&sealer, &stored, Some(KeyPair::from_secret(secret)), SignatureAlgorithm::Hs256);
            }
            SigningMethod::EdDsa => SignatureAlgorithm::EdDsa,
            SigningMethod::Es256 => SignatureAlgorithm::Es256,
        };
        let signs = |key: &SigningKey| key.algorithm == algorithm && key.retired_at.is_none();
        let mut stored = source.repository.list().await?;
        if !stored.iter().any(signs) {
            make_first(source, &sealer, algorithm).await?;
            stored = source.repository.list().await?;
        }
        Self::new(&sealer, &stored, None, algorithm)
    }

    fn new(
        sealer: &Sealer,
        stored: &[SigningKey],
        shared: Option<KeyPair>,
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, KeyRingError> {
        let mut verifiers = HashMap::new();
        let mut signer = shared.map(Arc::new);
        let publishes = signer.is_none();
        let mut public = Vec::new();
        for key in stored {
            let pair = Arc::new(open(sealer, key)?);
            if publishes {
                public.extend(pair.public.clone());
            }
            if key.algorithm == algorithm && key.retired_at.is_none() {
                signer = Some(Arc::clone(&pair));
            }
            verifiers.insert(pair.id.clone(), pair);
        }
        let signer = signer.ok_or(KeyRingError::Cryptography)?;
        verifiers.insert(signer.id.clone(), Arc::clone(&signer));
        Ok(Self { signer, verifiers, public })
    }

    pub(crate) fn verifier(&self, id: &KeyId) -> Option<&KeyPair> {
        self.verifiers.get(id).map(Arc::as_ref)
    }

    pub(crate) fn public_keys(&self) -> &[PublicKey] {
        &self.public
    }
}

fn open(sealer: &Sealer, key: &SigningKey) -> Result<KeyPair, KeyRingError> {
    let closed = |_unspecified| KeyRingError::Sealed(key.id.clone());
    let private = sealer.open(&key.id, key.algorithm, &key.sealed_private_key).map_err(closed)?;
    KeyPair::from_private(key.algorithm, &private).map_err(closed)
}

async fn make_first(
    source: &KeySource<'_>,
    sealer: &Sealer,
    algorithm: SignatureAlgorithm,
) -> Result<(), KeyRingError> {
    let private = KeyPair::generate(algorithm, source.secrets)?;
    let id = KeyPair::from_private(algorithm, &private)?.id;
    let sealed_private_key = sealer.seal(source.secrets, &id, algorithm, &private)?;
    let key = SigningKey { id, algorithm, sealed_private_key, created_at: source.clock.now(), retired_at: None };
    match source.repository.insert(&key).await {
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
