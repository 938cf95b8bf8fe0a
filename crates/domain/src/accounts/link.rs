//! Links that prove an address, because only its owner was sent them.

use super::{Email, UserId};
use crate::Timestamp;
use crate::sessions::SecretDigest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Names a link; its secret is derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkId(Uuid);

impl LinkId {
    /// From a UUID that names nothing else.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The UUID.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Prove the address of an account.
    VerifyEmail,
    /// Prove the address that is to take the place of another.
    ChangeEmail,
    /// Choose a new password.
    ResetPassword,
    /// Choose the first password, for an account that somebody else has made.
    Invite,
}

impl LinkPurpose {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::VerifyEmail, Self::ChangeEmail, Self::ResetPassword, Self::Invite];

    /// The name, as stores use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
            Self::Invite => "invite",
        }
    }

    /// The purpose of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// The page that the link leads to.
    #[must_use]
    pub fn page(self) -> &'static str {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => "verify",
            Self::ResetPassword => "reset",
            Self::Invite => "invite",
        }
    }
}

/// The secret of a link, 256 bits; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(Zeroizing<[u8; 32]>);

impl LinkToken {
    /// From 256 bits that nobody can guess.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads 43 characters of base64url; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == bytes.len()).then(|| Self::new(bytes))
    }

    /// The token as it is sent.
    #[must_use]
    pub fn expose(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// A link as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// Names it.
    pub id: LinkId,
    /// Whose account it is about.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address that it was sent to; it proves no other one.
    pub email: Email,
    /// Of its secret.
    pub digest: SecretDigest,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// It is worth nothing from then on.
    pub expires_at: Timestamp,
    /// When it was used, or a newer one took its place.
    pub used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_43_characters_and_read_as_it_is_written() {
        let token = LinkToken::new([7; 32]);
        assert_eq!(token.expose().len(), 43);
        assert_eq!(LinkToken::parse(&token.expose()), Some(token));
    }

    #[test]
    fn anything_else_is_no_token() {
        let good = LinkToken::new([7; 32]).expose();
        for text in ["", "x", &good[1..], &format!("{good}A"), &good.replace('B', "+"), &good.replace('c', "é")] {
            assert_eq!(LinkToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_is_never_printed() {
        assert_eq!(format!("{:?}", LinkToken::new([7; 32])), "LinkToken(…)");
    }

    #[test]
    fn every_purpose_has_a_name_of_its_own() {
        for purpose in LinkPurpose::ALL {
            assert_eq!(LinkPurpose::from_name(purpose.as_str()), Some(purpose));
        }
    }
}
