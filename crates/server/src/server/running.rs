//! Starting and stopping.

use super::background;
use super::http::{Bound, bind_api, bind_metrics};
use super::key_use_keeper::KeyUseKeeper;
use super::master_key::MasterKeyFileError;
use super::wiring::{Wiring, wire};
use super::worker::StoppableWorker;
use crate::config::Settings;
use crate::tls::{ServedCertificate, TlsFilesError};
use actix_web::dev::ServerHandle;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use threshold_application::ErrorChain;
use threshold_application::operations::RecordLifecycle;
use threshold_application::ports::StoreError;
use threshold_diesel::{ConnectError, Database, MigrationError};
use threshold_email::SmtpSetupError;
use threshold_redis::RedisSetupError;
use threshold_telemetry::RecorderError;
use threshold_tokens::KeyRingError;
use tokio::task::JoinHandle;
use tracing::{error, info};

/// The service, answering.
pub struct Running {
    /// Where the API listens; the real port where 0 was asked for.
    pub address: SocketAddr,
    /// Where metrics are served, if they are.
    pub metrics_address: Option<SocketAddr>,
    /// Where the first administrator can be made, as long as there is none. Whoever has it can do it: not for the log.
    pub setup_link: Option<String>,
    api: JoinHandle<io::Result<()>>,
    handles: Vec<ServerHandle>,
    background: Vec<JoinHandle<()>>,
    worker: StoppableWorker,
    key_uses: KeyUseKeeper,
    lifecycle: RecordLifecycle,
    database: Database,
    certificate: Option<Arc<ServedCertificate>>,
    draining: Arc<AtomicBool>,
    drain: Duration,
}

/// Why the service didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database can't be opened.
    #[error(transparent)]
    Database(#[from] ConnectError),
    /// The tables can't be brought up to date, or a newer version made them.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The operator wants to migrate by hand, and it is to be done.
    #[error("the database lacks {}: run `threshold migrate up`, or set database.migrate to auto", .0.join(", "))]
    PendingMigrations(Vec<String>),
    /// The database can't be told which permissions there are, or that the service starts.
    #[error("the database can't be prepared")]
    Store(#[from] StoreError),
    /// There are no signing keys.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// No client of Redis can be made.
    #[error(transparent)]
    Redis(#[from] RedisSetupError),
    /// The secrets can't be derived.
    #[error("secrets can't be derived from the secret key")]
    Secrets,
    /// The master key's file is of no use.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyFileError),
    /// The metrics recorder refused.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
    /// Mails can't be written into files.
    #[error("mails can't be written to {}", .folder.display())]
    Mails {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Mails can't be sent by SMTP.
    #[error(transparent)]
    Smtp(#[from] SmtpSetupError),
    /// The certificate's files are of no use.
    #[error(transparent)]
    TlsFiles(#[from] TlsFilesError),
    /// TLS can't be set up.
    #[error("TLS can't be set up")]
    Tls(#[from] rustls::Error),
    /// A listener can't be had, for example because its port is taken.
    #[error("can't listen on {address} ({setting})")]
    Listen {
        /// The setting that names the address.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

impl Running {
    /// Starts the service on the current tokio runtime, where use cases that change something run from then on.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let wiring = wire(settings, Instant::now()).await?;
        let token = wiring.services.set_up.token().await?;
        let setup_link = token.map(|token| format!("{}/setup?token={}", wiring.http.public_url, token.expose()));
        let metrics = bind_metrics(settings, &wiring.meter)?;
        let certificate = settings.server.tls.as_ref().map(ServedCertificate::read).transpose()?;
        let Bound { address, server } = bind_api(&settings.server, &wiring, certificate.as_ref())?;
        let Wiring { database, meter, follow_revocations, follow_news, jobs, .. } = wiring;
        let Wiring { keys, tokens, rotate_keys, key_uses, lifecycle, draining, .. } = wiring;
        lifecycle.started().await?;
        let mut handles = vec![server.handle()];
        let mut background = vec![
            tokio::spawn(background::follow_revocations(follow_revocations)),
            tokio::spawn(background::run_schedules(jobs.schedules)),
            tokio::spawn(background::measure_jobs(jobs.manage)),
            tokio::spawn(background::follow_keys(keys, tokens)),
            tokio::spawn(background::rotate_keys(rotate_keys)),
            tokio::spawn(background::keep_metrics(meter)),
        ];
        background.extend(follow_news.map(|follow| tokio::spawn(background::follow_news(follow))));
        let worker = StoppableWorker::start(jobs.worker, settings.server.grace);
        let metrics_address = metrics.as_ref().map(|metrics| metrics.address);
        if let Some(metrics) = metrics {
            info!(address = %format_args!("http://{}/metrics", metrics.address), "serving metrics");
            handles.push(metrics.server.handle());
            background.push(tokio::spawn(async move { drop(metrics.server.await) }));
        }
        let scheme = if certificate.is_some() { "https" } else { "http" };
        info!(address = %format_args!("{scheme}://{address}"), "listening");
        let api = tokio::spawn(server);
        let drain = settings.server.drain;
        Ok(Self {
            address,
            metrics_address,
            setup_link,
            api,
            handles,
            background,
            worker,
            key_uses: KeyUseKeeper::start(key_uses),
            lifecycle,
            database,
            certificate,
            draining,
            drain,
        })
    }

    /// Reads the files of the certificate again; connections that are open keep the one they have. Files that are of no use
    /// change nothing.
    pub fn reload(&self) {
        let Some(certificate) = &self.certificate else { return };
        match certificate.reload() {
            Ok(()) => info!("serving the certificate that is in the files now"),
            Err(error) => {
                error!(error = %ErrorChain(&error), "the certificate can't be read again; the one before is served on");
            }
        }
    }

    /// From now on `/ready` answers 503, and everything else is answered as before, for as long as `shutdown.drain` says.
    pub async fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        info!("draining");
        tokio::time::sleep(self.drain).await;
    }

    /// Closes the listeners, finishes what is under way if `gracefully`, and closes the database.
    ///
    /// # Errors
    /// When the server had failed before.
    pub async fn stop(self, gracefully: bool) -> io::Result<()> {
        let listeners = async {
            for handle in &self.handles {
                handle.stop(gracefully).await;
            }
        };
        tokio::join!(listeners, self.worker.stop(gracefully));
        let outcome = self.api.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        self.background.iter().for_each(JoinHandle::abort);
        self.key_uses.stop().await;
        if let Err(error) = self.lifecycle.stopped().await {
            error!(error = %ErrorChain(&error), "the end could not be recorded in the audit log");
        }
        self.database.close();
        info!("stopped");
        outcome
    }
}
