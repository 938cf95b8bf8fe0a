//! The mailers keep their port's contract.

use crate::fixture::{clock, mailer, plain, sender};
use crate::{console, files};
use std::sync::Arc;
use tempfile::TempDir;
use threshold_email::{ConsoleMailer, FileMailer};
use threshold_test_smtp::{OwnSmtp, ReceivedMail};
use threshold_testkit::contract::mailer::{Arrived, Post};

fn arrived(mail: &ReceivedMail) -> Arrived {
    let header = |name| mail.header(name).first().copied().unwrap_or_default().to_owned();
    Arrived { message_id: header("Message-ID"), to: header("To"), text: mail.text_of("text/plain").to_owned() }
}

mod smtp {
    use super::*;

    fn post() -> Post {
        let server = OwnSmtp::start();
        let mailer = Arc::new(mailer(&plain(&server)));
        Post { mailer, arrived: Box::new(move || server.received().iter().map(arrived).collect()) }
    }

    threshold_testkit::mailer_contract!(post());
}

mod file {
    use super::*;

    fn post() -> Post {
        let folder = TempDir::new().unwrap();
        let mailer = Arc::new(FileMailer::new(folder.path().to_owned(), sender(), clock()).unwrap());
        Post { mailer, arrived: Box::new(move || files::mails(folder.path()).iter().map(arrived).collect()) }
    }

    threshold_testkit::mailer_contract!(post());
}

mod on_the_console {
    use super::*;

    fn post() -> Post {
        let screen = console::Screen::default();
        let mailer = Arc::new(ConsoleMailer::new(sender(), clock(), Box::new(screen.clone())));
        Post {
            mailer,
            arrived: Box::new(move || screen.blocks().iter().map(|block| console::arrived(block)).collect()),
        }
    }

    threshold_testkit::mailer_contract!(post());
}
