//! Staying signed in.

use crate::world::{World, world};
use chrono::TimeDelta;
use std::collections::HashSet;
use threshold_application::ports::{Metric, RevocationList, SessionReader, UnitOfWork};
use threshold_application::sessions::{AuthenticateError, RefreshError};
use threshold_domain::accounts::User;
use threshold_domain::sessions::{SessionId, SessionSecret, SessionToken};
use threshold_testkit::{a_user, an_initiator, at};

async fn ended(world: &World, session: SessionId) -> bool {
    SessionReader::find(&world.store, session).await.unwrap().unwrap().session.ended_at.is_some()
}

fn counted(world: &World, outcome: &str) -> u64 {
    world.meter.counted(Metric::Refreshes, &[outcome])
}

#[tokio::test]
async fn a_token_brings_its_successor_and_puts_the_end_off() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    world.clock.advance(TimeDelta::days(29));
    let second = world.refresh.execute(&an_initiator(), &first.token).await.unwrap();
    assert_ne!(second.token, first.token);
    assert_eq!((second.session.id, second.user.id), (first.session.id, a_user(1).id));
    world.clock.advance(TimeDelta::days(29));
    let third = world.refresh.execute(&an_initiator(), &second.token).await.unwrap();
    assert_eq!(third.session.idle_until, at(58 * 86_400) + TimeDelta::days(30));
    assert_eq!(counted(&world, "renewed"), 2);
}

#[tokio::test]
async fn an_unused_session_is_over_and_so_is_a_used_one_in_the_end() {
    let world = world().await;
    let unused = world.sign_in(&a_user(1)).await.unwrap();
    let mut used = world.sign_in(&a_user(1)).await.unwrap();
    for _ in 0..3 {
        world.clock.advance(TimeDelta::days(29));
        used = world.refresh.execute(&an_initiator(), &used.token).await.unwrap();
    }
    assert!(matches!(world.refresh.execute(&an_initiator(), &unused.token).await, Err(RefreshError::Invalid)));
    world.clock.advance(TimeDelta::days(3));
    assert!(matches!(world.refresh.execute(&an_initiator(), &used.token).await, Err(RefreshError::Invalid)));
    assert!(!ended(&world, used.session.id).await, "it was over, nobody ended it");
}

#[tokio::test]
async fn a_lost_answer_is_answered_again_with_the_same_successor() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    let second = world.refresh.execute(&an_initiator(), &first.token).await.unwrap();
    world.clock.advance(TimeDelta::seconds(10));
    for _ in 0..3 {
        assert_eq!(world.refresh.execute(&an_initiator(), &first.token).await.unwrap().token, second.token);
    }
    assert!(world.refresh.execute(&an_initiator(), &second.token).await.is_ok());
}

#[tokio::test]
async fn a_used_token_that_comes_back_late_ends_its_session_everywhere() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    let bystander = world.sign_in(&a_user(1)).await.unwrap();
    let second = world.refresh.execute(&an_initiator(), &first.token).await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(10_001));
    world.revocations.caught_up(at(10) + TimeDelta::milliseconds(1));
    let access = world.token(&second);
    assert!(world.caller(&access).await.is_ok());
    assert!(matches!(world.refresh.execute(&an_initiator(), &first.token).await, Err(RefreshError::Reused)));
    assert!(matches!(world.caller(&access).await, Err(AuthenticateError::Revoked)));
    assert!(matches!(world.refresh.execute(&an_initiator(), &second.token).await, Err(RefreshError::Invalid)));
    assert!(world.refresh.execute(&an_initiator(), &bystander.token).await.is_ok());
    assert_eq!(counted(&world, "reused"), 1);
    assert!(!world.feed.announced().is_empty());
}

#[tokio::test]
async fn within_the_grace_a_token_is_not_excused_once_its_successor_was_used() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    let second = world.refresh.execute(&an_initiator(), &first.token).await.unwrap();
    world.refresh.execute(&an_initiator(), &second.token).await.unwrap();
    assert!(matches!(world.refresh.execute(&an_initiator(), &first.token).await, Err(RefreshError::Reused)));
    assert!(ended(&world, first.session.id).await);
}

#[tokio::test]
async fn however_old_a_used_token_is_it_is_recognised() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    let mut last = world.refresh.execute(&an_initiator(), &first.token).await.unwrap();
    for _ in 0..300 {
        last = world.refresh.execute(&an_initiator(), &last.token).await.unwrap();
    }
    assert!(matches!(world.refresh.execute(&an_initiator(), &first.token).await, Err(RefreshError::Reused)));
}

#[tokio::test]
async fn who_makes_tokens_up_can_not_end_a_session() {
    let world = world().await;
    let mut last = world.sign_in(&a_user(1)).await.unwrap();
    for _ in 0..3 {
        last = world.refresh.execute(&an_initiator(), &last.token).await.unwrap();
    }
    for generation in [0, 1, 2, 3, 4, u32::MAX] {
        let forged = SessionToken { session: last.session.id, generation, secret: SessionSecret::new([9; 32]) };
        assert!(
            matches!(world.refresh.execute(&an_initiator(), &forged).await, Err(RefreshError::Invalid)),
            "{generation}"
        );
        let misnamed = SessionToken { generation: generation.wrapping_add(1), ..last.token.clone() };
        if misnamed != last.token {
            assert!(
                matches!(world.refresh.execute(&an_initiator(), &misnamed).await, Err(RefreshError::Invalid)),
                "{generation}"
            );
        }
    }
    assert!(world.refresh.execute(&an_initiator(), &last.token).await.is_ok());
}

#[tokio::test]
async fn many_at_once_leave_one_lineage() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    let somebody = an_initiator();
    let outcomes = futures::future::join_all((0..50).map(|_| world.refresh.execute(&somebody, &first.token))).await;
    let successors: HashSet<String> = outcomes.into_iter().map(|outcome| outcome.unwrap().token.expose()).collect();
    assert_eq!(successors.len(), 1);
    let live = SessionToken::parse(successors.iter().next().unwrap()).unwrap();
    assert!(world.refresh.execute(&an_initiator(), &live).await.is_ok());
}

#[tokio::test]
async fn the_tokens_of_ended_sessions_browsers_and_users_who_are_gone_are_worth_nothing() {
    let world = world().await;
    let ended = world.sign_in(&a_user(1)).await.unwrap();
    world.end.one(&an_initiator(), ended.session.id).await.unwrap();
    let browser = world.open_browser(&a_user(1), None).await;
    let unknown = SessionToken::first(SessionId::new(uuid::Uuid::nil()), SessionSecret::new([1; 32]));
    for token in [&ended.token, &browser.token, &unknown] {
        assert!(matches!(world.refresh.execute(&an_initiator(), token).await, Err(RefreshError::Invalid)));
    }
}

#[tokio::test]
async fn a_refresh_that_could_not_be_stored_leaves_the_token_good() {
    let world = world().await;
    let first = world.sign_in(&a_user(1)).await.unwrap();
    world.failing.set_commits_fail(true);
    assert!(matches!(world.refresh.execute(&an_initiator(), &first.token).await, Err(RefreshError::Store(_))));
    world.failing.set_commits_fail(false);
    assert!(world.refresh.execute(&an_initiator(), &first.token).await.is_ok());
}

#[tokio::test]
async fn a_session_of_somebody_who_was_deleted_is_not_renewed() {
    let world = world().await;
    let deleted = User { deleted_at: Some(at(0)), ..a_user(2) };
    world.add(&deleted).await;
    let session = threshold_testkit::a_session(7, &deleted);
    let mut tx = world.store.begin().await.unwrap();
    tx.sessions().insert(&session).await.unwrap();
    tx.commit().await.unwrap();
    let outcome = world.refresh.execute(&an_initiator(), &threshold_testkit::a_session_token(7)).await;
    assert!(matches!(outcome, Err(RefreshError::Invalid)));
}
