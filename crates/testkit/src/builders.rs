//! Values for tests, right in every rule; what a test cares about it overrides.
#![expect(clippy::expect_used, reason = "a builder that breaks a rule is a defect of the test")]

use chrono::TimeDelta;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{
    AcceptedPassword, Email, Password, PasswordPolicy, Registration, User, UserId, Username,
};
use threshold_domain::sessions::{KeyId, Session, SessionId, SignatureAlgorithm, SigningKey};
use uuid::Uuid;

/// A moment in 2027, `seconds` and a few microseconds after a fixed one.
#[must_use]
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::seconds(1_800_000_000 + seconds) + TimeDelta::microseconds(123_456)
}

/// A user of that number, with a name and an address of their own, registered at `at(0)`.
///
/// # Panics
/// Never: the names follow the rules.
#[must_use]
pub fn a_user(number: u128) -> User {
    let email = Email::parse(&format!("user-{number}@example.org")).expect("an address");
    let username = Username::parse(&format!("user-{number}")).expect("a username");
    User::registered(UserId::new(Uuid::from_u128(number)), email, Some(username), None, at(0))
}

/// A session of that number of `user`, a quarter of an hour from `at(0)` on.
#[must_use]
pub fn a_session(number: u128, user: &User) -> Session {
    Session::started(SessionId::new(Uuid::from_u128(number)), user.id, at(0), TimeDelta::minutes(15))
}

/// An Ed25519 key of that name, made at `at(0)`; its bytes are no real key.
#[must_use]
pub fn a_signing_key(name: &str) -> SigningKey {
    SigningKey {
        id: KeyId::new(name.to_owned()),
        algorithm: SignatureAlgorithm::EdDsa,
        sealed_private_key: vec![0, 1, 2, 255],
        created_at: at(0),
        retired_at: None,
    }
}

/// The password of everybody who registers here.
///
/// # Panics
/// Never: it holds no NUL.
#[must_use]
pub fn a_password() -> Password {
    Password::parse("violet harbour 92 kites").expect("a password")
}

/// A registration of `email` with [`a_password`].
///
/// # Panics
/// If `email` is none.
#[must_use]
pub fn a_registration(email: &str) -> Registration {
    let email = Email::parse(email).expect("an address");
    let password: AcceptedPassword =
        PasswordPolicy::default().accept(a_password(), None, None).expect("a good password");
    Registration { email, username: None, display_name: None, password }
}
