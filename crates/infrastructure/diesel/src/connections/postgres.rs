//! PostgreSQL: how a connection is made.

use super::Access;
use crate::DatabaseSettings;
use crate::database_url::Tls;
use diesel::ConnectionError::{self, BadConnection};
use diesel::ConnectionResult;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use futures::FutureExt;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::BoxError;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A transaction in which nothing happens for so long was forgotten: its locks must not stay.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(10);

/// Makes connections to the server.
pub(crate) fn manager(
    config: &Config,
    tls: &Tls,
    settings: &DatabaseSettings,
    access: Access,
) -> AsyncDieselConnectionManager<AsyncPgConnection> {
    let mut bounded = bounded(config, settings);
    if access == Access::LookOnly {
        let options = bounded.get_options().unwrap_or_default();
        bounded.options(format!("{options} -c default_transaction_read_only=on"));
    }
    let server = Arc::new((bounded, tls.clone()));
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_url| {
        let server = Arc::clone(&server);
        async move { connect(&server.0, &server.1).await }.boxed()
    });
    // The target is in the configuration: what would be printed is no secret.
    AsyncDieselConnectionManager::new_with_config("postgres", config)
}

/// The configuration with a bound to everything that could take for ever.
fn bounded(config: &Config, settings: &DatabaseSettings) -> Config {
    let mut config = config.clone();
    let own_options = config.get_options().unwrap_or_default();
    let statement = settings.statement_timeout.as_millis();
    let idle = IDLE_IN_TRANSACTION.as_millis();
    // What is asked takes milliseconds: to compile it, where it looks expensive beforehand, takes a hundred.
    let options = format!(
        "{own_options} -c statement_timeout={statement} -c lock_timeout={statement} \
         -c idle_in_transaction_session_timeout={idle} -c jit=off"
    );
    config.options(options);
    config.connect_timeout(settings.acquire_timeout);
    // A server that vanished without a word: the statement's own bound is kept by the server alone.
    config.tcp_user_timeout(settings.statement_timeout * 2);
    if config.get_application_name().is_none() {
        config.application_name("threshold");
    }
    config
}

/// A connection to the server.
pub(crate) async fn connect(config: &Config, tls: &Tls) -> ConnectionResult<AsyncPgConnection> {
    match tls {
        Tls::Off => {
            let (client, driver) = config.connect(NoTls).await.map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await
        }
        Tls::Verified { authorities } => {
            let connector = verifying(authorities.as_deref()).map_err(|error| BadConnection(describe(&*error)))?;
            let (client, driver) = config.connect(connector).await.map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await
        }
    }
}

/// A connection without Diesel over it, for rows of any form.
pub(crate) async fn connect_plainly(config: &Config, tls: &Tls) -> Result<Client, BoxError> {
    match tls {
        Tls::Off => {
            let (client, driver) = config.connect(NoTls).await.map_err(|error| describe(&error))?;
            tokio::spawn(driver);
            Ok(client)
        }
        Tls::Verified { authorities } => {
            let connector = verifying(authorities.as_deref())?;
            let (client, driver) = config.connect(connector).await.map_err(|error| describe(&error))?;
            tokio::spawn(driver);
            Ok(client)
        }
    }
}

/// TLS that accepts a certificate only for the right host and from one of the authorities.
fn verifying(authorities: Option<&Path>) -> Result<MakeRustlsConnect, BoxError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(file) => {
            for certificate in CertificateDer::pem_file_iter(file)? {
                roots.add(certificate?)?;
            }
            if roots.is_empty() {
                return Err("the file of sslrootcert holds no certificate".into());
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn refused(error: &tokio_postgres::Error) -> ConnectionError {
    BadConnection(describe(error))
}

/// The error with its causes: the outermost alone says only "error connecting to server".
fn describe(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", describe(cause)),
        None => error.to_string(),
    }
}
