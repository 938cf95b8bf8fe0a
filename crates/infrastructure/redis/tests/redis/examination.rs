//! A Redis that is set up for something else is told of.

use crate::place::patient;
use std::sync::Arc;
use threshold_domain::operations::{Finding, Verdict};
use threshold_redis::Redis;
use threshold_test_redis::OwnRedis;
use threshold_testkit::FixedClock;

/// By a clock that stands in the past.
async fn examine(url: &str) -> Vec<Finding> {
    let redis = Redis::new(&patient(url)).unwrap();
    redis.examination(Arc::new(FixedClock::default())).examine().await
}

fn verdict(findings: &[Finding], name: &str) -> Verdict {
    findings.iter().find(|finding| finding.name == name).unwrap().verdict
}

#[tokio::test]
async fn a_redis_that_evicts_is_told_of() {
    let server = OwnRedis::start();
    for (policy, expected) in
        [("noeviction", Verdict::Ok), ("allkeys-lru", Verdict::Fail), ("volatile-lru", Verdict::Warn)]
    {
        assert_eq!(server.command(&format!("CONFIG SET maxmemory-policy {policy}")), "+OK");
        let found = examine(&server.url()).await;
        assert_eq!(verdict(&found, "redis-eviction"), expected, "{found:?}");
        assert_eq!((verdict(&found, "redis"), verdict(&found, "redis-writes")), (Verdict::Ok, Verdict::Ok));
        assert_eq!(verdict(&found, "redis-clock"), Verdict::Fail, "our clock stands still: {found:?}");
    }
    assert_eq!(server.command("DBSIZE"), ":0", "nothing was written");
}

#[tokio::test]
async fn a_replica_takes_no_writes() {
    let (primary, replica) = (OwnRedis::start(), OwnRedis::start());
    assert_eq!(replica.command(&format!("REPLICAOF 127.0.0.1 {}", primary.port())), "+OK");
    assert_eq!(verdict(&examine(&replica.url()).await, "redis-writes"), Verdict::Fail);
}

#[tokio::test]
async fn a_redis_that_is_away_or_refuses_the_password_is_told_of_without_it() {
    let mut server = OwnRedis::start();
    let with_password = format!("redis://:hunter2@127.0.0.1:{}", server.port());
    assert_eq!(server.command("CONFIG SET requirepass another"), "+OK");
    for away in [false, true] {
        if away {
            server.kill();
        }
        let found = examine(&with_password).await;
        assert_eq!(verdict(&found, "redis"), Verdict::Fail);
        assert_eq!(verdict(&found, "redis-eviction"), Verdict::Skip);
        assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
    }
}
