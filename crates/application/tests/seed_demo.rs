//! Demo data, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use threshold_application::accounts::{SeedDemo, SeedError, Seeded};
use threshold_application::ports::{AccountReader, PasswordHasher, RoleReader, UnitOfWork};
use threshold_domain::accounts::{Email, Login, User};
use threshold_testkit::{FailingUnitOfWork, FakeHasher, FixedClock, InMemoryStore, a_role, a_user};

fn seed(hasher: Arc<dyn PasswordHasher>) -> (InMemoryStore, FailingUnitOfWork, SeedDemo) {
    let store = InMemoryStore::default();
    let failing = FailingUnitOfWork::over(store.clone());
    let seed = SeedDemo { hasher, unit_of_work: Arc::new(failing.clone()), clock: Arc::new(FixedClock::default()) };
    (store, failing, seed)
}

async fn is_there(store: &InMemoryStore, email: &str) -> bool {
    store.find_by_login(&Login::Email(Email::parse(email).unwrap())).await.unwrap().is_some()
}

#[tokio::test]
async fn the_second_run_adds_nothing() {
    let (store, _, seed) = seed(Arc::new(FakeHasher::default()));
    assert_eq!(seed.execute().await.unwrap(), Seeded { users: 10, role: true });
    assert!(is_there(&store, "ada@demo.example").await && !is_there(&store, "dora@demo.example").await);
    assert_eq!(seed.execute().await.unwrap(), Seeded { users: 0, role: false });
}

#[tokio::test]
async fn nothing_is_half_done() {
    let (store, failing, seed) = seed(Arc::new(FakeHasher::default()));
    failing.set_commits_fail(true);
    assert!(matches!(seed.execute().await, Err(SeedError::Store(_))));
    failing.set_commits_fail(false);
    let other = User { email: Email::parse("sam@demo.example").unwrap(), ..a_user(7) };
    let mut tx = store.begin().await.unwrap();
    tx.users().insert(&other, None).await.unwrap();
    tx.commit().await.unwrap();
    let taken = seed.execute().await;
    assert!(matches!(&taken, Err(SeedError::Taken(names)) if *names == ["the address sam@demo.example"]), "{taken:?}");
    assert!(!is_there(&store, "ada@demo.example").await);
    assert_eq!(RoleReader::find(&store, &a_role("support").name).await.unwrap(), None);
}
