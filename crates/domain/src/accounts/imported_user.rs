//! A user who comes from elsewhere.

use super::Credentials;

/// A user whom a record described, every value of it within the rules but the hash, which only its hasher can judge.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The account to make.
    pub credentials: Credentials,
    /// Whether the record named the id; else it was made for the occasion.
    pub names_id: bool,
}

impl ImportedUser {
    /// Whether `other` is this user, brought along before: of the same names and the same password.
    #[must_use]
    pub fn is(&self, other: &Credentials) -> bool {
        let (mine, theirs) = (&self.credentials.user, &other.user);
        theirs.deleted_at.is_none()
            && mine.email == theirs.email
            && mine.username == theirs.username
            && mine.display_name == theirs.display_name
            && self.credentials.password_hash == other.password_hash
            && (!self.names_id || mine.id == theirs.id)
    }
}
