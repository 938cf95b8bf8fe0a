//! The entrance of the crate.

use crate::access::{DieselApiKeys, DieselRoleReader};
use crate::accounts::{DieselAccountReader, DieselPersonalDataReader, DieselUserPages};
use crate::at_rest::AtRest;
use crate::audit::{Chronicler, DieselAuditChains, DieselAuditReader};
use crate::connections::{Access, Pools};
use crate::copy::{BOOKKEEPING, is_unfinished_copy};
use crate::database_url::Target;
use crate::directory::DieselUserDirectory;
use crate::jobs::{Bell, DieselJobAdmin, DieselJobQueue, Listener};
use crate::limits::DieselAttemptReader;
use crate::operations::{DatabaseExamination, IntegrityExamination};
use crate::patient::PatientUnitOfWork;
use crate::readiness::{DatabaseAnswers, MigrationsApplied};
use crate::sessions::{DieselSessionReader, DieselSessionRenewals, DieselSigningKeys};
use crate::transaction::DieselUnitOfWork;
use crate::{DatabaseSettings, DatabaseUrl, ExpectedUse, Migrations};
use futures::FutureExt;
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;
use threshold_application::ports::{
    AccountReader, ApiKeyLookup, ApiKeyReader, AttemptReader, AuditChains, AuditReader, AuditSigner, BoxError, Clock,
    Examination, IdGenerator, JobAdmin, JobBell, JobQueue, Meter, PersonalDataReader, ReadinessCheck, RoleReader,
    SessionReader, SessionRenewals, SigningKeyRepository, StoreError, UnitOfWork, UserDirectory, UserPages,
};

/// How many transactions may chain records at once.
const MAX_LANES: u16 = 64;
/// How often idle connections are looked at and reported.
const TENDING: Duration = Duration::from_secs(1);

const UNFINISHED: &str = "a copy into it was cut off: run `threshold database copy` again";

/// An open database. What it lends stays usable until [`Database::close`].
pub struct Database {
    pools: Arc<Pools>,
    bell: Arc<Bell>,
    chronicler: Option<Arc<Chronicler>>,
    url: DatabaseUrl,
    at_rest: Option<AtRest>,
}

/// The database can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("the database {url} can't be opened: {reason}")]
pub struct ConnectError {
    url: DatabaseUrl,
    reason: String,
}

impl Database {
    /// Opens the database, makes sure that it answers, and keeps its pools in order from then on. For SQLite the folder and
    /// the file are made, readable by nobody else. Nothing is migrated.
    ///
    /// # Errors
    /// When it can't be reached or opened, or somebody's copy into it was cut off.
    pub async fn connect(settings: &DatabaseSettings, meter: Arc<dyn Meter>) -> Result<Self, ConnectError> {
        let database = Self::open(settings, meter).await?;
        database.refuse_half_a_copy().await?;
        Ok(database)
    }

    /// Makes sure that it is not what a copy has left that was cut off.
    ///
    /// # Errors
    /// When it is, or can't be asked.
    pub async fn refuse_half_a_copy(&self) -> Result<(), ConnectError> {
        let reason = match self.is_half_a_copy().await {
            Ok(false) => return Ok(()),
            Ok(true) => UNFINISHED.to_owned(),
            Err(error) => cause(error).to_string(),
        };
        Err(ConnectError { url: self.url.clone(), reason })
    }

    /// Whether somebody's copy into it was cut off.
    pub(crate) async fn is_half_a_copy(&self) -> Result<bool, StoreError> {
        self.pools.read(BOOKKEEPING, |connection| is_unfinished_copy(connection).boxed()).await
    }

    /// As [`Database::connect`], whatever is in it.
    pub(crate) async fn open(settings: &DatabaseSettings, meter: Arc<dyn Meter>) -> Result<Self, ConnectError> {
        let refused = |error: BoxError| ConnectError { url: settings.url.clone(), reason: error.to_string() };
        if let Some(file) = settings.url.sqlite_path() {
            make_private(file).map_err(|error| refused(error.into()))?;
        }
        let pools = Arc::new(Pools::new(settings, Access::Full, &meter).map_err(|error| refused(cause(error)))?);
        // The writer first: it turns on write-ahead logging, which readers can't.
        drop(pools.writer().await.map_err(|error| refused(cause(error)))?);
        drop(pools.reader().await.map_err(|error| refused(cause(error)))?);
        tokio::spawn(tend(Arc::downgrade(&pools)));
        Ok(Self { pools, bell: Arc::default(), chronicler: None, url: settings.url.clone(), at_rest: None })
    }

    /// The same, able to keep the audit log: what was lent before can't, and fails where it should record something.
    #[must_use]
    pub fn recording(self, signer: Arc<dyn AuditSigner>, ids: Arc<dyn IdGenerator>) -> Self {
        self.recording_on(MAX_LANES, signer, ids)
    }

    /// The same with at most so many lanes: more writers than these wait for each other.
    #[must_use]
    pub fn recording_on(self, lanes: u16, signer: Arc<dyn AuditSigner>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { chronicler: Some(Arc::new(Chronicler::new(lanes, signer, ids))), ..self }
    }

    /// A database that can be looked at and not changed: nothing is made, and no connection before something is asked.
    ///
    /// # Errors
    /// When the settings contradict each other.
    pub fn look(settings: &DatabaseSettings, meter: &Arc<dyn Meter>) -> Result<Self, ConnectError> {
        let refused = |error| ConnectError { url: settings.url.clone(), reason: cause(error).to_string() };
        let pools = Arc::new(Pools::new(settings, Access::LookOnly, meter).map_err(refused)?);
        let at_rest = settings.url.sqlite_path().and_then(AtRest::of);
        Ok(Self { pools, bell: Arc::default(), chronicler: None, url: settings.url.clone(), at_rest })
    }

    /// Whether somebody has opened a SQLite file for writing that was at rest at [`Database::look`]: it is read as one that never
    /// changes, so what was read since then may be neither of before nor of after.
    #[must_use]
    pub fn was_disturbed(&self) -> bool {
        self.at_rest.as_ref().is_some_and(AtRest::is_over)
    }

    /// Begins transactions.
    #[must_use]
    pub fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(self.transactions())
    }

    /// Begins transactions, any number one after the other, without keeping others from writing.
    #[must_use]
    pub fn patient_unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(PatientUnitOfWork(self.transactions()))
    }

    fn transactions(&self) -> DieselUnitOfWork {
        let (bell, chronicler) = (Arc::clone(&self.bell), self.chronicler.clone());
        DieselUnitOfWork { pools: Arc::clone(&self.pools), bell, chronicler }
    }

    /// Reads accounts.
    #[must_use]
    pub fn accounts(&self) -> Arc<dyn AccountReader> {
        Arc::new(DieselAccountReader { pools: Arc::clone(&self.pools) })
    }

    /// Reads roles.
    #[must_use]
    pub fn roles(&self) -> Arc<dyn RoleReader> {
        Arc::new(DieselRoleReader { pools: Arc::clone(&self.pools) })
    }

    /// Reads the audit log for people.
    #[must_use]
    pub fn audit(&self) -> Arc<dyn AuditReader> {
        Arc::new(DieselAuditReader { pools: Arc::clone(&self.pools) })
    }

    /// Reads the audit log to prove it.
    #[must_use]
    pub fn audit_chains(&self) -> Arc<dyn AuditChains> {
        Arc::new(DieselAuditChains { pools: Arc::clone(&self.pools) })
    }

    /// Reads API keys.
    #[must_use]
    pub fn api_keys(&self) -> Arc<dyn ApiKeyReader> {
        Arc::new(DieselApiKeys { pools: Arc::clone(&self.pools) })
    }

    /// Finds API keys by their secrets.
    #[must_use]
    pub fn api_key_lookup(&self) -> Arc<dyn ApiKeyLookup> {
        Arc::new(DieselApiKeys { pools: Arc::clone(&self.pools) })
    }

    /// Reads everything about somebody.
    #[must_use]
    pub fn personal_data(&self) -> Arc<dyn PersonalDataReader> {
        Arc::new(DieselPersonalDataReader { pools: Arc::clone(&self.pools) })
    }

    /// Hands out all users.
    #[must_use]
    pub fn user_pages(&self) -> Arc<dyn UserPages> {
        Arc::new(DieselUserPages { pools: Arc::clone(&self.pools) })
    }

    /// Looks users up.
    #[must_use]
    pub fn user_directory(&self) -> Arc<dyn UserDirectory> {
        Arc::new(DieselUserDirectory { pools: Arc::clone(&self.pools) })
    }

    /// Reads sessions.
    #[must_use]
    pub fn sessions(&self) -> Arc<dyn SessionReader> {
        Arc::new(DieselSessionReader { pools: Arc::clone(&self.pools) })
    }

    /// Uses refresh tokens up.
    #[must_use]
    pub fn renewals(&self) -> Arc<dyn SessionRenewals> {
        Arc::new(DieselSessionRenewals { pools: Arc::clone(&self.pools), unit_of_work: self.transactions() })
    }

    /// Reads failed attempts.
    #[must_use]
    pub fn attempts(&self) -> Arc<dyn AttemptReader> {
        Arc::new(DieselAttemptReader { pools: Arc::clone(&self.pools) })
    }

    /// Keeps signing keys.
    #[must_use]
    pub fn signing_keys(&self) -> Arc<dyn SigningKeyRepository> {
        Arc::new(DieselSigningKeys { pools: Arc::clone(&self.pools), unit_of_work: self.transactions() })
    }

    /// Hands jobs to workers.
    #[must_use]
    pub fn job_queue(&self) -> Arc<dyn JobQueue> {
        Arc::new(DieselJobQueue { pools: Arc::clone(&self.pools), unit_of_work: self.transactions() })
    }

    /// Looks into jobs.
    #[must_use]
    pub fn job_admin(&self) -> Arc<dyn JobAdmin> {
        Arc::new(DieselJobAdmin { pools: Arc::clone(&self.pools) })
    }

    /// Tells workers of new jobs; on PostgreSQL it listens for those of other processes from now on.
    #[must_use]
    pub fn job_bell(&self) -> Arc<dyn JobBell> {
        if let Target::Postgres { config, tls } = &self.url.0 {
            tokio::spawn(Listener::new(config, tls).listen(Arc::downgrade(&self.bell)));
        }
        self.bell.clone()
    }

    /// The checks `database` and `migrations`.
    #[must_use]
    pub fn readiness_checks(&self) -> Vec<Arc<dyn ReadinessCheck>> {
        vec![
            Arc::new(DatabaseAnswers { pools: Arc::clone(&self.pools) }),
            Arc::new(MigrationsApplied { migrations: self.migrations() }),
        ]
    }

    /// Looks at the database, its settings and its migrations.
    #[must_use]
    pub fn examination(&self, clock: Arc<dyn Clock>, expected: ExpectedUse) -> Arc<dyn Examination> {
        Arc::new(DatabaseExamination { pools: Arc::clone(&self.pools), url: self.url.clone(), clock, expected })
    }

    /// Reads a SQLite file to its end, looking for damage.
    #[must_use]
    pub fn integrity_examination(&self) -> Arc<dyn Examination> {
        Arc::new(IntegrityExamination { pools: Arc::clone(&self.pools), url: self.url.clone() })
    }

    /// Brings the tables up to date, or says what is missing.
    #[must_use]
    pub fn migrations(&self) -> Migrations {
        Migrations::new(Arc::clone(&self.pools))
    }

    /// Closes idle connections now and those in use when they come back; nothing is lent any more.
    pub fn close(&self) {
        self.pools.close();
    }
}

/// Makes the file and its folder if they are not there: for our eyes only, as it holds password hashes.
fn make_private(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Keeps the pools in order for as long as somebody uses them.
async fn tend(pools: Weak<Pools>) {
    let mut ticks = tokio::time::interval(TENDING);
    loop {
        ticks.tick().await;
        let Some(pools) = pools.upgrade() else { return };
        pools.tend();
    }
}

/// The cause alone: that the store is unavailable is said already.
fn cause(error: StoreError) -> BoxError {
    if let StoreError::Unavailable(cause) = error { cause } else { error.into() }
}
