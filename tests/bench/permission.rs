//! What it costs to know who asks and whether they may, for people and for machines.

use crate::{median, report};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_application::access::{AuthenticateMachine, KeyUses};
use threshold_application::ports::{AccessTokens, Clock, Meter, Metric, News, RevocationList, UnitOfWork};
use threshold_application::sessions::Authenticate;
use threshold_domain::access::{ApiKey, ApiKeyId, BuiltInRole, Grants, Permission, Permissions};
use threshold_domain::audit::Origin;
use threshold_domain::sessions::AccessClaims;
use threshold_in_process::{MemoryRevocations, OsSecrets, RememberedKeys, SystemClock};
use threshold_testkit::{InMemoryStore, an_api_key, an_api_key_secret, some_claims};
use threshold_tokens::{JwtTokens, KeyRing, KeySource, MasterKey, SigningMethod, TokenSettings};
use uuid::Uuid;

const ROUNDS: usize = 9;
const CHECKS: u32 = 100_000;
/// What the list of what no longer counts holds meanwhile.
const REVOKED: u128 = 10_000;
const LIFETIME: chrono::TimeDelta = chrono::TimeDelta::minutes(15);
/// One check may take this long.
const GOAL: Duration = Duration::from_micros(1);

/// Counts nothing: that is measured elsewhere.
struct Silent;

impl Meter for Silent {
    fn count(&self, _metric: Metric, _labels: &[&str]) {}
    fn set(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
    fn observe(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
}

pub(crate) async fn run() {
    let (store, revocations) = (InMemoryStore::default(), Arc::new(MemoryRevocations::new(1_000_000)));
    for number in 1..=REVOKED {
        let key = ApiKeyId::new(Uuid::from_u128(number << 64));
        revocations.note(&News::KeyRevoked { key, until: SystemClock.now() + LIFETIME });
    }
    let (people, token) = people(&store, &revocations).await;
    let of_token = async || people.execute(&token).await.unwrap().grants.permissions;
    measure("permission check, access token", &revocations, of_token).await;
    let (machines, key) = machines(&store, &revocations).await;
    let of_key = async || machines.execute(&key, Origin::default).await.unwrap().permissions;
    measure("permission check, API key", &revocations, of_key).await;
}

/// The median round, each of many checks that are answered from memory.
async fn measure(what: &str, revocations: &MemoryRevocations, permissions: impl AsyncFn() -> Permissions) {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        revocations.caught_up(SystemClock.now());
        let started = Instant::now();
        for _ in 0..CHECKS {
            assert!(permissions().await.contain(Permission::RolesRead));
        }
        rounds.push(started.elapsed().as_secs_f64() / f64::from(CHECKS));
    }
    let check = median(rounds);
    let figures = format!("{:.0} ns", check * 1e9);
    report(what, &figures, check / GOAL.as_secs_f64(), Some(("at most", 1.0)));
}

/// An administrator's token, and who knows it.
async fn people(store: &InMemoryStore, revocations: &Arc<MemoryRevocations>) -> (Authenticate, String) {
    let source = KeySource {
        repository: store,
        master: &MasterKey::generate(&OsSecrets),
        clock: &SystemClock,
        secrets: &OsSecrets,
        token_lifetime: LIFETIME,
    };
    let settings = TokenSettings { issuer: "i".to_owned(), audience: "a".to_owned(), cache_size: 1000 };
    let tokens = Arc::new(JwtTokens::new(KeyRing::load(&source, &SigningMethod::EdDsa).await.unwrap(), settings));
    let (roles, permissions) = (vec![BuiltInRole::Admin.name(), BuiltInRole::User.name()], Permissions::all());
    let now = SystemClock.now();
    let claims = AccessClaims {
        issued_at: now,
        expires_at: now + LIFETIME,
        grants: Grants { roles, permissions, ..Grants::none() },
        ..some_claims(1, 0)
    };
    let token = tokens.issue(&claims).unwrap().expose().to_owned();
    let authenticate = Authenticate {
        tokens,
        revocations: revocations.clone(),
        sessions: Arc::new(store.clone()),
        clock: Arc::new(SystemClock),
        meter: Arc::new(Silent),
    };
    (authenticate, token)
}

/// A machine's key that permits everything, and who knows it.
async fn machines(store: &InMemoryStore, revocations: &Arc<MemoryRevocations>) -> (AuthenticateMachine, String) {
    let (secret, clock) = (an_api_key_secret(1), Arc::new(SystemClock));
    let mut tx = store.begin().await.unwrap();
    let key = ApiKey { permissions: Permissions::all(), ..an_api_key(1) };
    tx.api_keys().insert(&key, &secret.digest()).await.unwrap();
    tx.commit().await.unwrap();
    let stored = Arc::new(store.clone());
    let authenticate = AuthenticateMachine {
        remembered: Arc::new(RememberedKeys::new(stored.clone(), clock.clone(), LIFETIME, 1000)),
        uses: Arc::new(KeyUses::new(stored.clone())),
        stored,
        revocations: revocations.clone(),
        clock,
        meter: Arc::new(Silent),
    };
    (authenticate, secret.expose().to_string())
}
