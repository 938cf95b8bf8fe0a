//! Signing in.

use crate::world::{LIFETIME, World, world, wrong};
use chrono::TimeDelta;
use threshold_application::ports::{
    AccountReader, HashingError, News, PasswordHasher, PasswordMatch, RevocationList, SessionReader, UnitOfWork,
};
use threshold_application::sessions::{Attempt, AuthenticateError, Guesser, SignIn, SignInError};
use threshold_domain::access::Grants;
use threshold_domain::accounts::{Email, Login, Password, PasswordHash, Standing, User};
use threshold_domain::sessions::{Provenance, SessionKind, SessionRequest};
use threshold_testkit::{FakeHasher, InMemoryStore, a_password, a_user, an_initiator, at};

#[tokio::test]
async fn the_right_password_starts_a_session() {
    let world = world().await;
    world.clock.advance(TimeDelta::seconds(5));
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    assert_eq!(signed_in.user.last_login_at, Some(at(5)));
    assert_eq!(AccountReader::find(&world.store, a_user(1).id).await.unwrap(), Some(signed_in.user.clone()));
    world.revocations.caught_up(at(5));
    let issued = world.issue.execute(&signed_in).unwrap();
    assert_eq!(issued.expires_in, LIFETIME);
    let caller = world.caller(&issued.token).await.unwrap();
    assert_eq!((caller.user_id, caller.grants), (a_user(1).id, Grants::of_every_user()));
    let stored = SessionReader::find(&world.store, caller.session).await.unwrap().unwrap();
    assert_eq!(stored.session, signed_in.session);
    assert_eq!(world.outcomes("succeeded"), 1);
    assert_eq!(world.feed.announced(), [News::UserChanged(a_user(1).id)], "others must not show the old last login");
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_cost_the_same_and_look_alike() {
    let world = world().await;
    let before = world.hasher.work();
    let by_email = |text: &str| Login::Email(Email::parse(text).unwrap());
    for login in
        [by_email("user-1@example.org"), by_email("nobody@example.org"), Login::Username(a_user(2).username.unwrap())]
    {
        let outcome = world.try_password(login, wrong()).await;
        assert!(matches!(outcome, Err(SignInError::InvalidCredentials)));
    }
    assert_eq!(world.hasher.work() - before, 3);
    assert_eq!(world.outcomes("failed"), 3);
}

#[tokio::test]
async fn a_user_without_a_password_and_a_deleted_one_can_not_sign_in() {
    let world = world().await;
    world.add(&User { deleted_at: Some(at(0)), ..a_user(2) }).await;
    let mut tx = world.store.begin().await.unwrap();
    tx.users().insert(&a_user(3), None).await.unwrap();
    tx.commit().await.unwrap();
    for number in [2, 3] {
        assert!(matches!(world.sign_in(&a_user(number)).await, Err(SignInError::InvalidCredentials)));
    }
}

#[tokio::test]
async fn barred_accounts_learn_it_only_with_the_right_password() {
    let mut world = world().await;
    world.sign_in.settings.require_verified_email = true;
    world.add(&User { standing: Standing::Suspended, ..a_user(2) }).await;
    world.add(&User { standing: Standing::Active, ..a_user(3) }).await;
    assert!(matches!(world.sign_in(&a_user(1)).await, Err(SignInError::EmailUnverified)));
    assert!(matches!(world.sign_in(&a_user(2)).await, Err(SignInError::Suspended)));
    assert!(world.sign_in(&a_user(3)).await.is_ok());
    let guess = world.try_password(Login::Email(a_user(2).email), wrong()).await;
    assert!(matches!(guess, Err(SignInError::InvalidCredentials)));
    assert_eq!((world.outcomes("refused"), world.outcomes("failed"), world.outcomes("succeeded")), (2, 1, 1));
}

#[tokio::test]
async fn who_is_deleted_between_the_check_and_the_session_gets_none() {
    let world = world().await;
    let login = Login::Email(a_user(1).email);
    let attempt = Attempt { initiator: an_initiator(), login, password: a_password(), guesser: Guesser::default() };
    let proven = world.sign_in.check(attempt).await.unwrap();
    // Another store, in which the user is not: as if they had been erased in between.
    let elsewhere = SignIn { unit_of_work: std::sync::Arc::new(InMemoryStore::default()), ..world.sign_in };
    let request = SessionRequest { kind: SessionKind::Tokens, remembered: false, provenance: Provenance::default() };
    let outcome = elsewhere.start_session(proven, request, None).await;
    assert!(matches!(outcome, Err(SignInError::InvalidCredentials)));
}

#[tokio::test]
async fn overload_and_outage_pass_through_and_are_no_failed_attempt() {
    let world = world().await;
    world.hasher.set_overloaded(true);
    assert!(matches!(world.sign_in(&a_user(1)).await, Err(SignInError::Hashing(HashingError::Overloaded { .. }))));
    world.hasher.set_overloaded(false);
    world.failing.set_commits_fail(true);
    assert!(matches!(world.sign_in(&a_user(1)).await, Err(SignInError::Store(_))));
    assert_eq!(world.outcomes("failed") + world.outcomes("succeeded"), 0);
}

#[tokio::test]
async fn one_session_too_many_ends_the_one_not_used_for_longest() {
    let world = world().await;
    let mut tokens = Vec::new();
    for _ in 0..4 {
        world.clock.advance(TimeDelta::seconds(1));
        tokens.push(world.token(&world.sign_in(&a_user(1)).await.unwrap()));
    }
    world.revocations.caught_up(at(4));
    let [first, others @ ..] = tokens.as_slice() else { panic!("four signed in") };
    assert!(matches!(world.caller(first).await, Err(AuthenticateError::Revoked)));
    for token in others {
        assert!(world.caller(token).await.is_ok());
    }
    assert_eq!(world.list.execute(a_user(1).id).await.unwrap().len(), 3);
}

#[tokio::test]
async fn an_access_token_does_not_outlive_its_session() {
    let world = world().await;
    let mut signed_in = world.sign_in(&a_user(1)).await.unwrap();
    signed_in.session.expires_at = at(60);
    assert_eq!(world.issue.execute(&signed_in).unwrap().expires_in.as_secs(), 60);
}

async fn stored_hash(world: &World) -> PasswordHash {
    let credentials = world.store.find_by_login(&Login::Email(a_user(1).email)).await.unwrap().unwrap();
    credentials.password_hash.unwrap()
}

async fn weaken_hash(world: &World) -> PasswordHash {
    let weak = FakeHasher::weak_hash(&a_password());
    let mut tx = world.store.begin().await.unwrap();
    tx.passwords().upgrade(a_user(1).id, &stored_hash(world).await, &weak).await.unwrap();
    tx.commit().await.unwrap();
    weak
}

#[tokio::test]
async fn a_weak_hash_is_replaced_at_sign_in_and_nothing_else_changes() {
    let world = world().await;
    let weak = weaken_hash(&world).await;
    world.sign_in(&a_user(1)).await.unwrap();
    let better = stored_hash(&world).await;
    assert_ne!(better, weak);
    let matched = world.hasher.verify(a_password(), Some(better.clone())).await.unwrap();
    assert_eq!(matched, PasswordMatch::Match);
    let user = AccountReader::find(&world.store, a_user(1).id).await.unwrap().unwrap();
    assert_eq!((user.version, user.updated_at), (a_user(1).version, a_user(1).updated_at));
    world.sign_in(&a_user(1)).await.unwrap();
    assert_eq!(stored_hash(&world).await, better, "a good one is left alone");
}

#[tokio::test]
async fn a_wrong_password_leaves_a_weak_hash_alone() {
    let world = world().await;
    let weak = weaken_hash(&world).await;
    let wrong = Password::parse("something else").unwrap();
    let attempt = Attempt {
        initiator: an_initiator(),
        login: Login::Email(a_user(1).email),
        password: wrong,
        guesser: Guesser::default(),
    };
    assert!(matches!(world.sign_in.check(attempt).await, Err(SignInError::InvalidCredentials)));
    assert_eq!(stored_hash(&world).await, weak);
}
