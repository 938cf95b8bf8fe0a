//! Guessing passwords.

use crate::world::{World, world, wrong};
use chrono::TimeDelta;
use futures::future::join_all;
use std::net::IpAddr;
use std::time::Duration;
use threshold_application::ports::SessionSecrets;
use threshold_application::sessions::{Attempt, Guesser, SignInError, SignedIn};
use threshold_domain::accounts::{Email, Login, Password};
use threshold_domain::sessions::KnownDevice;
use threshold_testkit::{FakeSecrets, a_password, a_user, an_initiator};

fn from(number: u8) -> Guesser {
    Guesser { address: Some(IpAddr::from([203, 0, 113, number])), device: None }
}

async fn attempt(world: &World, login: Login, password: Password, guesser: Guesser) -> Result<SignedIn, SignInError> {
    world.sign_in_from(Attempt { initiator: an_initiator(), login, password, guesser }).await
}

fn ada() -> Login {
    Login::Email(a_user(1).email)
}

async fn fail(world: &World, times: usize, guesser: &Guesser) {
    for _ in 0..times {
        let outcome = attempt(world, ada(), wrong(), guesser.clone()).await;
        assert!(matches!(outcome, Err(SignInError::InvalidCredentials)), "{outcome:?}");
    }
}

fn is_barred(outcome: &Result<SignedIn, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::TooManyAttempts { .. }))
}

#[tokio::test]
async fn after_ten_failures_not_even_the_right_password_helps_until_the_window_ends() {
    let world = world().await;
    fail(&world, 10, &from(1)).await;
    world.clock.advance(TimeDelta::minutes(14));
    let barred = attempt(&world, ada(), a_password(), from(1)).await;
    let Err(SignInError::TooManyAttempts { retry_after }) = barred else { panic!("{barred:?}") };
    assert_eq!(retry_after, Duration::from_mins(1));
    world.clock.advance(TimeDelta::minutes(1));
    assert!(attempt(&world, ada(), a_password(), from(1)).await.is_ok());
    assert_eq!((world.outcomes("failed"), world.outcomes("throttled")), (10, 1));
}

#[tokio::test]
async fn other_addresses_and_other_names_are_counted_by_themselves() {
    let world = world().await;
    world.add(&a_user(2)).await;
    fail(&world, 10, &from(1)).await;
    assert!(attempt(&world, ada(), a_password(), from(2)).await.is_ok());
    assert!(attempt(&world, Login::Email(a_user(2).email), a_password(), from(1)).await.is_ok());
}

#[tokio::test]
async fn email_and_username_of_one_account_are_one_name() {
    let world = world().await;
    fail(&world, 5, &from(1)).await;
    for _ in 0..5 {
        let outcome = attempt(&world, Login::Username(a_user(1).username.unwrap()), wrong(), from(1)).await;
        assert!(matches!(outcome, Err(SignInError::InvalidCredentials)));
    }
    assert!(is_barred(&attempt(&world, ada(), a_password(), from(1)).await));
}

#[tokio::test]
async fn names_that_nobody_has_are_counted_alike() {
    let world = world().await;
    let nobody = || Login::Email(Email::parse("nobody@example.org").unwrap());
    let before = world.hasher.work();
    for _ in 0..10 {
        assert!(matches!(attempt(&world, nobody(), wrong(), from(1)).await, Err(SignInError::InvalidCredentials)));
    }
    assert!(is_barred(&attempt(&world, nobody(), wrong(), from(1)).await));
    assert_eq!(world.hasher.work() - before, 10);
}

#[tokio::test]
async fn success_clears_the_pair() {
    let world = world().await;
    for _ in 0..3 {
        fail(&world, 9, &from(1)).await;
        assert!(attempt(&world, ada(), a_password(), from(1)).await.is_ok());
    }
}

#[tokio::test]
async fn a_hundred_failures_from_everywhere_bar_the_name_but_not_the_owners_device() {
    let world = world().await;
    let device = KnownDevice::new([7; 16]);
    let tag = FakeSecrets.device_tag(&device.id, a_user(1).id);
    let owner = Guesser { device: Some(device.clone().remembering(tag)), ..from(200) };
    for number in 0..10 {
        fail(&world, 10, &from(number)).await;
    }
    assert!(is_barred(&attempt(&world, ada(), a_password(), from(100)).await));
    let stranger = Guesser { device: Some(device), ..from(200) };
    assert!(is_barred(&attempt(&world, ada(), a_password(), stranger).await), "a device without a sign-in is none");
    assert!(attempt(&world, ada(), a_password(), owner.clone()).await.is_ok());
    fail(&world, 10, &owner).await;
    assert!(is_barred(&attempt(&world, ada(), a_password(), owner).await), "it is counted by itself");
    world.clock.advance(TimeDelta::hours(1));
    assert!(attempt(&world, ada(), a_password(), from(100)).await.is_ok());
}

#[tokio::test]
async fn of_many_guesses_at_once_no_more_are_looked_at_than_may_fail() {
    let world = world().await;
    let before = world.hasher.work();
    let outcomes = join_all((0..50).map(|_| attempt(&world, ada(), wrong(), from(1)))).await;
    assert_eq!(outcomes.iter().filter(|outcome| is_barred(outcome)).count(), 40);
    assert_eq!(world.hasher.work() - before, 10);
}

#[tokio::test]
async fn many_right_passwords_at_once_are_all_let_in() {
    let world = world().await;
    let outcomes = join_all((0..50).map(|_| attempt(&world, ada(), a_password(), from(1)))).await;
    assert!(outcomes.iter().all(Result::is_ok));
}

#[tokio::test]
async fn an_attempt_that_the_hasher_declined_is_no_failure() {
    let world = world().await;
    fail(&world, 9, &from(1)).await;
    world.hasher.set_overloaded(true);
    for _ in 0..5 {
        assert!(matches!(attempt(&world, ada(), wrong(), from(1)).await, Err(SignInError::Hashing(_))));
    }
    world.hasher.set_overloaded(false);
    assert!(attempt(&world, ada(), a_password(), from(1)).await.is_ok());
}
