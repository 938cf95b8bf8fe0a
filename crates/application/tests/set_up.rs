//! Making the first administrator, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use threshold_application::accounts::{CreateAccount, FirstAdministrator, SetUp, SetUpError};
use threshold_application::ports::{PasswordHasher, SetupSecret, UnitOfWork};
use threshold_domain::access::BuiltInRole;
use threshold_domain::accounts::{Email, PasswordPolicy, Standing, User, UserStatus};
use threshold_testkit::{
    FakeHasher, FakeSecrets, FixedClock, InMemoryStore, SequentialIds, a_password, a_user, an_initiator, at,
};

fn world(hasher: Arc<dyn PasswordHasher>) -> (InMemoryStore, SetUp) {
    let store = InMemoryStore::default();
    let accounts = CreateAccount {
        hasher,
        unit_of_work: Arc::new(store.clone()),
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SequentialIds::default()),
    };
    (store, SetUp { accounts: Arc::new(accounts), secret: Arc::new(FakeSecrets) })
}

fn administrator(email: &str) -> FirstAdministrator {
    let password = PasswordPolicy::default().accept(a_password(), None, None).unwrap();
    FirstAdministrator { email: Email::parse(email).unwrap(), username: None, display_name: None, password }
}

fn token() -> String {
    FakeSecrets.setup_token().expose().to_owned()
}

#[tokio::test]
async fn whoever_has_the_token_becomes_an_administrator_in_order() {
    let (_, set_up) = world(Arc::new(FakeHasher::default()));
    assert!(set_up.token().await.unwrap().unwrap().is(&token()));
    let hashed = set_up.hash(&token(), administrator("root@example.org")).await.unwrap();
    let user = set_up.store(&an_initiator(), hashed).await.unwrap();
    assert_eq!((user.status(), user.email_verified_at), (UserStatus::Active, Some(at(0))));
    assert_eq!(user.roles, [BuiltInRole::Admin.name(), BuiltInRole::User.name()]);
    assert!(set_up.token().await.unwrap().is_none(), "and the link is over");
}

#[tokio::test]
async fn a_wrong_token_is_refused_before_anything_is_hashed() {
    let hasher = Arc::new(FakeHasher::default());
    hasher.set_overloaded(true);
    let (_, set_up) = world(hasher);
    let refused = set_up.hash("x", administrator("root@example.org")).await;
    assert!(matches!(refused, Err(SetUpError::WrongToken)));
}

#[tokio::test]
async fn a_suspended_or_deleted_administrator_keeps_the_link_closed() {
    let admin = || User { roles: vec![BuiltInRole::Admin.name()], ..a_user(1) };
    for gone in [User { standing: Standing::Suspended, ..admin() }, User { deleted_at: Some(at(1)), ..admin() }] {
        let (store, set_up) = world(Arc::new(FakeHasher::default()));
        let waiting = set_up.hash(&token(), administrator("root@example.org")).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.users().insert(&gone, None).await.unwrap();
        tx.commit().await.unwrap();
        assert!(set_up.token().await.unwrap().is_none(), "{:?}", gone.status());
        let late = set_up.store(&an_initiator(), waiting).await;
        assert!(matches!(late, Err(SetUpError::AlreadySetUp)), "{:?}", gone.status());
        let later = set_up.hash(&token(), administrator("root@example.org")).await;
        assert!(matches!(later, Err(SetUpError::AlreadySetUp)), "{:?}", gone.status());
    }
}
