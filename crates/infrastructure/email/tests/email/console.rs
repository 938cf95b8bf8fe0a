//! Mails on the console.

use crate::fixture::{SECRET, clock, mail, sender};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use threshold_application::ports::{MailError, Mailer};
use threshold_email::ConsoleMailer;
use threshold_testkit::contract::mailer::Arrived;

/// Shows what was written and flushed.
#[derive(Clone, Default)]
pub(crate) struct Screen {
    written: Arc<Mutex<Vec<u8>>>,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Screen {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.shown.lock().unwrap().clone()).unwrap()
    }

    /// What is between the rules.
    pub(crate) fn blocks(&self) -> Vec<String> {
        let text = self.text();
        let parts = text.split('\n').collect::<Vec<_>>();
        let blocks = parts.split(|line| line.starts_with("-----")).map(|lines| lines.join("\n"));
        blocks.filter(|block| !block.trim().is_empty()).collect()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.shown.lock().unwrap().append(&mut self.written.lock().unwrap());
        Ok(())
    }
}

pub(crate) fn arrived(block: &str) -> Arrived {
    let (headers, text) = block.split_once("\n\n").unwrap();
    let header = |name: &str| {
        headers.lines().find_map(|line| line.strip_prefix(name)).and_then(|rest| rest.strip_prefix(": ")).unwrap()
    };
    Arrived { message_id: header("Message-ID").to_owned(), to: header("To").to_owned(), text: text.to_owned() }
}

#[tokio::test]
async fn a_mail_is_one_block_of_headers_and_text() {
    let screen = Screen::default();
    let mailer = ConsoleMailer::new(sender(), clock(), Box::new(screen.clone()));
    mailer.send(&mail(7)).await.unwrap();
    let rule = "-".repeat(35);
    let head = format!(
        "{rule} mail {rule}\n\
         Date: Fri, 15 Jan 2027 08:00:00 +0000\n\
         From: Example <no-reply@example.org>\n\
         To: user-7@example.org\n\
         Subject: Please confirm your email address\n\
         Message-ID: <00000000-0000-0000-0000-000000000007@example.org>\n\
         \n\
         Hello,\n"
    );
    let text = screen.text();
    assert!(text.starts_with(&head), "{text}");
    assert!(text.contains(&format!("\n\nhttps://id.example.org/verify/{SECRET}\n\n")), "{text}");
    assert!(text.ends_with(&format!("\n{rule} mail {rule}\n")), "{text}");
}

struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_console_that_is_closed_is_temporary() {
    let mailer = ConsoleMailer::new(sender(), clock(), Box::new(Closed));
    assert!(matches!(mailer.send(&mail(1)).await, Err(MailError::Temporary(_))));
}
