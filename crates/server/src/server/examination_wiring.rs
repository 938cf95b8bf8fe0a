//! What looks at a deployment, without building it.

use super::master_key;
use crate::config::{Environment, MailTransport, MasterKeySource, MigratePolicy, Settings};
use chrono::TimeDelta;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use threshold_application::operations::{ExamineDeployment, ExamineKeys};
use threshold_application::ports::{BoxError, Clock, Examination, Meter};
use threshold_diesel::{Database, ExpectedUse};
use threshold_domain::operations::{Exposure, Network};
use threshold_email::SmtpExamination;
use threshold_in_process::{DiskSpace, PrivateFiles, SharedFileSystem, SystemClock, TimeLimitedExamination};
use threshold_redis::{Redis, RedisSettings};
use threshold_telemetry::PrometheusMeter;
use threshold_tokens::{MasterKeyExamination, SigningMethod};

/// How long each part may take to answer.
const LIMIT: Duration = Duration::from_secs(10);
/// A large SQLite file is read to its end.
const READING_LIMIT: Duration = Duration::from_mins(5);
/// Longer than requests wait: who looks wants to know what is wrong with a slow server.
const REDIS_TIMEOUT: Duration = Duration::from_secs(3);

/// What looks at everything that the settings name; `instances` share the database, and `secret_files` hold secrets.
///
/// # Errors
/// When the settings can't be used.
pub fn deployment_examination(
    settings: &Settings,
    instances: usize,
    secret_files: Vec<PathBuf>,
) -> Result<ExamineDeployment, BoxError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let meter: Arc<dyn Meter> = Arc::new(PrometheusMeter::new()?);
    let database = Database::look(&settings.database, &meter)?;
    let expected = ExpectedUse {
        instances,
        max_connections: settings.database.max_connections,
        migrates_itself: settings.migrate == MigratePolicy::Auto,
    };
    let mut examinations = vec![
        limited(LIMIT, database.examination(Arc::clone(&clock), expected)),
        limited(LIMIT, Arc::new(master_key_examination(settings, &database, &clock))),
        limited(LIMIT, Arc::new(keys(settings, &database, &clock))),
    ];
    if let Some(file) = settings.database.url.sqlite_path() {
        examinations.push(limited(READING_LIMIT, database.integrity_examination()));
        examinations.push(limited(LIMIT, Arc::new(database_files(file))));
        examinations.push(limited(LIMIT, Arc::new(SharedFileSystem { file: file.to_owned() })));
    }
    if let Some(redis) = &settings.redis {
        let patient =
            RedisSettings { connect_timeout: REDIS_TIMEOUT, response_timeout: REDIS_TIMEOUT, ..redis.clone() };
        examinations.push(limited(LIMIT, Redis::new(&patient)?.examination(clock)));
    }
    if let MailTransport::Smtp(smtp) = &settings.email.transport {
        examinations.push(limited(smtp.timeout + LIMIT, Arc::new(SmtpExamination::new(smtp.clone()))));
    }
    examinations.push(limited(LIMIT, Arc::new(private_files(settings, secret_files))));
    examinations.push(limited(LIMIT, Arc::new(DiskSpace { folders: folders(settings) })));
    Ok(ExamineDeployment { exposure: exposure(settings), examinations })
}

fn limited(limit: Duration, examination: Arc<dyn Examination>) -> Arc<dyn Examination> {
    Arc::new(TimeLimitedExamination { examination, limit })
}

fn master_key_examination(settings: &Settings, database: &Database, clock: &Arc<dyn Clock>) -> MasterKeyExamination {
    let master = match &settings.master_key {
        MasterKeySource::Given(key) => Ok(Some(key.clone())),
        MasterKeySource::File(path) => master_key::read(path).map_err(BoxError::from),
    };
    MasterKeyExamination {
        master,
        repository: database.signing_keys(),
        clock: Arc::clone(clock),
        token_lifetime: TimeDelta::from_std(settings.tokens.access_lifetime).unwrap_or(TimeDelta::MAX),
    }
}

fn keys(settings: &Settings, database: &Database, clock: &Arc<dyn Clock>) -> ExamineKeys {
    let repository = match &settings.tokens.method {
        SigningMethod::EdDsa | SigningMethod::Es256 => Some(database.signing_keys()),
        SigningMethod::Hs256(_) => None,
    };
    ExamineKeys {
        repository,
        clock: Arc::clone(clock),
        max_age: settings.tokens.key_max_age,
        lead: settings.tokens.key_lead,
        token_lifetime: settings.tokens.access_lifetime,
    }
}

/// The file and its log, which hold the same rows.
fn database_files(file: &Path) -> PrivateFiles {
    let log = PathBuf::from(format!("{}-wal", file.display()));
    PrivateFiles { name: "database-file", files: vec![file.to_owned(), log] }
}

fn private_files(settings: &Settings, mut files: Vec<PathBuf>) -> PrivateFiles {
    if let MasterKeySource::File(path) = &settings.master_key {
        files.push(path.clone());
    }
    files.extend(settings.server.tls.as_ref().map(|files| files.key.clone()));
    PrivateFiles { name: "secret-files", files }
}

/// Those that the service writes to.
fn folders(settings: &Settings) -> Vec<PathBuf> {
    let database = settings.database.url.sqlite_path().and_then(Path::parent).map(Path::to_owned);
    let mails = match &settings.email.transport {
        MailTransport::Files(folder) => Some(folder.clone()),
        MailTransport::Console | MailTransport::Smtp(_) => None,
    };
    database.into_iter().chain(mails).collect()
}

fn exposure(settings: &Settings) -> Exposure {
    let server = &settings.server;
    let network = |(address, prefix): (IpAddr, u8)| Network { address, prefix };
    let exposure = Exposure {
        production: settings.environment == Environment::Production,
        public_url: server.public_url.clone(),
        listens_on: server.listen.ip(),
        speaks_tls: server.tls.is_some(),
        certificate_fits: None,
        trusted_proxies: server.trusted_proxies.blocks().map(network).collect(),
    };
    let certificate_fits = server.tls.as_ref().map(|files| files.are_for(exposure.host()));
    Exposure { certificate_fits, ..exposure }
}
