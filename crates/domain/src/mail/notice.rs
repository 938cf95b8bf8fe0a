//! What people are told without having asked.

use crate::Timestamp;
use crate::accounts::Email;

/// Something that has happened to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Its password was changed.
    PasswordChanged,
    /// Somebody wanted to register with its address.
    AlreadyRegistered,
    /// Another address was entered; told at the present one.
    EmailChangeRequested {
        /// Which one.
        new_address: Email,
    },
    /// It has another address now; told at the former one.
    EmailChanged {
        /// Which one.
        new_address: Email,
    },
    /// It was deleted.
    AccountDeleted {
        /// When it can't be brought back any more.
        purge_after: Timestamp,
    },
}
