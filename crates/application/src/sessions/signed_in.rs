//! What a sign-in and a refresh give.

use threshold_domain::access::Grants;
use threshold_domain::accounts::User;
use threshold_domain::sessions::{Session, SessionToken};

/// Somebody who is signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// What they may do.
    pub grants: Grants,
    /// Their session.
    pub session: Session,
    /// What proves it from now on: the refresh token, or the cookie.
    pub token: SessionToken,
}
