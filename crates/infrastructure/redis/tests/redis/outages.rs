//! Redis goes, hangs and comes back.

use crate::place::{Place, changed, patient, take};
use std::error::Error;
use threshold_redis::Redis;

#[tokio::test]
async fn nothing_is_needed_at_the_start() {
    let mut place = Place::new();
    place.server.kill();
    let redis = Redis::new(&patient(&place.server.url())).unwrap();
    let (buckets, check) = (redis.buckets(), redis.check());
    assert!(take(&buckets, 1).await.is_err());
    assert!(check.check().await.is_err());
    place.server.restart();
    assert_eq!(place.recovered().await.granted, 1);
    assert_eq!(take(&buckets, 1).await.unwrap().granted, 1);
    check.check().await.unwrap();
}

#[tokio::test]
async fn without_redis_every_call_fails_and_says_why() {
    let mut place = Place::new();
    place.take().await.unwrap();
    let (_, position) = place.feed.next(None).await.unwrap();
    place.server.kill();
    for _ in 0..20 {
        let error = place.take().await.unwrap_err();
        assert!(error.source().is_some_and(|cause| !cause.to_string().is_empty()));
        assert!(place.announce(1).await.is_err());
        assert!(place.feed.next(Some(&position)).await.is_err());
        assert!(place.redis.check().check().await.is_err());
    }
}

#[tokio::test]
async fn it_recovers_by_itself_after_a_restart() {
    let mut place = Place::new();
    take(&place.buckets, 50).await.unwrap();
    place.server.kill();
    place.gone().await;
    place.server.restart();
    assert_eq!(place.recovered().await.left, 99);
    place.announce(1).await.unwrap();
    assert_eq!(place.next_when_recovered(None).await.0, [changed(1)]);
    place.redis.check().check().await.unwrap();
}

#[tokio::test]
async fn a_frozen_server_is_not_waited_for() {
    let place = Place::new();
    place.take().await.unwrap();
    let (_, position) = place.feed.next(None).await.unwrap();
    place.server.freeze();
    place.gone().await;
    for _ in 0..3 {
        assert!(place.take().await.is_err());
        assert!(place.announce(1).await.is_err());
        assert!(place.feed.next(Some(&position)).await.is_err());
        assert!(place.redis.check().check().await.is_err());
    }
    place.server.thaw();
    assert_eq!(place.recovered().await.granted, 1);
    place.announce(2).await.unwrap();
    let (news, _) = place.next_when_recovered(Some(&position)).await;
    assert_eq!(news.last(), Some(&changed(2)));
}

#[tokio::test]
async fn a_server_that_freezes_while_it_is_read_from_is_not_waited_for() {
    let place = Place::new();
    let (_, position) = place.feed.next(None).await.unwrap();
    let freeze = async { place.server.freeze() };
    let (answer, ()) = futures::join!(place.feed.next(Some(&position)), freeze);
    // Whether it had been asked before it froze is chance: the next one surely wasn't answered.
    drop(answer);
    assert!(place.feed.next(Some(&position)).await.is_err());
    place.server.thaw();
    place.next_when_recovered(Some(&position)).await;
}

#[tokio::test]
async fn a_broken_connection_is_replaced() {
    let place = Place::new();
    place.take().await.unwrap();
    let (_, position) = place.feed.next(None).await.unwrap();
    for _ in 0..3 {
        assert!(place.server.command("CLIENT KILL TYPE normal").starts_with(':'));
        place.recovered().await;
        place.next_when_recovered(Some(&position)).await;
    }
}
