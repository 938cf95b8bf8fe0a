//! News between instances.

use crate::at;
use chrono::TimeDelta;
use futures::future::{join, join_all};
use std::sync::Arc;
use threshold_application::ports::{FeedPosition, News, NewsFeed};
use threshold_domain::access::{ApiKeyId, BuiltInRole, GrantsVersion, Holder};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::SessionId;
use uuid::Uuid;

/// Expands every case for news feeds; the expression makes an `Arc<dyn NewsFeed>` that nobody else announces at.
#[macro_export]
macro_rules! news_feed_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            news_feed,
            $fresh,
            [
                without_news_the_answer_is_empty,
                news_comes_as_it_was_announced_and_in_order,
                what_was_read_does_not_come_again,
                without_a_position_it_begins_with_the_oldest,
                every_reader_is_told_everything,
                who_waits_is_told,
                an_empty_answer_misses_nothing,
                telling_the_same_twice_does_no_harm,
                telling_nothing_is_fine,
                news_that_is_told_at_once_stays_together,
            ]
        );
    };
}

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn changed(number: u128) -> News {
    News::UserChanged(user(number))
}

/// One of each kind, with times to the microsecond.
fn one_of_each() -> Vec<News> {
    let odd = TimeDelta::microseconds(123_457);
    vec![
        News::SessionEnded { session: SessionId::new(Uuid::from_u128(u128::MAX)), until: at(900) + odd },
        News::GrantsChanged {
            holder: Holder::User(user(2)),
            version: GrantsVersion::new(i64::MAX),
            until: at(901) - odd,
        },
        News::GrantsChanged {
            holder: Holder::Role(BuiltInRole::Auditor.name()),
            version: GrantsVersion::new(1),
            until: at(902),
        },
        News::KeyRevoked { key: ApiKeyId::new(Uuid::from_u128(7)), until: at(903) + odd },
        changed(3),
    ]
}

async fn next(feed: &Arc<dyn NewsFeed>, position: &FeedPosition) -> (Vec<News>, FeedPosition) {
    feed.next(Some(position)).await.unwrap()
}

/// Everything from a position on, and where it ends.
async fn rest(feed: &Arc<dyn NewsFeed>, position: Option<FeedPosition>) -> (Vec<News>, FeedPosition) {
    let (mut all, mut position) = feed.next(position.as_ref()).await.unwrap();
    loop {
        let (news, further) = next(feed, &position).await;
        position = further;
        if news.is_empty() {
            return (all, position);
        }
        all.extend(news);
    }
}

/// And where it ends is a position.
pub async fn without_news_the_answer_is_empty(feed: &Arc<dyn NewsFeed>) {
    let (news, position) = feed.next(None).await.unwrap();
    assert_eq!(news, []);
    assert_eq!(next(feed, &position).await, (vec![], position.clone()));
    feed.announce(&[changed(1)]).await.unwrap();
    assert_eq!(next(feed, &position).await.0, [changed(1)]);
}

/// The own instance is told too.
pub async fn news_comes_as_it_was_announced_and_in_order(feed: &Arc<dyn NewsFeed>) {
    feed.announce(&one_of_each()).await.unwrap();
    feed.announce(&[changed(4)]).await.unwrap();
    let all = [one_of_each(), vec![changed(4)]].concat();
    assert_eq!(rest(feed, None).await.0, all);
}

/// From a position on there are only later ones.
pub async fn what_was_read_does_not_come_again(feed: &Arc<dyn NewsFeed>) {
    feed.announce(&one_of_each()).await.unwrap();
    let (_, position) = rest(feed, None).await;
    assert_eq!(next(feed, &position).await, (vec![], position.clone()));
    for number in 10..15 {
        feed.announce(&[changed(number)]).await.unwrap();
    }
    let (later, _) = rest(feed, Some(position)).await;
    assert_eq!(later, (10..15).map(changed).collect::<Vec<_>>());
}

/// Whatever others have read.
pub async fn without_a_position_it_begins_with_the_oldest(feed: &Arc<dyn NewsFeed>) {
    feed.announce(&[changed(1), changed(2)]).await.unwrap();
    for _ in 0..2 {
        assert_eq!(rest(feed, None).await.0, [changed(1), changed(2)]);
    }
}

/// Each at their own pace.
pub async fn every_reader_is_told_everything(feed: &Arc<dyn NewsFeed>) {
    let (_, start) = feed.next(None).await.unwrap();
    feed.announce(&[changed(1)]).await.unwrap();
    let (first, ahead) = next(feed, &start).await;
    feed.announce(&[changed(2)]).await.unwrap();
    assert_eq!((first, next(feed, &ahead).await.0), (vec![changed(1)], vec![changed(2)]));
    assert_eq!(rest(feed, Some(start)).await.0, [changed(1), changed(2)]);
}

/// If it doesn't come now, then with the next answer.
pub async fn who_waits_is_told(feed: &Arc<dyn NewsFeed>) {
    let (_, start) = feed.next(None).await.unwrap();
    let (answer, announced) = join(feed.next(Some(&start)), feed.announce(&[changed(1)])).await;
    announced.unwrap();
    let (mut news, position) = answer.unwrap();
    news.extend(next(feed, &position).await.0);
    assert_eq!(news, [changed(1)]);
}

/// Its position is as good as any.
pub async fn an_empty_answer_misses_nothing(feed: &Arc<dyn NewsFeed>) {
    feed.announce(&[changed(1)]).await.unwrap();
    let (_, mut position) = rest(feed, None).await;
    for number in 2..5 {
        let (nothing, further) = next(feed, &position).await;
        assert_eq!(nothing, []);
        feed.announce(&[changed(number)]).await.unwrap();
        let (news, further) = next(feed, &further).await;
        assert_eq!(news, [changed(number)]);
        position = further;
    }
}

/// It is told twice.
pub async fn telling_the_same_twice_does_no_harm(feed: &Arc<dyn NewsFeed>) {
    for _ in 0..2 {
        feed.announce(&one_of_each()).await.unwrap();
    }
    assert_eq!(rest(feed, None).await.0, [one_of_each(), one_of_each()].concat());
}

/// Nobody hears of it.
pub async fn telling_nothing_is_fine(feed: &Arc<dyn NewsFeed>) {
    feed.announce(&[]).await.unwrap();
    assert_eq!(rest(feed, None).await.0, []);
}

/// All of it, with nothing between, and none of the others' lost.
pub async fn news_that_is_told_at_once_stays_together(feed: &Arc<dyn NewsFeed>) {
    let groups: Vec<Vec<_>> = (0..20).map(|group| (0..5).map(|one| changed(group * 5 + one)).collect()).collect();
    for announced in join_all(groups.iter().map(|group| feed.announce(group))).await {
        announced.unwrap();
    }
    let (all, _) = rest(feed, None).await;
    assert_eq!(all.len(), 100);
    for group in &groups {
        assert!(all.chunks(5).any(|chunk| chunk == group), "{group:?} was torn apart");
    }
}
