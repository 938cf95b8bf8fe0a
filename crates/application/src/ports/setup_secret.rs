//! What proves that somebody runs the service, before anybody has an account.

use threshold_domain::accounts::SetupToken;

/// Derives the token of the set-up link with a key that all instances share and nobody else knows, so that it need not be stored.
pub trait SetupSecret: Send + Sync {
    /// The token: always the same.
    fn setup_token(&self) -> SetupToken;
}
