//! A store with its master key, and the tokens of an instance that starts on it.

use threshold_application::ports::SigningKeyRepository;
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, Permission};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId, TokenId};
use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets};
use threshold_tokens::{JwtTokens, KeyRing, KeyRingError, KeySource, MasterKey, SigningMethod, TokenSettings};
use uuid::Uuid;

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "threshold";

pub(crate) struct Installation {
    pub(crate) store: InMemoryStore,
    pub(crate) secrets: SeededSecrets,
    pub(crate) master: MasterKey,
}

impl Default for Installation {
    fn default() -> Self {
        Self {
            store: InMemoryStore::default(),
            secrets: SeededSecrets::default(),
            master: "1".repeat(64).parse().unwrap(),
        }
    }
}

impl Installation {
    /// The keys of an instance that reads `repository`.
    pub(crate) async fn keys_in(
        &self,
        repository: &dyn SigningKeyRepository,
        method: &SigningMethod,
    ) -> Result<KeyRing, KeyRingError> {
        self.keys_at(repository, method, &FixedClock::default()).await
    }

    /// The keys of an instance that reads `repository` at that time.
    pub(crate) async fn keys_at(
        &self,
        repository: &dyn SigningKeyRepository,
        method: &SigningMethod,
        clock: &FixedClock,
    ) -> Result<KeyRing, KeyRingError> {
        let token_lifetime = chrono::TimeDelta::minutes(15);
        let source = KeySource { repository, master: &self.master, clock, secrets: &self.secrets, token_lifetime };
        KeyRing::load(&source, method).await
    }

    /// The tokens of an instance that says to be `issuer` and to speak to `audience`.
    pub(crate) async fn tokens_for(&self, method: &SigningMethod, issuer: &str, audience: &str) -> JwtTokens {
        jwt(self.keys_in(&self.store, method).await.unwrap(), issuer, audience)
    }

    pub(crate) async fn tokens(&self, method: &SigningMethod) -> JwtTokens {
        self.tokens_for(method, ISSUER, AUDIENCE).await
    }
}

/// The tokens of a new installation.
pub(crate) async fn tokens(method: SigningMethod) -> JwtTokens {
    Installation::default().tokens(&method).await
}

pub(crate) fn jwt(keys: KeyRing, issuer: &str, audience: &str) -> JwtTokens {
    let settings = TokenSettings { issuer: issuer.to_owned(), audience: audience.to_owned(), cache_size: 100 };
    JwtTokens::new(keys, settings)
}

/// A moment of whole seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp_secs(1_800_000_000 + seconds).unwrap()
}

/// Claims from `at(0)` until `at(900)`.
pub(crate) fn claims() -> AccessClaims {
    AccessClaims {
        subject: UserId::new(Uuid::from_u128(1)),
        session: SessionId::new(Uuid::from_u128(2)),
        token_id: TokenId::new(Uuid::from_u128(3)),
        issued_at: at(0),
        expires_at: at(900),
        grants: Grants {
            permissions: [Permission::UsersRead].into_iter().collect(),
            version: GrantsVersion::new(7),
            ..Grants::of_every_user()
        },
    }
}
