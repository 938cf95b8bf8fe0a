//! Mails on the console.

use crate::composer::Composer;
use crate::{Sender, lock, text};
use async_trait::async_trait;
use std::io::Write;
use std::sync::{Arc, Mutex};
use threshold_application::ports::{Clock, MailError, Mailer};
use threshold_domain::mail::Mail;

const RULE: &str = "----------------------------------- mail -----------------------------------";

/// Writes each mail's text to where a developer sees it. For development alone: whoever reads along has the links.
pub struct ConsoleMailer {
    composer: Composer,
    console: Mutex<Box<dyn Write + Send>>,
}

impl ConsoleMailer {
    /// Writes to `console`, a block in one piece for each mail.
    #[must_use]
    pub fn new(sender: Sender, clock: Arc<dyn Clock>, console: Box<dyn Write + Send>) -> Self {
        Self { composer: Composer::new(sender, clock), console: Mutex::new(console) }
    }

    fn block(&self, mail: &Mail) -> Result<String, MailError> {
        let message = self.composer.compose(mail)?;
        let header = |name| message.headers().get_raw(name).unwrap_or_default();
        let headers: String =
            ["Date", "From", "To", "Subject", "Message-ID"].map(|name| format!("{name}: {}\n", header(name))).concat();
        let text = text::render(&self.composer.letter(mail));
        Ok(format!("{RULE}\n{headers}\n{text}{RULE}\n"))
    }
}

#[async_trait]
impl Mailer for ConsoleMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let block = self.block(mail)?;
        let mut console = lock(&self.console);
        let written = console.write_all(block.as_bytes()).and_then(|()| console.flush());
        written.map_err(|error| MailError::Temporary(error.into()))
    }
}
