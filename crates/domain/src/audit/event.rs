//! Something that has happened.

use super::{AuditAction, Initiator, Subject};
use crate::Timestamp;
use std::fmt::{self, Write as _};

/// Something that has happened, as a use case tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub action: AuditAction,
    /// By whom, and from where.
    pub initiator: Initiator,
    /// To whom or what, if there is anything.
    pub subject: Option<Subject>,
    /// What else is worth knowing. No names or addresses of people, and no secrets.
    pub details: AuditDetails,
}

/// Names with texts, in the order in which they were told: written as lines of `name=text`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditDetails(String);

impl AuditEvent {
    /// `initiator` has done `action`.
    #[must_use]
    pub fn new(action: AuditAction, initiator: &Initiator, at: Timestamp) -> Self {
        Self { at, action, initiator: initiator.clone(), subject: None, details: AuditDetails::default() }
    }

    /// It was done to `subject`.
    #[must_use]
    pub fn on(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// There is more to know about it. Several things have spaces between.
    #[must_use]
    pub fn with(mut self, name: &'static str, text: impl fmt::Display) -> Self {
        let text = Self::cleaned(&text.to_string());
        // Writing to a text can't fail.
        let _ = writeln!(self.details.0, "{name}={text}");
        self
    }

    /// A text as it is kept among the details: on one line, and harmless to a terminal.
    #[must_use]
    pub fn cleaned(text: &str) -> String {
        text.replace(char::is_control, " ")
    }
}

impl AuditDetails {
    /// As a store has kept them.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// All of them, as a store keeps them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name and text of each; a line that was not written here is a name without text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().map(|line| line.split_once('=').unwrap_or((line, "")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn details_are_read_as_they_were_told_whatever_is_in_them() {
        let event = AuditEvent::new(AuditAction::AdminActed, &Initiator::system(), DateTime::UNIX_EPOCH)
            .with("event", "key_made")
            .with("name", "a=b\nforged=1\u{1b}[31m");
        let details: Vec<_> = event.details.iter().collect();
        assert_eq!(details, [("event", "key_made"), ("name", "a=b forged=1 [31m")]);
        assert_eq!(AuditDetails::new(event.details.as_str().to_owned()), event.details);
    }
}
