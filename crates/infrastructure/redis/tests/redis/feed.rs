//! What the feed does about other versions, other clocks and lost streams.

use crate::place::{Place, changed};
use threshold_application::ports::FeedPosition;

const USER: &str = "00000000-0000-0000-0000-000000000001";

#[tokio::test]
async fn what_is_not_understood_is_passed_over() {
    let place = Place::new();
    let fields = [
        "colour blue".to_owned(),
        "kind moon-phase user 1".to_owned(),
        "kind user-changed".to_owned(),
        "kind user-changed user nobody".to_owned(),
        format!("kind grants-changed user {USER} not_before 1 until 99999999999999999999999"),
        format!("kind grants-changed user {USER} not_before 1 until 9223372036854775807"),
    ];
    for fields in &fields {
        assert!(place.server.command(&format!("XADD threshold:news * {fields}")).contains('-'));
    }
    let (news, position) = place.feed.next(None).await.unwrap();
    assert_eq!(news, []);
    assert!(place.server.command(&format!("XADD threshold:news * kind user-changed user {USER} more 1")).contains('-'));
    assert_eq!(place.feed.next(Some(&position)).await.unwrap().0, [changed(1)]);
}

#[tokio::test]
async fn an_empty_answer_proves_that_there_was_nothing_however_much_was_passed_over() {
    let place = Place::new();
    let many = "for i = 1, 2500 do redis.call('XADD','threshold:news','*','kind','other') end";
    assert_eq!(place.server.command(&format!("EVAL \"{many}\" 0")), "$-1");
    place.announce(1).await.unwrap();
    assert_eq!(place.feed.next(None).await.unwrap().0, [changed(1)]);
}

#[tokio::test]
async fn a_long_list_comes_in_parts_and_in_order() {
    let place = Place::new();
    let all: Vec<_> = (0..2500).map(changed).collect();
    place.feed.announce(&all).await.unwrap();
    let (mut read, mut position) = place.feed.next(None).await.unwrap();
    while read.len() < all.len() {
        let (news, further) = place.feed.next(Some(&position)).await.unwrap();
        assert!(!news.is_empty());
        read.extend(news);
        position = further;
    }
    assert_eq!(read, all);
}

#[tokio::test]
async fn a_position_survives_an_emptied_server() {
    let place = Place::new();
    place.announce(1).await.unwrap();
    let (_, position) = place.feed.next(None).await.unwrap();
    // A quarter of a second: ids hold the time.
    assert_eq!(place.feed.next(Some(&position)).await.unwrap().0, []);
    place.server.flush();
    place.announce(2).await.unwrap();
    assert_eq!(place.feed.next(Some(&position)).await.unwrap().0, [changed(2)]);
}

#[tokio::test]
async fn a_position_survives_a_restart() {
    let mut place = Place::new();
    place.announce(1).await.unwrap();
    let (_, position) = place.feed.next(None).await.unwrap();
    place.server.restart();
    let (news, position) = place.next_when_recovered(Some(&position)).await;
    assert_eq!(news, []);
    place.recovered().await;
    place.announce(2).await.unwrap();
    assert_eq!(place.feed.next(Some(&position)).await.unwrap().0, [changed(2)]);
}

#[tokio::test]
async fn a_position_survives_a_clock_that_was_set_back() {
    let place = Place::new();
    place.announce(1).await.unwrap();
    // As if the stream had been written by a server whose clock was far ahead.
    let ahead = FeedPosition::new("9000000000000-0".to_owned());
    assert_eq!(place.feed.next(Some(&ahead)).await.unwrap().0, [changed(1)]);
    place.server.flush();
    let (news, position) = place.feed.next(Some(&ahead)).await.unwrap();
    assert_eq!(news, []);
    place.announce(2).await.unwrap();
    assert_eq!(place.feed.next(Some(&position)).await.unwrap().0, [changed(2)]);
}

#[tokio::test]
async fn what_is_no_position_is_an_error() {
    let place = Place::new();
    for text in ["", "nonsense", "1-2-3", "$"] {
        let answer = place.feed.next(Some(&FeedPosition::new(text.to_owned()))).await;
        assert!(answer.is_err(), "{text:?}");
    }
}

#[tokio::test]
async fn the_oldest_go_first_when_it_is_full() {
    let place = Place::new();
    let many = "for i = 1, 100000 do redis.call('XADD','threshold:news','*','kind','other') end";
    assert_eq!(place.server.command(&format!("EVAL \"{many}\" 0")), "$-1");
    let news: Vec<_> = (0..500).map(changed).collect();
    place.feed.announce(&news).await.unwrap();
    let kept: u32 = place.server.command("XLEN threshold:news")[1..].parse().unwrap();
    assert!((100_000..100_500).contains(&kept), "{kept}");
    let oldest = "return redis.call('XREVRANGE','threshold:news','+','-','COUNT',500)[500][2][4]";
    assert_eq!(place.server.command(&format!("EVAL \"{oldest}\" 0")), "00000000-0000-0000-0000-000000000000");
}

#[tokio::test]
async fn an_announcement_is_one_transaction() {
    let place = Place::new();
    place.feed.announce(&[changed(1), changed(2), changed(3)]).await.unwrap();
    let calls = place.server.command("INFO commandstats");
    for call in ["cmdstat_multi:calls=1,", "cmdstat_xadd:calls=3,", "cmdstat_exec:calls=1,"] {
        assert!(calls.contains(call), "{call} is not in {calls}");
    }
}

#[tokio::test]
async fn a_stream_that_is_none_is_an_error() {
    let place = Place::new();
    assert_eq!(place.server.command("SET threshold:news nonsense"), "+OK");
    assert!(place.announce(1).await.is_err());
    assert!(place.feed.next(None).await.is_err());
}

#[tokio::test]
async fn an_entry_is_small_and_flat() {
    let place = Place::new();
    place.announce(1).await.unwrap();
    let fields = "return table.concat(redis.call('XRANGE','threshold:news','-','+')[1][2],' ')";
    assert_eq!(place.server.command(&format!("EVAL \"{fields}\" 0")), format!("kind user-changed user {USER}"));
}
