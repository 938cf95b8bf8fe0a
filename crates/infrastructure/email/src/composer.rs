//! Makes a message of a mail: its headers, and its text and HTML side by side.

use crate::letter::Letter;
use crate::sender::Sender;
use crate::{html, text, wording};
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::sync::Arc;
use std::time::SystemTime;
use threshold_application::ports::{Clock, MailError};
use threshold_domain::accounts::Email;
use threshold_domain::mail::Mail;

/// Writes messages in the name of one sender.
pub(crate) struct Composer {
    sender: Sender,
    clock: Arc<dyn Clock>,
}

impl Composer {
    pub(crate) fn new(sender: Sender, clock: Arc<dyn Clock>) -> Self {
        Self { sender, clock }
    }

    pub(crate) fn letter(&self, mail: &Mail) -> Letter {
        wording::letter(mail, self.sender.service())
    }

    /// The message, with text before HTML, so that clients prefer the latter (RFC 2046 §5.1.4). But for its date it is the same
    /// for the same mail.
    ///
    /// # Errors
    /// `Permanent` for an address that mail can't reach.
    pub(crate) fn compose(&self, mail: &Mail) -> Result<Message, MailError> {
        let letter = self.letter(mail);
        let address = address(&mail.to).map_err(|error| MailError::Permanent(error.into()))?;
        let envelope = Envelope::new(Some(self.sender.mailbox().email), vec![address.clone()]);
        let body = MultiPart::alternative()
            .boundary(mail.id.to_string())
            .singlepart(SinglePart::plain(text::render(&letter)))
            .singlepart(SinglePart::html(html::render(&letter)));
        Message::builder()
            .envelope(envelope.map_err(|error| MailError::Permanent(error.into()))?)
            .from(self.sender.mailbox())
            .to(Mailbox::new(None, address))
            .subject(letter.subject)
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(self.message_id(mail)))
            // Nobody's out-of-office reply is wanted (RFC 3834 §5).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", letter.language))
            .multipart(body)
            .map_err(|error| MailError::Permanent(error.into()))
    }

    /// The same whenever the mail is sent, and no other mail's.
    pub(crate) fn message_id(&self, mail: &Mail) -> String {
        format!("<{}@{}>", mail.id, self.sender.domain())
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The address as mail servers know it: the local part as it was entered, for its case may matter to its server (RFC 5321
/// §2.4), and the domain in A-labels.
pub(crate) fn address(email: &Email) -> Result<Address, AddressError> {
    let local = email.as_str().rsplit_once('@').map_or("", |(local, _)| local);
    let domain = email.canonical().rsplit_once('@').map_or("", |(_, domain)| domain);
    // What browsers accept and RFC 5321 §4.1.2 has only in quotes.
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Address::new(format!("\"{local}\""), domain);
    }
    Address::new(local, domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use threshold_domain::mail::MailContent;
    use threshold_testkit::{FixedClock, a_mail};

    proptest! {
        #[test]
        fn whoever_may_send_can(name in "[\\PC\"\\\\<>,.@ ]{0,64}", local in "[A-Za-z0-9.'+-]{1,20}") {
            let Ok(sender) = format!("{name} <{local}@example.org>").parse::<Sender>() else { return Ok(()) };
            let composer = Composer::new(sender, Arc::new(FixedClock::default()));
            let message = composer.compose(&a_mail(1, MailContent::PasswordChanged)).unwrap().formatted();
            let message = String::from_utf8(message).unwrap();
            let (headers, _) = message.split_once("\r\n\r\n").unwrap();
            prop_assert!(headers.is_ascii() && headers.lines().all(|line| line.len() <= 998), "{headers}");
            prop_assert_eq!(headers.lines().filter(|line| !line.starts_with(' ')).count(), 9, "{}", headers);
        }
    }
}
