//! Every adapter, built from the settings.

use super::key_keeper::KeyKeeper;
use super::master_key;
use super::running::StartError;
use crate::config::{EmailSettings, MailTransport, MasterKeySource, MigratePolicy, Settings};
use std::io;
use std::sync::Arc;
use threshold_application::access::SynchroniseAccess;
use threshold_application::ports::{
    AuditSigner, Clock, IdGenerator, LinkSecrets, Mailer, PasswordHasher, SecretGenerator, SessionSecrets, SetupSecret,
    TokenBuckets,
};
use threshold_application::sessions::Announcer;
use threshold_bcrypt::BcryptHasher;
use threshold_diesel::Database;
use threshold_email::{ConsoleMailer, FileMailer, SmtpMailer};
use threshold_in_process::{
    FallbackBuckets, LeasedBuckets, LocalBuckets, MemoryRevocations, OsSecrets, RememberedAccounts, SystemClock,
    UuidV7Ids,
};
use threshold_redis::Redis;
use threshold_telemetry::PrometheusMeter;
use threshold_tokens::{AuditKey, DerivedSecrets, JwtTokens, MasterKey};

/// What the use cases are made of.
pub(super) struct Adapters {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn IdGenerator>,
    pub(super) random: Arc<dyn SecretGenerator>,
    pub(super) meter: Arc<PrometheusMeter>,
    pub(super) database: Database,
    pub(super) users: Arc<RememberedAccounts>,
    pub(super) hasher: Arc<dyn PasswordHasher>,
    pub(super) tokens: Arc<JwtTokens>,
    pub(super) keys: KeyKeeper,
    pub(super) secrets: Arc<dyn SessionSecrets>,
    pub(super) link_secrets: Arc<dyn LinkSecrets>,
    pub(super) setup_secret: Arc<dyn SetupSecret>,
    pub(super) audit_signer: Arc<dyn AuditSigner>,
    pub(super) mailer: Arc<dyn Mailer>,
    pub(super) revocations: Arc<MemoryRevocations>,
    pub(super) announcer: Arc<Announcer>,
    pub(super) redis: Option<Redis>,
    pub(super) buckets: Arc<dyn TokenBuckets>,
}

/// Builds them all.
pub(super) async fn build(settings: &Settings) -> Result<Adapters, StartError> {
    let meter = Arc::new(PrometheusMeter::new()?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn SecretGenerator> = Arc::new(OsSecrets);
    let database = open_database(settings, &meter).await?;
    let master = master_key(settings, random.as_ref())?;
    let keys = KeyKeeper::new(settings, &database, master.clone(), &clock, &random);
    let tokens = Arc::new(JwtTokens::new(keys.load().await?, settings.tokens.tokens.clone()));
    let users = RememberedAccounts::new(database.accounts(), Arc::clone(&clock), settings.remembered_users);
    let users = Arc::new(users);
    let revocations = Arc::new(MemoryRevocations::new(settings.tokens.max_revocations));
    let redis = settings.redis.as_ref().map(Redis::new).transpose()?;
    let secrets = Arc::new(DerivedSecrets::new(&master).map_err(|_unspecified| StartError::Secrets)?);
    Ok(Adapters {
        mailer: mailer(&settings.email, &clock)?,
        hasher: Arc::new(BcryptHasher::start(settings.password, Arc::clone(&random), meter.clone())),
        tokens,
        keys,
        secrets: secrets.clone(),
        link_secrets: secrets.clone(),
        setup_secret: secrets,
        audit_signer: audit_key(settings)?,
        announcer: Arc::new(Announcer {
            revocations: revocations.clone(),
            users: users.clone(),
            feed: redis.as_ref().map(Redis::news_feed),
            meter: meter.clone(),
            access_lifetime: settings.tokens.access_lifetime,
        }),
        buckets: buckets(settings, redis.as_ref(), &meter),
        redis,
        ids: Arc::new(UuidV7Ids::default()),
        clock,
        random,
        meter,
        database,
        users,
        revocations,
    })
}

/// Takes mails where the settings say.
fn mailer(settings: &EmailSettings, clock: &Arc<dyn Clock>) -> Result<Arc<dyn Mailer>, StartError> {
    let (sender, clock) = (settings.sender.clone(), Arc::clone(clock));
    Ok(match &settings.transport {
        MailTransport::Console => Arc::new(ConsoleMailer::new(sender, clock, Box::new(io::stdout()))),
        MailTransport::Files(folder) => {
            let refused = |source| StartError::Mails { folder: folder.clone(), source };
            Arc::new(FileMailer::new(folder.clone(), sender, clock).map_err(refused)?)
        }
        MailTransport::Smtp(smtp) => Arc::new(SmtpMailer::new(smtp, sender, clock)?),
    })
}

/// Those of Redis, taken from in advance and replaced by our own while it is away; without Redis our own.
fn buckets(settings: &Settings, redis: Option<&Redis>, meter: &Arc<PrometheusMeter>) -> Arc<dyn TokenBuckets> {
    let max_clients = settings.limits.max_clients;
    let local: Arc<dyn TokenBuckets> = Arc::new(LocalBuckets::new(max_clients));
    match redis {
        None => local,
        Some(redis) => {
            let shared = Arc::new(LeasedBuckets::new(redis.buckets(), max_clients));
            Arc::new(FallbackBuckets::new(shared, local, meter.clone()))
        }
    }
}

pub(super) async fn open_database(settings: &Settings, meter: &Arc<PrometheusMeter>) -> Result<Database, StartError> {
    let database = Database::connect(&settings.database, meter.clone()).await?;
    let migrations = database.migrations();
    match settings.migrate {
        MigratePolicy::Auto => drop(migrations.up().await?),
        MigratePolicy::Never => match migrations.pending().await? {
            pending if pending.is_empty() => {}
            pending => return Err(StartError::PendingMigrations(pending)),
        },
    }
    let database = database.recording(audit_key(settings)?, Arc::new(UuidV7Ids::default()));
    let access = SynchroniseAccess { unit_of_work: database.unit_of_work(), clock: Arc::new(SystemClock) };
    access.execute().await?;
    Ok(database)
}

/// What signs the audit log.
fn audit_key(settings: &Settings) -> Result<Arc<dyn AuditSigner>, StartError> {
    let key = AuditKey::new(&master_key(settings, &OsSecrets)?).map_err(|_unspecified| StartError::Secrets)?;
    Ok(Arc::new(key))
}

pub(super) fn master_key(settings: &Settings, random: &dyn SecretGenerator) -> Result<MasterKey, StartError> {
    match &settings.master_key {
        MasterKeySource::Given(key) => Ok(key.clone()),
        MasterKeySource::File(path) => Ok(master_key::read_or_make(path, random)?),
    }
}
