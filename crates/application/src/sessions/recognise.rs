//! Which of a session's secrets is this?

use crate::ports::SessionSecrets;
use threshold_domain::sessions::{Session, SessionToken};

/// A token used in this many renewals before is not recognised any more. Far more than honest clients do in the longest life
/// of a session; it bounds what a stranger can make us compute.
const MAX_BEHIND: u32 = 20_000;

/// What a token is to a session.
pub(super) enum Recognised {
    /// Its current secret.
    Current,
    /// The one before; the current one follows it.
    Previous {
        /// The session's current secret.
        successor: SessionToken,
    },
    /// One that was used up longer ago.
    Older,
    /// None of its secrets.
    Foreign,
}

/// Follows the chain from `token` to the session's current secret, of which nothing but the digest is kept: only a genuine one
/// leads there.
pub(super) fn recognise(secrets: &dyn SessionSecrets, session: &Session, token: &SessionToken) -> Recognised {
    let behind = session.proof.generation.checked_sub(token.generation);
    let Some(behind @ 0..=MAX_BEHIND) = behind else { return Recognised::Foreign };
    if session.id != token.session {
        return Recognised::Foreign;
    }
    let mut last = token.clone();
    for _ in 0..behind {
        let Some(next) = secrets.successor(&last) else { return Recognised::Foreign };
        last = next;
    }
    match (secrets.digest(&last) == session.proof.digest, behind) {
        (false, _) => Recognised::Foreign,
        (true, 0) => Recognised::Current,
        (true, 1) => Recognised::Previous { successor: last },
        (true, _) => Recognised::Older,
    }
}

/// Whether `token` is the session's current secret.
pub(super) fn is_current(secrets: &dyn SessionSecrets, session: &Session, token: &SessionToken) -> bool {
    session.proof.generation == token.generation && session.proof.digest == secrets.digest(token)
}
