//! What instances know of each other.

use crate::world::{World, instance, world};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{Metric, News, NewsFeed, Revocation, RevocationList, StoreError, UnitOfWork};
use threshold_application::sessions::AuthenticateError;
use threshold_domain::access::{GrantsVersion, Holder};
use threshold_testkit::{FakeNewsFeed, FakeTokens, InMemoryStore, a_session, a_user, an_initiator, at, some_claims};

/// Two instances on one store.
async fn two() -> (World, World) {
    let (store, feed, tokens) =
        (InMemoryStore::default(), Arc::new(FakeNewsFeed::default()), Arc::new(FakeTokens::default()));
    let (one, two) = (instance(&store, &feed, &tokens), instance(&store, &feed, &tokens));
    one.add(&a_user(1)).await;
    (one, two)
}

#[tokio::test]
async fn what_one_instance_ends_the_other_hears_by_the_feed() {
    let (here, there) = two().await;
    let signed_in = here.sign_in(&a_user(1)).await.unwrap();
    let token = here.token(&signed_in);
    let position = there.follow_news.execute(None).await.unwrap();
    assert!(there.caller(&token).await.is_ok());
    here.end.one(&an_initiator(), signed_in.session.id).await.unwrap();
    there.follow_news.execute(Some(&position)).await.unwrap();
    assert!(matches!(there.caller(&token).await, Err(AuthenticateError::Revoked)));
    assert_eq!(there.users.forgotten(), [a_user(1).id], "the sign-in changed what is shown of the user");
    assert_eq!(there.users.heard_at(), Some(at(0)));
    assert_eq!(there.meter.counted(Metric::RevocationFallbacks, &[]), 0);
}

#[tokio::test]
async fn without_the_feed_the_other_finds_it_in_the_store() {
    let (here, there) = two().await;
    let signed_in = here.sign_in(&a_user(1)).await.unwrap();
    let token = here.token(&signed_in);
    here.feed.set_down(true);
    here.end.one(&an_initiator(), signed_in.session.id).await.unwrap();
    assert_eq!(here.meter.counted(Metric::NewsFeedFailures, &["announce"]), 1);
    there.follow.execute(None).await.unwrap();
    assert!(matches!(there.caller(&token).await, Err(AuthenticateError::Revoked)));
}

#[tokio::test]
async fn a_feed_that_fails_has_everything_forgotten_that_it_would_have_changed() {
    let (_, there) = two().await;
    there.feed.set_down(true);
    assert!(there.follow_news.execute(None).await.is_err());
    assert!(there.users.forgot_all());
    assert!(!there.revocations.is_current(at(0)));
    assert_eq!(there.meter.counted(Metric::NewsFeedFailures, &["follow"]), 1);
}

#[tokio::test]
async fn changed_grants_make_old_tokens_stale_by_feed_by_store_and_by_asking() {
    let (here, there) = two().await;
    let token = here.token(&here.sign_in(&a_user(1)).await.unwrap());
    here.change_grants(&a_user(1)).await;
    assert!(matches!(there.caller(&token).await, Err(AuthenticateError::Stale)), "asked for, as the list is old");
    there.follow.execute(None).await.unwrap();
    assert_eq!(there.meter.counted(Metric::RevocationFallbacks, &[]), 1);
    assert!(matches!(there.caller(&token).await, Err(AuthenticateError::Stale)));
    let holder = Holder::User(some_claims(5, 0).subject);
    let news = News::GrantsChanged { holder, version: GrantsVersion::new(2), until: at(900) };
    here.feed.announce(&[news]).await.unwrap();
    there.follow_news.execute(None).await.unwrap();
    assert_eq!(there.revocations.lookup(&some_claims(5, 1), at(1)), Revocation::Stale);
}

#[tokio::test]
async fn tokens_that_are_none_or_old_are_told_apart() {
    let world = world().await;
    let token = world.token(&world.sign_in(&a_user(1)).await.unwrap());
    assert!(matches!(world.authenticate.execute("x").await, Err(AuthenticateError::Invalid)));
    world.clock.advance(TimeDelta::minutes(15));
    assert!(matches!(world.caller(&token).await, Err(AuthenticateError::Expired)));
}

#[tokio::test]
async fn a_list_that_is_out_of_date_has_the_store_asked() {
    let world = world().await;
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    let token = world.token(&signed_in);
    assert!(world.caller(&token).await.is_ok());
    assert_eq!(world.meter.counted(Metric::RevocationFallbacks, &[]), 1);
    // Another instance ends the session; this one has not heard of it.
    let mut tx = world.store.begin().await.unwrap();
    assert!(tx.sessions().end(signed_in.session.id, at(0)).await.unwrap());
    tx.commit().await.unwrap();
    assert!(matches!(world.caller(&token).await, Err(AuthenticateError::Revoked)));
}

#[tokio::test]
async fn nobody_is_trusted_when_neither_list_nor_store_can_tell() {
    let world = world().await;
    let token = world.token(&world.sign_in(&a_user(1)).await.unwrap());
    world.failing.set_down(true);
    let outcome = world.caller(&token).await;
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
    world.revocations.lookup(&some_claims(number, 0), at(seconds))
}

#[tokio::test]
async fn the_first_look_reaches_back_over_the_life_of_a_token() {
    let world = world().await;
    ended(&world, 1, -14 * 60).await;
    ended(&world, 2, -30 * 60).await;
    assert_eq!(world.follow.execute(None).await.unwrap(), at(0));
    assert_eq!(known(&world, 1, 0), Revocation::Revoked);
    assert_eq!(known(&world, 2, 0), Revocation::Live, "its tokens have expired by themselves");
    assert_eq!(world.meter.gauge(Metric::Revocations, &[]), Some(1.0));
}

#[tokio::test]
async fn later_looks_overlap_so_that_a_late_commit_is_seen() {
    let world = world().await;
    let last = world.follow.execute(None).await.unwrap();
    world.clock.advance(TimeDelta::seconds(10));
    // Dated before the last look, committed after it.
    ended(&world, 1, -20).await;
    world.follow.execute(Some(last)).await.unwrap();
    assert_eq!(known(&world, 1, 10), Revocation::Revoked);
}

#[tokio::test]
async fn a_look_that_fails_leaves_the_list_out_of_date() {
    let world = world().await;
    world.failing.set_down(true);
    assert!(world.follow.execute(None).await.is_err());
    assert_eq!(known(&world, 1, 0), Revocation::Unknown);
}
