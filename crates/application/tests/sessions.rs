//! Signing in, being known, signing out, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{
    AccountReader, HashingError, Metric, PasswordHasher, Revocation, RevocationList, SessionReader, StoreError,
    UnitOfWork,
};
use threshold_application::sessions::{
    Authenticate, AuthenticateError, Caller, FollowRevocations, SignIn, SignInError, SignInSettings, SignOut, SignedIn,
};
use threshold_domain::access::Grants;
use threshold_domain::accounts::{Email, Login, Password, Standing, User};
use threshold_testkit::{
    FailingUnitOfWork, FakeHasher, FakeRevocations, FakeTokens, FixedClock, InMemoryStore, RecordingMeter,
    SequentialIds, a_password, a_session, a_user, at,
};

const LIFETIME: Duration = Duration::from_mins(15);

struct World {
    store: InMemoryStore,
    failing: FailingUnitOfWork,
    hasher: Arc<FakeHasher>,
    clock: Arc<FixedClock>,
    meter: Arc<RecordingMeter>,
    revocations: Arc<FakeRevocations>,
    sign_in: SignIn,
    authenticate: Authenticate,
    sign_out: SignOut,
    follow: FollowRevocations,
}

fn world() -> World {
    let store = InMemoryStore::default();
    let failing = FailingUnitOfWork::over(store.clone());
    let (hasher, clock) = (Arc::new(FakeHasher::default()), Arc::new(FixedClock::default()));
    let (meter, revocations) = (Arc::new(RecordingMeter::default()), Arc::new(FakeRevocations::default()));
    let tokens = Arc::new(FakeTokens::default());
    let sign_in = SignIn {
        accounts: Arc::new(failing.clone()),
        hasher: hasher.clone(),
        unit_of_work: Arc::new(failing.clone()),
        tokens: tokens.clone(),
        clock: clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        meter: meter.clone(),
        settings: SignInSettings { access_lifetime: LIFETIME, require_verified_email: false },
    };
    let authenticate = Authenticate {
        tokens,
        revocations: revocations.clone(),
        sessions: Arc::new(failing.clone()),
        clock: clock.clone(),
        meter: meter.clone(),
    };
    let sign_out =
        SignOut { unit_of_work: Arc::new(failing.clone()), revocations: revocations.clone(), clock: clock.clone() };
    let follow = FollowRevocations {
        sessions: Arc::new(failing.clone()),
        revocations: revocations.clone(),
        clock: clock.clone(),
        meter: meter.clone(),
        access_lifetime: LIFETIME,
    };
    World { store, failing, hasher, clock, meter, revocations, sign_in, authenticate, sign_out, follow }
}

impl World {
    async fn add(&self, user: &User) {
        let hash = self.hasher.hash(a_password()).await.unwrap();
        let mut tx = self.store.begin().await.unwrap();
        tx.users().insert(user, Some(&hash)).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn sign_in(&self, user: &User) -> Result<SignedIn, SignInError> {
        self.sign_in.execute(Login::Email(user.email.clone()), a_password()).await
    }

    async fn caller(&self, signed_in: &SignedIn) -> Result<Caller, AuthenticateError> {
        self.authenticate.execute(signed_in.access_token.expose()).await
    }

    fn outcomes(&self, outcome: &str) -> u64 {
        self.meter.counted(Metric::SignIns, &[outcome])
    }
}

fn wrong() -> Password {
    Password::parse("something else 11").unwrap()
}

#[tokio::test]
async fn the_right_password_starts_a_session() {
    let world = world();
    world.add(&a_user(1)).await;
    world.clock.advance(TimeDelta::seconds(5));
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    assert_eq!((signed_in.user.last_login_at, signed_in.expires_in), (Some(at(5)), LIFETIME));
    assert_eq!(world.store.find(a_user(1).id).await.unwrap(), Some(signed_in.user.clone()));
    world.revocations.caught_up(at(5));
    let caller = world.caller(&signed_in).await.unwrap();
    assert_eq!((caller.user_id, caller.grants), (a_user(1).id, Grants::of_every_user()));
    assert!(world.store.is_live(caller.session).await.unwrap());
    assert_eq!(world.outcomes("succeeded"), 1);
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_cost_the_same_and_look_alike() {
    let world = world();
    world.add(&a_user(1)).await;
    let before = world.hasher.work();
    let by_email = |text: &str| Login::Email(Email::parse(text).unwrap());
    for login in
        [by_email("user-1@example.org"), by_email("nobody@example.org"), Login::Username(a_user(2).username.unwrap())]
    {
        let outcome = world.sign_in.execute(login, wrong()).await;
        assert!(matches!(outcome, Err(SignInError::InvalidCredentials)));
    }
    assert_eq!(world.hasher.work() - before, 3);
    assert_eq!(world.outcomes("failed"), 3);
}

#[tokio::test]
async fn a_user_without_a_password_and_a_deleted_one_can_not_sign_in() {
    let world = world();
    world.add(&User { deleted_at: Some(at(0)), ..a_user(1) }).await;
    let mut tx = world.store.begin().await.unwrap();
    tx.users().insert(&a_user(2), None).await.unwrap();
    tx.commit().await.unwrap();
    for number in [1, 2] {
        assert!(matches!(world.sign_in(&a_user(number)).await, Err(SignInError::InvalidCredentials)));
    }
}

#[tokio::test]
async fn barred_accounts_learn_it_only_with_the_right_password() {
    let mut world = world();
    world.sign_in.settings.require_verified_email = true;
    world.add(&User { standing: Standing::Suspended, ..a_user(1) }).await;
    world.add(&a_user(2)).await;
    world.add(&User { standing: Standing::Active, ..a_user(3) }).await;
    assert!(matches!(world.sign_in(&a_user(1)).await, Err(SignInError::Suspended)));
    assert!(matches!(world.sign_in(&a_user(2)).await, Err(SignInError::EmailUnverified)));
    assert!(world.sign_in(&a_user(3)).await.is_ok());
    let guess = world.sign_in.execute(Login::Email(a_user(1).email), wrong()).await;
    assert!(matches!(guess, Err(SignInError::InvalidCredentials)));
    assert_eq!((world.outcomes("refused"), world.outcomes("failed"), world.outcomes("succeeded")), (2, 1, 1));
}

#[tokio::test]
async fn who_is_deleted_between_the_check_and_the_session_gets_none() {
    let world = world();
    world.add(&a_user(1)).await;
    let proven = world.sign_in.check(Login::Email(a_user(1).email), a_password()).await.unwrap();
    // Another store, in which the user is not: as if they had been erased in between.
    let elsewhere = SignIn { unit_of_work: Arc::new(InMemoryStore::default()), ..world.sign_in };
    assert!(matches!(elsewhere.start_session(proven).await, Err(SignInError::InvalidCredentials)));
}

#[tokio::test]
async fn overload_and_outage_pass_through_and_are_no_failed_attempt() {
    let world = world();
    world.add(&a_user(1)).await;
    world.hasher.set_overloaded(true);
    assert!(matches!(world.sign_in(&a_user(1)).await, Err(SignInError::Hashing(HashingError::Overloaded { .. }))));
    world.hasher.set_overloaded(false);
    world.failing.set_commits_fail(true);
    assert!(matches!(world.sign_in(&a_user(1)).await, Err(SignInError::Store(_))));
    assert_eq!(world.outcomes("failed") + world.outcomes("succeeded"), 0);
}

#[tokio::test]
async fn a_session_that_was_ended_here_is_refused_at_once_and_ending_it_twice_is_ending_it_once() {
    let world = world();
    world.add(&a_user(1)).await;
    world.revocations.caught_up(at(0));
    let (first, second) = (world.sign_in(&a_user(1)).await.unwrap(), world.sign_in(&a_user(1)).await.unwrap());
    let caller = world.caller(&first).await.unwrap();
    world.sign_out.execute(&caller).await.unwrap();
    world.sign_out.execute(&caller).await.unwrap();
    assert!(matches!(world.caller(&first).await, Err(AuthenticateError::Revoked)));
    assert!(world.caller(&second).await.is_ok());
    assert_eq!(world.store.ended_since(at(0)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_sign_out_that_could_not_be_stored_changes_nothing() {
    let world = world();
    world.add(&a_user(1)).await;
    world.revocations.caught_up(at(0));
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    let caller = world.caller(&signed_in).await.unwrap();
    world.failing.set_commits_fail(true);
    assert!(world.sign_out.execute(&caller).await.is_err());
    assert!(world.caller(&signed_in).await.is_ok());
}

#[tokio::test]
async fn tokens_that_are_none_or_old_are_told_apart() {
    let world = world();
    world.add(&a_user(1)).await;
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    assert!(matches!(world.authenticate.execute("x").await, Err(AuthenticateError::Invalid)));
    world.clock.advance(TimeDelta::minutes(15));
    assert!(matches!(world.caller(&signed_in).await, Err(AuthenticateError::Expired)));
}

#[tokio::test]
async fn a_list_that_is_out_of_date_has_the_store_asked() {
    let world = world();
    world.add(&a_user(1)).await;
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    let caller = world.caller(&signed_in).await.unwrap();
    assert_eq!(world.meter.counted(Metric::RevocationFallbacks, &[]), 1);
    // Another instance ends the session; this one has not heard of it.
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.sessions().end(caller.session, at(0)).await.unwrap());
    tx.commit().await.unwrap();
    assert!(matches!(world.caller(&signed_in).await, Err(AuthenticateError::Revoked)));
}

#[tokio::test]
async fn nobody_is_trusted_when_neither_list_nor_store_can_tell() {
    let world = world();
    world.add(&a_user(1)).await;
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    world.failing.set_down(true);
    let outcome = world.caller(&signed_in).await;
    assert!(matches!(outcome, Err(AuthenticateError::Store(StoreError::Unavailable(_)))));
}

/// Ends a session of its own, `seconds` after the start.
async fn ended(world: &World, number: u128, seconds: i64) {
    let session = a_session(number, &a_user(1));
    let mut tx = world.store.begin().await.unwrap();
    tx.sessions().insert(&session).await.unwrap();
    tx.sessions().end(session.id, at(seconds)).await.unwrap();
    tx.commit().await.unwrap();
}

fn known(world: &World, number: u128, seconds: i64) -> Revocation {
    world.revocations.lookup(a_session(number, &a_user(1)).id, at(seconds))
}

#[tokio::test]
async fn the_first_look_reaches_back_over_the_life_of_a_token() {
    let world = world();
    ended(&world, 1, -14 * 60).await;
    ended(&world, 2, -30 * 60).await;
    assert_eq!(world.follow.execute(None).await.unwrap(), at(0));
    assert_eq!(known(&world, 1, 0), Revocation::Revoked);
    assert_eq!(known(&world, 2, 0), Revocation::Live, "its tokens have expired by themselves");
    assert_eq!(world.meter.gauge(Metric::Revocations, &[]), Some(1.0));
}

#[tokio::test]
async fn later_looks_overlap_so_that_a_late_commit_is_seen() {
    let world = world();
    let last = world.follow.execute(None).await.unwrap();
    world.clock.advance(TimeDelta::seconds(10));
    // Dated before the last look, committed after it.
    ended(&world, 1, -20).await;
    world.follow.execute(Some(last)).await.unwrap();
    assert_eq!(known(&world, 1, 10), Revocation::Revoked);
}

#[tokio::test]
async fn a_look_that_fails_leaves_the_list_out_of_date() {
    let world = world();
    world.failing.set_down(true);
    assert!(world.follow.execute(None).await.is_err());
    assert_eq!(known(&world, 1, 0), Revocation::Unknown);
}
