//! Mails: their words, and their way by SMTP, into files or to the console.
//!
//! A mail's content becomes a letter (`wording` has a file for each language), the letter becomes text and HTML, and both
//! become one message with its headers. The three mailers differ only in where they take it.

mod composer;
mod console_mailer;
mod file_mailer;
mod html;
mod letter;
mod sender;
mod smtp;
mod text;
mod wording;

pub use console_mailer::ConsoleMailer;
pub use file_mailer::FileMailer;
pub use sender::{Sender, SenderError};
pub use smtp::{SmtpExamination, SmtpMailer, SmtpSettings, SmtpSetupError, SmtpUrl, SmtpUrlError};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is behind the locks here is whole between any two statements: a panic elsewhere spoils nothing.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
