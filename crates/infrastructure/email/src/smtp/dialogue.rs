//! What is said over a connection to hand a mail over, and what the answers mean.

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use threshold_application::ports::{BoxError, MailError};

/// Answers of 5xx that speak of us and not of the mail: authentication is missing, too weak or wrong (RFC 4954 §6, RFC 3207 §4).
/// The operator can set that right, and then no mail is lost.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// A server's answer to the mail itself. Its text is left out, for it may repeat what is in the mail.
#[derive(Debug, thiserror::Error)]
#[error("the mail server answered the content with {0}")]
struct ContentRefused(String);

/// Hands a message over.
///
/// # Errors
/// `Permanent` if the server refuses it for good, `Temporary` otherwise. The connection is of no use afterwards.
pub(super) async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), MailError> {
    let envelope = message.envelope();
    let sender = Mail::new(envelope.from().cloned(), Vec::new());
    connection.command(sender).await.map_err(|error| envelope_refused(&error))?;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(|error| envelope_refused(&error))?;
    }
    connection.command(Data).await.map_err(|error| envelope_refused(&error))?;
    connection.message(&message.formatted()).await.map_err(|error| content_refused(&error))?;
    Ok(())
}

/// Nothing secret has been sent yet: the operator may see all of the answer.
fn envelope_refused(error: &Error) -> MailError {
    refused(error, described(error))
}

fn content_refused(error: &Error) -> MailError {
    match error.status() {
        Some(_) => refused(error, ContentRefused(codes(error)).into()),
        None => MailError::Temporary(described(error)),
    }
}

fn refused(error: &Error, cause: BoxError) -> MailError {
    let about_us = error.status().is_some_and(|code| ABOUT_US.contains(&code.into()));
    if error.is_permanent() && !about_us { MailError::Permanent(cause) } else { MailError::Temporary(cause) }
}

/// The driver's own text has its causes in it; as a cause of ours it would say them twice.
pub(super) fn described(error: &Error) -> BoxError {
    error.to_string().into()
}

/// The code of an answer and, if there is one, the enhanced code that its text begins with (RFC 2034).
fn codes(error: &Error) -> String {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let is_enhanced = |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    match text.split_whitespace().next().filter(is_enhanced) {
        Some(enhanced) => format!("{code} {enhanced}"),
        None => code,
    }
}
