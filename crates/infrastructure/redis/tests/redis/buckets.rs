//! What the buckets leave behind and put up with.

use crate::place::{Place, patient, take};
use futures::future::join_all;
use threshold_redis::Redis;

#[tokio::test]
async fn instances_share_their_buckets() {
    let place = Place::new();
    let others = (0..3).map(|_| Redis::new(&patient(&place.server.url())).unwrap().buckets());
    let instances: Vec<_> = others.collect();
    let granted = join_all((0..150).map(|one| take(&instances[one % 3], 1))).await;
    assert_eq!(granted.into_iter().map(|taken| taken.unwrap().granted).sum::<u32>(), 100);
}

#[tokio::test]
async fn a_bucket_is_gone_when_it_would_be_full() {
    let place = Place::new();
    take(&place.buckets, 25).await.unwrap();
    let milliseconds: u32 = place.server.command("PTTL threshold:bucket:key")[1..].parse().unwrap();
    let quarter_of_an_hour = 15 * 60 * 1000;
    assert!(milliseconds > quarter_of_an_hour - 60_000 && milliseconds <= quarter_of_an_hour + 1, "{milliseconds}");
}

#[tokio::test]
async fn who_gets_nothing_changes_nothing() {
    let place = Place::new();
    take(&place.buckets, 100).await.unwrap();
    let before = place.server.command("GET threshold:bucket:key");
    for _ in 0..10 {
        assert_eq!(place.take().await.unwrap().granted, 0);
    }
    assert_eq!(place.server.command("GET threshold:bucket:key"), before);
}

#[tokio::test]
async fn a_lost_script_is_sent_again() {
    let place = Place::new();
    for left in [99, 98, 97] {
        assert_eq!(place.take().await.unwrap().left, left);
        assert_eq!(place.server.command("SCRIPT FLUSH"), "+OK");
    }
}

#[tokio::test]
async fn an_emptied_server_has_full_buckets() {
    let place = Place::new();
    take(&place.buckets, 100).await.unwrap();
    assert_eq!(place.take().await.unwrap().granted, 0);
    place.server.flush();
    assert_eq!(place.take().await.unwrap().left, 99);
}

#[tokio::test]
async fn a_clock_that_was_set_back_bars_nobody() {
    let place = Place::new();
    let far_ahead = "SET threshold:bucket:key \"0 9000000000000000\"";
    assert_eq!(place.server.command(far_ahead), "+OK");
    assert_eq!(place.take().await.unwrap().left, 99);
}

#[tokio::test]
async fn what_is_no_bucket_is_not_taken_for_one() {
    let place = Place::new();
    assert_eq!(place.server.command("SET threshold:bucket:key nonsense"), "+OK");
    assert_eq!(place.take().await.unwrap().left, 99);
    assert_eq!(place.server.command("DEL threshold:bucket:key"), ":1");
    assert_eq!(place.server.command("LPUSH threshold:bucket:key nonsense"), ":1");
    let error = place.take().await.unwrap_err();
    assert!(format!("{error:?}").contains("WRONGTYPE"), "{error:?}");
}

#[tokio::test]
async fn a_wrong_password_is_an_error_until_it_is_right() {
    let place = Place::new();
    assert_eq!(place.server.command("CONFIG SET requirepass hunter2"), "+OK");
    let url = place.server.url().replace("redis://", "redis://:hunter3@");
    let buckets = Redis::new(&patient(&url)).unwrap().buckets();
    for _ in 0..2 {
        let error = take(&buckets, 1).await.unwrap_err();
        assert!(!format!("{error:?}").contains("hunter"), "{error:?}");
    }
    assert_eq!(place.server.command("AUTH hunter2"), "+OK");
    let good = Redis::new(&patient(&url.replace("hunter3", "hunter2"))).unwrap().buckets();
    assert_eq!(take(&good, 1).await.unwrap().left, 99);
}
