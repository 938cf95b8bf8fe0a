//! Mails, and what they are about.

use super::{Language, MailLink};
use crate::Timestamp;
use crate::accounts::Email;
use std::fmt;
use uuid::Uuid;

/// Something to tell somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Which mail it is.
    pub id: MailId,
    /// Who is to read it.
    pub to: Email,
    /// In which language.
    pub language: Language,
    /// What it says.
    pub content: MailContent,
}

/// Names one mail; sent again it is still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MailId(Uuid);

impl MailId {
    /// Wraps an id that an id generator made or a store gave back.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The bare id.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailContent {
    /// To who has registered: follow the link to prove that the address is yours.
    Verification {
        /// Proves it.
        link: MailLink,
        /// When the link ends.
        expires_at: Timestamp,
    },
    /// To the new address of an account: follow the link to prove that it is yours.
    EmailChange {
        /// Proves it.
        link: MailLink,
        /// When the link ends.
        expires_at: Timestamp,
    },
    /// To the address of an account: another one was asked for.
    EmailChangeRequested {
        /// Which one.
        new_address: Email,
    },
    /// To the former address of an account: it has another one now.
    EmailChanged {
        /// Which one.
        new_address: Email,
    },
    /// To who forgot a password: follow the link to choose another one.
    PasswordReset {
        /// Lets a password be chosen.
        link: MailLink,
        /// When the link ends.
        expires_at: Timestamp,
    },
    /// To the owner of an account: its password is another one now.
    PasswordChanged,
    /// To the owner of an account: somebody tried to register with its address.
    AlreadyRegistered {
        /// The page to sign in at, or to say that the password was forgotten.
        link: MailLink,
    },
    /// To who had an account: it is deleted.
    AccountDeleted {
        /// When it can't be brought back any more.
        purge_after: Timestamp,
    },
    /// To who an administrator made an account for: follow the link to choose a password.
    Invitation {
        /// Lets a password be chosen.
        link: MailLink,
        /// When the link ends.
        expires_at: Timestamp,
    },
}

impl MailContent {
    /// Where it sends its reader, if anywhere.
    #[must_use]
    pub fn link(&self) -> Option<&MailLink> {
        match self {
            Self::Verification { link, .. }
            | Self::EmailChange { link, .. }
            | Self::PasswordReset { link, .. }
            | Self::AlreadyRegistered { link }
            | Self::Invitation { link, .. } => Some(link),
            Self::EmailChangeRequested { .. }
            | Self::EmailChanged { .. }
            | Self::PasswordChanged
            | Self::AccountDeleted { .. } => None,
        }
    }
}
