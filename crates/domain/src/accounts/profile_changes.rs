//! What users change about themselves.

use super::{DisplayName, Email, User, Username};
use crate::Timestamp;

/// What becomes of a value that may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// There is none from now on.
    Clear,
    /// It is this one from now on.
    Set(T),
}

/// A wish to change a profile, every value of it within the rules.
#[derive(Debug, Clone, Default)]
pub struct ProfileChanges {
    /// The address that is to be confirmed; the present one withdraws the wish for another.
    pub email: Option<Email>,
    /// The username.
    pub username: Change<Username>,
    /// The name shown to others.
    pub display_name: Change<DisplayName>,
}

impl<T> Change<T> {
    /// What there is after the change.
    #[must_use]
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl ProfileChanges {
    /// `user` with these changes: a new version if anything is other than before, be it the spelling of an address. A new address
    /// only waits to be confirmed.
    #[must_use]
    pub fn apply(self, user: &User, now: Timestamp) -> User {
        let Self { email, username, display_name } = self;
        let pending_email = match email {
            None => user.pending_email.clone(),
            Some(email) => (email.as_str() != user.email.as_str()).then_some(email),
        };
        let username = username.apply(user.username.clone());
        let display_name = display_name.apply(user.display_name.clone());
        let changed = User { username, display_name, pending_email, ..user.clone() };
        // Two spellings of one address are equal, and yet the one that was entered last is to be shown.
        let spelling = |user: &User| user.pending_email.as_ref().map(|email| email.as_str().to_owned());
        if changed == *user && spelling(&changed) == spelling(user) { changed } else { changed.touched(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::UserId;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    fn ada() -> User {
        let email = Email::parse("ada@example.org").unwrap();
        User::registered(UserId::new(Uuid::nil()), email, Username::parse("ada").ok(), None, at(0))
    }

    fn to(email: &str) -> ProfileChanges {
        ProfileChanges { email: Some(Email::parse(email).unwrap()), ..ProfileChanges::default() }
    }

    #[test]
    fn what_is_not_named_stays_and_what_is_cleared_goes() {
        let display_name = DisplayName::parse("Ada").unwrap();
        let named = ProfileChanges { display_name: Change::Set(display_name.clone()), ..ProfileChanges::default() };
        let named = named.apply(&ada(), at(5));
        assert_eq!(named, User { display_name: Some(display_name), updated_at: at(5), version: 2, ..ada() });
        let bare = ProfileChanges { username: Change::Clear, ..ProfileChanges::default() }.apply(&named, at(6));
        assert_eq!(bare, User { username: None, updated_at: at(6), version: 3, ..named });
    }

    #[test]
    fn a_new_address_only_waits() {
        let changed = to("new@example.org").apply(&ada(), at(5));
        assert_eq!(changed.email.as_str(), "ada@example.org");
        assert_eq!(changed.pending_email.as_ref().map(Email::as_str), Some("new@example.org"));
        assert_eq!(to("ada@example.org").apply(&changed, at(6)).pending_email, None, "the present one withdraws it");
        assert!(
            to("Ada@example.org").apply(&ada(), at(6)).pending_email.is_some(),
            "another spelling is confirmed, too"
        );
    }

    #[test]
    fn nothing_new_is_no_new_version() {
        assert_eq!(to("ada@example.org").apply(&ada(), at(5)), ada());
        let waiting = to("new@example.org").apply(&ada(), at(5));
        assert_eq!(to("new@example.org").apply(&waiting, at(6)), waiting);
    }

    #[test]
    fn another_spelling_of_an_address_that_waits_is_a_new_version() {
        let waiting = to("new@example.org").apply(&ada(), at(5));
        let respelled = to("New@Example.org").apply(&waiting, at(6));
        assert_eq!((respelled.version, respelled.updated_at), (waiting.version + 1, at(6)));
        assert_eq!(respelled.pending_email.as_ref().map(Email::as_str), Some("New@Example.org"));
    }
}
