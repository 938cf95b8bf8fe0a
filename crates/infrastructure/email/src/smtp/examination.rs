//! Whether the mail server lets us in.

use super::mailer::tls;
use super::server::{Server, leave};
use super::settings::SmtpSettings;
use super::url::Encryption;
use async_trait::async_trait;
use threshold_application::ports::{BoxError, Examination};
use threshold_domain::operations::Finding;
use tokio::time::timeout;

const NAME: &str = "smtp";

/// Connects, encrypts and authenticates as a mail would be sent, and sends none.
pub struct SmtpExamination {
    settings: SmtpSettings,
}

impl SmtpExamination {
    /// Looks at the server of these settings.
    #[must_use]
    pub fn new(settings: SmtpSettings) -> Self {
        Self { settings }
    }

    async fn enter(&self) -> Result<(), BoxError> {
        let settings = &self.settings;
        let server = Server::new(settings.url.clone(), tls(settings)?, settings.timeout);
        let connection = timeout(settings.timeout, server.connect()).await;
        leave(connection.map_err(|_elapsed| format!("no answer within {:?}", settings.timeout))??);
        Ok(())
    }

    fn welcome(&self) -> Finding {
        let url = &self.settings.url;
        let who = if url.credentials.is_some() { "with our credentials" } else { "without credentials" };
        let is_here = ["localhost", "127.0.0.1", "::1"].contains(&url.host.as_str());
        match url.encryption {
            Encryption::StartTls => Finding::ok(NAME, format!("{url} lets us in {who}, encrypted by STARTTLS")),
            Encryption::Implicit => Finding::ok(NAME, format!("{url} lets us in {who}, encrypted from the start")),
            Encryption::Off if is_here => Finding::ok(NAME, format!("{url} lets us in {who}, on this machine")),
            Encryption::Off => Finding::warn(
                NAME,
                format!("{url} lets us in {who}, and nothing is encrypted"),
                "take ?tls=none out of email.smtp_url: mails hold links that change passwords",
            ),
        }
    }
}

#[async_trait]
impl Examination for SmtpExamination {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn examine(&self) -> Vec<Finding> {
        let advice = "see host, port, scheme and credentials in email.smtp_url, email.authorities for its certificate, and \
                      whether the network lets us through";
        vec![match self.enter().await {
            Ok(()) => self.welcome(),
            Err(error) => Finding::fail(NAME, format!("{}: {error}", self.settings.url), advice),
        }]
    }
}
