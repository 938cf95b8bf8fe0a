//! What somebody signs in with.

use super::{Email, Username};

/// The name that somebody gives at sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// By email address.
    Email(Email),
    /// By username.
    Username(Username),
}
