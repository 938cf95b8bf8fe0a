//! Who mails come from.

use crate::composer;
use lettre::message::header::{self, Headers};
use lettre::message::{Mailbox, Mailboxes};
use std::fmt;
use std::str::FromStr;
use threshold_domain::accounts::Email;

/// The longest name, in characters.
const MAX_NAME: usize = 64;

/// Who mails come from: `name@example.org` or `Name <name@example.org>`. The name is also what mails call the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// Why a text is no sender; repeats nothing of it.
#[derive(Debug, thiserror::Error)]
#[error(
    "a sender has the form name@example.org or Name <name@example.org>, its name at most {MAX_NAME} characters on one line"
)]
pub struct SenderError;

impl Sender {
    /// What mails call the service: the sender's name, or the domain of its address.
    pub(crate) fn service(&self) -> &str {
        self.0.name.as_deref().unwrap_or(self.domain())
    }

    /// The domain of its address, in A-labels.
    pub(crate) fn domain(&self) -> &str {
        self.0.email.domain()
    }

    pub(crate) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }
}

impl FromStr for Sender {
    type Err = SenderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (unquoted(name.trim()), address),
            None => ("", text),
        };
        let email = Email::parse(address).map_err(|_repeats_nothing| SenderError)?;
        let address = composer::address(&email).map_err(|_repeats_values| SenderError)?;
        if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(SenderError);
        }
        let mailbox = Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address);
        if is_readable(&mailbox) { Ok(Self(mailbox)) } else { Err(SenderError) }
    }
}

/// The driver reads its own header again before it sends a message; a few odd addresses it can't.
fn is_readable(mailbox: &Mailbox) -> bool {
    let mut headers = Headers::new();
    headers.set(header::From::from(Mailboxes::from(mailbox.clone())));
    headers.get::<header::From>().is_some()
}

fn unquoted(name: &str) -> &str {
    name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name)
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(text: &str) -> Sender {
        text.parse().unwrap()
    }

    #[test]
    fn a_sender_is_an_address_with_a_name_or_without() {
        for (text, service) in [
            ("no-reply@example.org", "example.org"),
            ("<no-reply@example.org>", "example.org"),
            ("Example <no-reply@example.org>", "Example"),
            ("\"Example, Inc.\" <no-reply@example.org>", "Example, Inc."),
            ("Bücher <info@bücher.example>", "Bücher"),
        ] {
            assert_eq!(sender(text).service(), service);
        }
        assert_eq!(sender("info@Bücher.example").domain(), "xn--bcher-kva.example");
        assert_eq!(sender("Example, Inc. <a@example.org>").to_string(), "\"Example, Inc.\" <a@example.org>");
    }

    #[test]
    fn what_is_no_sender_is_refused() {
        let long = format!("{} <a@example.org>", "x".repeat(65));
        for text in [
            "",
            "Example",
            "Example <>",
            "a b@example.org",
            "A <a@example.org> B",
            "A\r\nBcc: x <a@example.org>",
            &long,
        ] {
            assert!(text.parse::<Sender>().is_err(), "{text:?}");
        }
    }
}
