//! A user and the states of their account.

use super::{DisplayName, Email, PasswordHash, PasswordVersion, UserId, Username};
use crate::Timestamp;
use crate::access::{BuiltInRole, RoleName};

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// Where they are reached; unique among users who are not deleted.
    pub email: Email,
    /// Unique likewise.
    pub username: Option<Username>,
    /// The name shown to others.
    pub display_name: Option<DisplayName>,
    /// What the account may do while it is not deleted; it survives a deletion, so that a restore finds it.
    pub standing: Standing,
    /// When the owner proved that the address is theirs.
    pub email_verified_at: Option<Timestamp>,
    /// An address that waits to be confirmed.
    pub pending_email: Option<Email>,
    /// The roles that they hold, sorted.
    pub roles: Vec<RoleName>,
    /// The last successful sign-in.
    pub last_login_at: Option<Timestamp>,
    /// When the account was deleted, if it was.
    pub deleted_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account last changed; sign-ins don't count.
    pub updated_at: Timestamp,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// What an account that is not deleted may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The address is not proven yet.
    Unverified,
    /// In order.
    Active,
    /// Barred by an administrator.
    Suspended,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unverified, Self::Active, Self::Suspended];

    /// The name, as stores, records and clients use it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// The state of an account as others see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    /// The address is not proven yet.
    Unverified,
    /// In order.
    Active,
    /// Barred by an administrator.
    Suspended,
    /// Deleted, and kept until the retention is over.
    Deleted,
}

/// Why somebody who gave the right password still can't sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInRefusal {
    /// An administrator suspended the account.
    Suspended,
    /// The address must be proven first.
    EmailUnverified,
}

impl SignInRefusal {
    /// The name, for records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::EmailUnverified => "email-unverified",
        }
    }
}

/// A user together with what proves that they are who they say.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// Absent for accounts that sign in through another provider only.
    pub password_hash: Option<PasswordHash>,
    /// Which password it is.
    pub password_version: PasswordVersion,
}

impl User {
    /// What of an account is another in `other`, by the names of the user object's members.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            ("email", self.email.as_str() != other.email.as_str()),
            ("username", self.username != other.username),
            ("display_name", self.display_name != other.display_name),
            ("status", self.standing != other.standing || self.deleted_at != other.deleted_at),
            ("email_verified_at", self.email_verified_at != other.email_verified_at),
            ("pending_email", self.pending_email != other.pending_email),
            ("roles", self.roles != other.roles),
        ];
        fields.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }

    /// A new account that has yet to prove its address.
    #[must_use]
    pub fn registered(
        id: UserId,
        email: Email,
        username: Option<Username>,
        display_name: Option<DisplayName>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            email,
            username,
            display_name,
            standing: Standing::Unverified,
            email_verified_at: None,
            pending_email: None,
            roles: vec![BuiltInRole::User.name()],
            last_login_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// The state as others see it: deletion hides the standing.
    #[must_use]
    pub fn status(&self) -> UserStatus {
        match (self.deleted_at, self.standing) {
            (Some(_), _) => UserStatus::Deleted,
            (None, Standing::Unverified) => UserStatus::Unverified,
            (None, Standing::Active) => UserStatus::Active,
            (None, Standing::Suspended) => UserStatus::Suspended,
        }
    }

    /// The account once its owner has proven that `address` is theirs; `None` if it has another one.
    #[must_use]
    pub fn proven(self, address: &Email, now: Timestamp) -> Option<Self> {
        (self.email == *address).then(|| self.in_order(now))
    }

    /// The account once the address that waits has taken the place of the other one, because its owner has proven that `address`
    /// is theirs; `None` if it is another one that waits.
    #[must_use]
    pub fn with_new_address(mut self, address: &Email, now: Timestamp) -> Option<Self> {
        self.email = self.pending_email.take().filter(|pending| pending == address)?;
        Some(self.in_order(now))
    }

    fn in_order(mut self, now: Timestamp) -> Self {
        if self.standing == Standing::Unverified {
            self.standing = Standing::Active;
        }
        self.email_verified_at = Some(now);
        self.touched(now)
    }

    /// The account once it is deleted; its standing stays, so that a restore finds it.
    #[must_use]
    pub fn deleted(self, now: Timestamp) -> Self {
        Self { deleted_at: Some(now), pending_email: None, ..self }.touched(now)
    }

    /// The account once it is brought back, with the standing that it had.
    #[must_use]
    pub fn restored(self, now: Timestamp) -> Self {
        Self { deleted_at: None, ..self }.touched(now)
    }

    /// A new version.
    #[must_use]
    pub(super) fn touched(self, now: Timestamp) -> Self {
        Self { updated_at: now, version: self.version + 1, ..self }
    }

    /// Whether the account may sign in, its password having been right.
    ///
    /// # Errors
    /// The reason why not.
    pub fn may_sign_in(&self, require_verified_email: bool) -> Result<(), SignInRefusal> {
        match self.standing {
            Standing::Suspended => Err(SignInRefusal::Suspended),
            Standing::Unverified if require_verified_email => Err(SignInRefusal::EmailUnverified),
            Standing::Unverified | Standing::Active => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(standing: Standing) -> User {
        let email = Email::parse("a@b.example").unwrap();
        User { standing, ..User::registered(UserId::new(Uuid::nil()), email, None, None, Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn deletion_hides_the_standing() {
        let deleted = User { deleted_at: Some(Timestamp::UNIX_EPOCH), ..user(Standing::Suspended) };
        assert_eq!(deleted.status(), UserStatus::Deleted);
        assert_eq!(user(Standing::Suspended).status(), UserStatus::Suspended);
    }

    #[test]
    fn who_is_brought_back_is_as_before() {
        let at = Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(7);
        let restored = user(Standing::Suspended).deleted(at).restored(at);
        assert_eq!((restored.status(), restored.version), (UserStatus::Suspended, 3));
    }

    #[test]
    fn a_proven_address_makes_the_unverified_active_and_no_one_else() {
        let at = Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(7);
        let own = Email::parse("a@b.example").unwrap();
        let proven = user(Standing::Unverified).proven(&own, at).unwrap();
        assert_eq!((proven.status(), proven.email_verified_at), (UserStatus::Active, Some(at)));
        assert_eq!((proven.updated_at, proven.version), (at, 2));
        let suspended = user(Standing::Suspended).proven(&own, at).unwrap();
        assert_eq!((suspended.status(), suspended.email_verified_at), (UserStatus::Suspended, Some(at)));
    }

    #[test]
    fn a_waiting_address_takes_the_place_of_the_other_once_proven() {
        let (at, new) = (Timestamp::UNIX_EPOCH, Email::parse("New@b.example").unwrap());
        let waiting = User { pending_email: Some(new.clone()), ..user(Standing::Active) };
        let changed = waiting.clone().with_new_address(&Email::parse("new@b.example").unwrap(), at).unwrap();
        assert_eq!((changed.email.as_str(), changed.pending_email), ("New@b.example", None));
        assert_eq!(waiting.clone().with_new_address(&Email::parse("other@b.example").unwrap(), at), None);
        assert_eq!(waiting.proven(&new, at), None, "that takes another link");
        assert_eq!(user(Standing::Active).with_new_address(&new, at), None);
    }

    #[test]
    fn unverified_accounts_sign_in_unless_verification_is_required() {
        assert_eq!(user(Standing::Unverified).may_sign_in(false), Ok(()));
        assert_eq!(user(Standing::Unverified).may_sign_in(true), Err(SignInRefusal::EmailUnverified));
        assert_eq!(user(Standing::Active).may_sign_in(true), Ok(()));
    }

    #[test]
    fn suspended_accounts_never_sign_in() {
        assert_eq!(user(Standing::Suspended).may_sign_in(false), Err(SignInRefusal::Suspended));
    }
}
