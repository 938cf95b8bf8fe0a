//! Registering and looking at oneself, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use threshold_application::accounts::{Register, RegisterError, ShowProfile, ShowProfileError};
use threshold_application::ports::{AccountReader, HashingError, Metric, PasswordHasher, PasswordMatch, StoreError};
use threshold_domain::accounts::{Login, Registration, User, UserStatus, Username};
use threshold_testkit::{
    FailingUnitOfWork, FakeHasher, FakeSecrets, FixedClock, InMemoryStore, RecordingMeter, SequentialIds, a_password,
    a_registration, a_user, an_initiator, at,
};

struct World {
    store: InMemoryStore,
    failing: FailingUnitOfWork,
    hasher: Arc<FakeHasher>,
    meter: Arc<RecordingMeter>,
    register: Register,
}

fn world() -> World {
    let store = InMemoryStore::default();
    let failing = FailingUnitOfWork::over(store.clone());
    let (hasher, meter) = (Arc::new(FakeHasher::default()), Arc::new(RecordingMeter::default()));
    let register = Register {
        accounts: Arc::new(failing.clone()),
        attempts: Arc::new(failing.clone()),
        secrets: Arc::new(FakeSecrets),
        hasher: hasher.clone(),
        unit_of_work: Arc::new(failing.clone()),
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SequentialIds::default()),
        meter: meter.clone(),
    };
    World { store, failing, hasher, meter, register }
}

fn named(email: &str, username: &str) -> Registration {
    Registration { username: Some(Username::parse(username).unwrap()), ..a_registration(email) }
}

#[tokio::test]
async fn a_new_account_is_unverified_dated_and_stored_with_its_hash() {
    let world = world();
    let user = world.register.execute(&an_initiator(), named("ada@example.org", "ada")).await.unwrap();
    assert_eq!(
        (user.status(), user.created_at, user.updated_at, user.version),
        (UserStatus::Unverified, at(0), at(0), 1)
    );
    let stored = world.store.find_by_login(&Login::Email(user.email.clone())).await.unwrap().unwrap();
    assert_eq!(stored.user, user);
    let verdict = world.hasher.verify(a_password(), stored.password_hash).await.unwrap();
    assert_eq!(verdict, PasswordMatch::Match);
    assert_eq!(world.meter.counted(Metric::Registrations, &[]), 1);
}

#[tokio::test]
async fn taken_names_are_refused_and_not_counted() {
    let world = world();
    world.register.execute(&an_initiator(), named("ada@example.org", "ada")).await.unwrap();
    let email = world.register.execute(&an_initiator(), named("ADA@example.org", "eve")).await;
    assert!(matches!(email, Err(RegisterError::EmailTaken)));
    let username = world.register.execute(&an_initiator(), named("eve@example.org", "ada")).await;
    assert!(matches!(username, Err(RegisterError::UsernameTaken)));
    assert_eq!(world.meter.counted(Metric::Registrations, &[]), 1);
}

#[tokio::test]
async fn where_accounts_are_concealed_a_taken_address_looks_like_a_new_one() {
    let world = world();
    world.register.execute(&an_initiator(), named("ada@example.org", "ada")).await.unwrap();
    let conceal = async |registration| {
        let hashed = world.register.hash(registration).await.unwrap();
        world.register.store_concealed(&an_initiator(), hashed).await
    };
    assert!(conceal(a_registration("ADA@example.org")).await.is_ok());
    assert!(conceal(a_registration("eve@example.org")).await.is_ok());
    for email in ["ada@example.org", "new@example.org"] {
        let taken = conceal(named(email, "ada")).await;
        assert!(matches!(taken, Err(RegisterError::UsernameTaken)), "usernames are public: {email}");
    }
    assert_eq!(world.meter.counted(Metric::Registrations, &[]), 2);
    world.failing.set_commits_fail(true);
    assert!(
        matches!(conceal(a_registration("ada@example.org")).await, Err(RegisterError::Store(_))),
        "it writes as well"
    );
}

#[tokio::test]
async fn an_overloaded_hasher_stops_it_before_the_store_is_touched() {
    let world = world();
    world.hasher.set_overloaded(true);
    world.failing.set_down(true);
    let outcome = world.register.execute(&an_initiator(), a_registration("ada@example.org")).await;
    assert!(matches!(outcome, Err(RegisterError::Hashing(HashingError::Overloaded { .. }))));
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing_and_is_not_counted() {
    let world = world();
    world.failing.set_commits_fail(true);
    let outcome = world.register.execute(&an_initiator(), a_registration("ada@example.org")).await;
    assert!(matches!(outcome, Err(RegisterError::Store(StoreError::Unavailable(_)))));
    assert_eq!(world.meter.counted(Metric::Registrations, &[]), 0);
    world.failing.set_commits_fail(false);
    assert!(world.register.execute(&an_initiator(), a_registration("ada@example.org")).await.is_ok());
}

#[tokio::test]
async fn one_sees_oneself_until_one_is_deleted() {
    let World { store, register, .. } = world();
    let user = register.execute(&an_initiator(), a_registration("ada@example.org")).await.unwrap();
    let show = ShowProfile { accounts: Arc::new(store) };
    assert_eq!(show.execute(user.id).await.unwrap(), user);
    let User { id, .. } = a_user(99);
    assert!(matches!(show.execute(id).await, Err(ShowProfileError::Gone)));
}
