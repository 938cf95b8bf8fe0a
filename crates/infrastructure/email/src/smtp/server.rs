//! Connections to one mail server.
//!
//! A pool of our own, because the driver's takes a connection back when its dialogue was given up half-way: the next mail would
//! then read the answers to the one before. Here a connection is kept only when its dialogue has come to its end.

use super::dialogue::described;
use super::plain_stream::PlainStream;
use super::url::{Encryption, SmtpUrl};
use crate::lock;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::Noop;
use lettre::transport::smtp::extension::ClientId;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use threshold_application::ports::BoxError;
use tokio::time::timeout;

/// How many connections are kept for the next mail.
const KEPT: usize = 4;
/// How long: servers close after five minutes (RFC 5321 §4.5.3.2.7) or sooner.
const KEPT_FOR: Duration = Duration::from_mins(1);
/// How long a server is waited for that is only told good-bye.
const GOODBYE: Duration = Duration::from_secs(1);

/// A mail server, and the connections to it that wait for the next mail.
pub(super) struct Server {
    pub(super) url: SmtpUrl,
    pub(super) tls: TlsParameters,
    pub(super) timeout: Duration,
    kept: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Server {
    pub(super) fn new(url: SmtpUrl, tls: TlsParameters, timeout: Duration) -> Self {
        Self { url, tls, timeout, kept: Mutex::new(Vec::new()) }
    }

    /// A connection on which a mail may be begun: a kept one that still answers, or a new one.
    pub(super) async fn connection(&self) -> Result<AsyncSmtpConnection, BoxError> {
        if let Some(mut kept) = self.take() {
            // A server that has gone silently must not use up the time that a new connection needs.
            if matches!(timeout(self.timeout / 4, kept.command(Noop)).await, Ok(Ok(_))) {
                return Ok(kept);
            }
            // Where one has been closed the others have been too.
            lock(&self.kept).clear();
        }
        self.connect().await
    }

    /// Keeps a connection for the next mail. It must have read every answer.
    pub(super) fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = lock(&self.kept);
        kept.retain(|(since, _)| since.elapsed() < KEPT_FOR);
        if kept.len() < KEPT {
            kept.push((Instant::now(), connection));
        } else {
            drop(kept);
            leave(connection);
        }
    }

    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut kept = lock(&self.kept);
        kept.retain(|(since, _)| since.elapsed() < KEPT_FOR);
        kept.pop().map(|(_, connection)| connection)
    }

    /// A new connection, for whom the server wants to know.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, BoxError> {
        let mut connection = self.protected().await?;
        if let Some(credentials) = &self.url.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(|error| described(&error))?;
        }
        Ok(connection)
    }

    /// A new connection, encrypted if it is to be.
    async fn protected(&self) -> Result<AsyncSmtpConnection, BoxError> {
        let (host, port, hello) = (self.url.host.as_str(), self.url.port, ClientId::default());
        // A name may have several addresses, the first of which leads nowhere.
        let for_each_address = self.timeout / 3;
        let at_once =
            |tls| AsyncSmtpConnection::connect_tokio1((host, port), Some(for_each_address), &hello, tls, None);
        let connected = match self.url.encryption {
            Encryption::Off => at_once(None).await,
            Encryption::Implicit => at_once(Some(self.tls.clone())).await,
            Encryption::StartTls => {
                let stream = PlainStream::connect(host, port, for_each_address).await?;
                self.upgraded(stream, &hello).await
            }
        };
        connected.map_err(|error| described(&error))
    }

    async fn upgraded(&self, stream: PlainStream, hello: &ClientId) -> Result<AsyncSmtpConnection, Error> {
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello).await?;
        connection.starttls(self.tls.clone(), hello).await?;
        Ok(connection)
    }
}

/// Says good-bye, as is asked even of those who were refused (RFC 5321 §4.1.1.10); nobody waits for it.
pub(super) fn leave(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move { timeout(GOODBYE, connection.abort()).await });
}
