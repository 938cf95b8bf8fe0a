//! Sends mails by SMTP.

use super::dialogue::hand_over;
use super::server::{Server, leave};
use super::settings::SmtpSettings;
use crate::Sender;
use crate::composer::Composer;
use async_trait::async_trait;
use lettre::Message;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{BoxError, Clock, MailError, Mailer};
use threshold_domain::mail::Mail;
use tokio::time::timeout;

/// Hands mails to a mail server, over connections that are used again.
///
/// Whatever goes wrong before a mail is begun is temporary: a server that is away or can't be trusted, and refused credentials
/// (535) too, since they are the operator's to set right and no mail must be lost over them.
pub struct SmtpMailer {
    composer: Composer,
    server: Server,
}

/// Mails can't be sent with these settings.
#[derive(Debug, thiserror::Error)]
#[error("the certificates of the mail server's authorities can't be used")]
pub struct SmtpSetupError(#[source] BoxError);

#[derive(Debug, thiserror::Error)]
#[error("the mail server did not answer within {0:?}")]
struct NoAnswer(Duration);

impl SmtpMailer {
    /// Prepares everything, without connecting.
    ///
    /// # Errors
    /// When the file of authorities can't be read or holds no certificate.
    pub fn new(settings: &SmtpSettings, sender: Sender, clock: Arc<dyn Clock>) -> Result<Self, SmtpSetupError> {
        let tls = tls(settings).map_err(SmtpSetupError)?;
        let server = Server::new(settings.url.clone(), tls, settings.timeout);
        Ok(Self { composer: Composer::new(sender, clock), server })
    }

    async fn deliver(&self, message: &Message) -> Result<(), MailError> {
        let mut connection = self.server.connection().await.map_err(MailError::Temporary)?;
        match hand_over(&mut connection, message).await {
            Ok(()) => self.server.keep(connection),
            Err(error) => {
                leave(connection);
                return Err(error);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.composer.compose(mail)?;
        let limit = self.server.timeout;
        match timeout(limit, self.deliver(&message)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(MailError::Temporary(NoAnswer(limit).into())),
        }
    }
}

pub(super) fn tls(settings: &SmtpSettings) -> Result<TlsParameters, BoxError> {
    let mut tls = TlsParameters::builder(settings.url.host.clone());
    if let Some(file) = &settings.authorities {
        let pem = fs::read(file)?;
        // The driver takes a file without any certificate for one with none to add.
        if !pem.windows(CERTIFICATE.len()).any(|part| part == CERTIFICATE) {
            return Err("there is no certificate in the file".into());
        }
        tls = tls.add_root_certificate(Certificate::from_pem(&pem)?);
    }
    Ok(tls.build()?)
}

const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";
