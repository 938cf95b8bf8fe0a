//! What somebody registers with.

use super::{AcceptedPassword, DisplayName, Email, Username};
use crate::mail::Language;

/// A wish for an account, every value of it within the rules.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The address of the account.
    pub email: Email,
    /// The username, if one is wanted.
    pub username: Option<Username>,
    /// The name shown to others.
    pub display_name: Option<DisplayName>,
    /// The password, accepted for exactly these names.
    pub password: AcceptedPassword,
    /// The language that they are written to in.
    pub language: Language,
}
