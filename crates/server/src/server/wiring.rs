//! Which adapter serves which use case.

use super::running::StartError;
use super::{background, master_key};
use crate::config::{MasterKeySource, MigratePolicy, Settings};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use threshold_application::accounts::{Register, ShowProfile};
use threshold_application::operations::CheckReadiness;
use threshold_application::ports::{
    AccessTokens, Clock, IdGenerator, Meter, PasswordHasher, ReadinessCheck, SecretGenerator,
};
use threshold_application::sessions::{Authenticate, FollowRevocations, SignIn, SignInSettings, SignOut};
use threshold_bcrypt::BcryptHasher;
use threshold_diesel::Database;
use threshold_in_process::{MemoryRevocations, OsSecrets, SystemClock, TimeLimitedCheck, UuidV7Ids};
use threshold_telemetry::PrometheusMeter;
use threshold_tokens::{JwtTokens, KeyRing, KeySource, SigningKeyCheck};
use threshold_transport::{HttpSettings, Services};

/// `/ready` answers within two seconds; each part has less.
const CHECK_LIMIT: Duration = Duration::from_millis(1500);

/// Everything that the HTTP servers and the background work need.
pub(super) struct Wiring {
    pub(super) services: Services,
    pub(super) http: HttpSettings,
    pub(super) database: Database,
    pub(super) meter: Arc<PrometheusMeter>,
    pub(super) follow_revocations: FollowRevocations,
    pub(super) draining: Arc<AtomicBool>,
}

/// The adapters that everything shares.
struct Shared {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    secrets: Arc<dyn SecretGenerator>,
    meter: Arc<dyn Meter>,
}

/// Builds every adapter and hands it to the use cases.
pub(super) async fn wire(settings: &Settings, started: Instant) -> Result<Wiring, StartError> {
    let meter = Arc::new(PrometheusMeter::new()?);
    let shared = Shared {
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids::default()),
        secrets: Arc::new(OsSecrets),
        meter: meter.clone(),
    };
    let database = open_database(settings, &shared).await?;
    let tokens = access_tokens(settings, &shared, &database).await?;
    let draining = Arc::new(AtomicBool::new(false));
    let revocations = Arc::new(MemoryRevocations::default());
    let follow_revocations = FollowRevocations {
        sessions: database.sessions(),
        revocations: revocations.clone(),
        clock: Arc::clone(&shared.clock),
        meter: Arc::clone(&shared.meter),
        access_lifetime: settings.tokens.access_lifetime,
    };
    let services = services(settings, &shared, &database, &tokens, &revocations, &draining);
    let http = HttpSettings {
        https: settings.server.public_url.starts_with("https://"),
        body_timeout: settings.server.body_timeout,
        registration: settings.registration.clone(),
        started,
    };
    background::catch_up(&follow_revocations).await;
    Ok(Wiring { services, http, database, meter, follow_revocations, draining })
}

async fn open_database(settings: &Settings, shared: &Shared) -> Result<Database, StartError> {
    let database = Database::connect(&settings.database, Arc::clone(&shared.meter)).await?;
    let migrations = database.migrations();
    match settings.migrate {
        MigratePolicy::Auto => drop(migrations.up().await?),
        MigratePolicy::Never => match migrations.pending().await? {
            pending if pending.is_empty() => {}
            pending => return Err(StartError::PendingMigrations(pending)),
        },
    }
    Ok(database)
}

async fn access_tokens(
    settings: &Settings,
    shared: &Shared,
    database: &Database,
) -> Result<Arc<dyn AccessTokens>, StartError> {
    let made;
    let master = match &settings.master_key {
        MasterKeySource::Given(key) => key,
        MasterKeySource::File(path) => {
            made = master_key::read_or_make(path, shared.secrets.as_ref())?;
            &made
        }
    };
    let repository = database.signing_keys();
    let source = KeySource {
        repository: repository.as_ref(),
        master,
        clock: shared.clock.as_ref(),
        secrets: shared.secrets.as_ref(),
    };
    let keys = KeyRing::load(&source, &settings.tokens.method).await?;
    Ok(Arc::new(JwtTokens::new(keys, settings.tokens.tokens.clone())))
}

fn services(
    settings: &Settings,
    shared: &Shared,
    database: &Database,
    tokens: &Arc<dyn AccessTokens>,
    revocations: &Arc<MemoryRevocations>,
    draining: &Arc<AtomicBool>,
) -> Services {
    let Shared { clock, ids, secrets, meter } = shared;
    let hasher: Arc<dyn PasswordHasher> =
        Arc::new(BcryptHasher::start(settings.password, Arc::clone(secrets), Arc::clone(meter)));
    Services {
        register: Arc::new(Register {
            hasher: Arc::clone(&hasher),
            unit_of_work: database.unit_of_work(),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            meter: Arc::clone(meter),
        }),
        show_profile: Arc::new(ShowProfile { accounts: database.accounts() }),
        sign_in: Arc::new(SignIn {
            accounts: database.accounts(),
            hasher,
            unit_of_work: database.unit_of_work(),
            tokens: Arc::clone(tokens),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            meter: Arc::clone(meter),
            settings: SignInSettings {
                access_lifetime: settings.tokens.access_lifetime,
                require_verified_email: settings.require_verified_email,
            },
        }),
        sign_out: Arc::new(SignOut {
            unit_of_work: database.unit_of_work(),
            revocations: revocations.clone(),
            clock: Arc::clone(clock),
        }),
        authenticate: Arc::new(Authenticate {
            tokens: Arc::clone(tokens),
            revocations: revocations.clone(),
            sessions: database.sessions(),
            clock: Arc::clone(clock),
            meter: Arc::clone(meter),
        }),
        check_readiness: Arc::new(CheckReadiness {
            checks: readiness_checks(shared, database, tokens),
            clock: Arc::clone(clock),
            draining: Arc::clone(draining),
        }),
        tokens: Arc::clone(tokens),
        meter: Arc::clone(meter),
        ids: Arc::clone(ids),
    }
}

fn readiness_checks(
    shared: &Shared,
    database: &Database,
    tokens: &Arc<dyn AccessTokens>,
) -> Vec<Arc<dyn ReadinessCheck>> {
    let signing_key =
        SigningKeyCheck { tokens: Arc::clone(tokens), clock: Arc::clone(&shared.clock), ids: Arc::clone(&shared.ids) };
    let mut checks = database.readiness_checks();
    checks.push(Arc::new(signing_key));
    let limited = |check| -> Arc<dyn ReadinessCheck> { Arc::new(TimeLimitedCheck { check, limit: CHECK_LIMIT }) };
    checks.into_iter().map(limited).collect()
}
