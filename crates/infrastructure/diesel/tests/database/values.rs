//! Users, sessions and times for the tests.

use std::future::Future;
use std::time::{Duration, Instant};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{DisplayName, Email, User, UserId, Username};
use threshold_domain::sessions::Session;
use uuid::Uuid;

/// A moment, this many seconds into the tests' calendar.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(1_700_000_000_000_000 + seconds * 1_000_000).unwrap()
}

/// The user of this number.
pub(crate) fn user(number: u128) -> User {
    User::registered(
        UserId::new(Uuid::from_u128(number)),
        Email::parse(&format!("User{number}@example.org")).unwrap(),
        Some(Username::parse(&format!("user{number}")).unwrap()),
        Some(DisplayName::parse("Ada").unwrap()),
        at(0),
    )
}

/// The session of this number, of the user of the same number.
pub(crate) fn session(number: u128) -> Session {
    threshold_testkit::a_session(number, &user(number))
}

/// Waits until something is so: less long than a forgotten transaction lives on the server.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(8), "{what} never happened");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
