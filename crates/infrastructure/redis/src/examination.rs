//! Whether Redis is set up for what we keep in it.
//!
//! That is one stream, by which instances hear what others have changed, and buckets of rate limits. Where memory runs out, a
//! Redis that evicts keys drops these silently: news is missed, and limits start anew for whoever fills the memory. One that
//! refuses to write instead is noticed, counted and gone without.

use crate::connection::SharedConnection;
use async_trait::async_trait;
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use std::sync::Arc;
use threshold_application::ports::{Clock, Examination};
use threshold_domain::Timestamp;
use threshold_domain::operations::{Finding, judge_clock};

const NAME: &str = "redis";
const CLOCK: &str = "redis-clock";
const EVICTION: &str = "redis-eviction";
const WRITES: &str = "redis-writes";
/// What comes before knows too few of the commands.
const OLDEST: u32 = 7;

/// Asks the server about itself.
pub(crate) struct RedisExamination {
    pub(crate) shared: Arc<SharedConnection>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where it is, without secrets.
    pub(crate) place: String,
}

/// What the server says.
struct Answer {
    before: Timestamp,
    time: (i64, i64),
    after: Timestamp,
    information: String,
}

#[async_trait]
impl Examination for RedisExamination {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn examine(&self) -> Vec<Finding> {
        let advice = "start it, and see redis.url, its password, and whether the network lets us through; until then each \
                      instance counts for itself";
        match self.shared.run(|connection| ask(connection, self.clock.as_ref())).await {
            Ok(answer) => findings(&self.place, &answer),
            Err(error) => {
                let mut findings = vec![Finding::fail(NAME, format!("{}: {error}", self.place), advice)];
                findings.extend([CLOCK, EVICTION, WRITES].map(|name| Finding::skip(name, "Redis does not answer")));
                findings
            }
        }
    }
}

async fn ask(mut connection: MultiplexedConnection, clock: &dyn Clock) -> RedisResult<Answer> {
    let information = redis::cmd("INFO").query_async(&mut connection).await?;
    let before = clock.now();
    let time = redis::cmd("TIME").query_async(&mut connection).await?;
    Ok(Answer { before, time, after: clock.now(), information })
}

fn findings(place: &str, answer: &Answer) -> Vec<Finding> {
    let said = |name: &str| value(&answer.information, name);
    let (seconds, micros) = answer.time;
    let theirs = Timestamp::from_timestamp_micros(seconds.saturating_mul(1_000_000).saturating_add(micros));
    vec![
        version(place, said("valkey_version").or(said("redis_version"))),
        theirs.map_or_else(
            || Finding::fail(CLOCK, "it tells a time that no calendar has", "set its machine's clock"),
            |theirs| judge_clock(CLOCK, answer.before, theirs, answer.after),
        ),
        eviction(said("maxmemory_policy")),
        writes(said("role"), said("rdb_last_bgsave_status"), said("aof_last_write_status")),
    ]
}

/// The value of a line `name:value`.
fn value<'a>(information: &'a str, name: &str) -> Option<&'a str> {
    information.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn version(place: &str, version: Option<&str>) -> Finding {
    let Some(version) = version else { return Finding::ok(NAME, format!("{place} answers, without its version")) };
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let found = format!("{place} answers, version {version}");
    match major {
        Some(major) if major < OLDEST => Finding::fail(NAME, found, "use Redis 7 or newer, or Valkey"),
        Some(_) | None => Finding::ok(NAME, found),
    }
}

fn eviction(policy: Option<&str>) -> Finding {
    let advice =
        "set maxmemory-policy noeviction: a full Redis then refuses to write, which is noticed and gone without";
    match policy {
        None => Finding::skip(EVICTION, "it doesn't tell its maxmemory-policy"),
        Some("noeviction") => Finding::ok(EVICTION, "noeviction"),
        // Only what has an end may go: the buckets.
        Some(policy) if policy.starts_with("volatile-") => {
            Finding::warn(EVICTION, format!("{policy}: where memory runs out, rate limits start anew"), advice)
        }
        Some(policy) => Finding::fail(
            EVICTION,
            format!("{policy}: where memory runs out, instances miss what others change, and rate limits start anew"),
            advice,
        ),
    }
}

/// Nothing in Redis must outlive it; but one that can't save stops taking writes, and a replica takes none.
fn writes(role: Option<&str>, snapshot: Option<&str>, log: Option<&str>) -> Finding {
    if role == Some("slave") {
        return Finding::fail(WRITES, "it is a replica, which takes no writes", "name the primary in redis.url");
    }
    let healthy = |status: Option<&str>| status.is_none_or(|status| status == "ok");
    if healthy(snapshot) && healthy(log) {
        return Finding::ok(WRITES, "it takes writes; what it keeps need not outlive it");
    }
    let advice = "see its log; or turn saving off, by `save \"\"` and `appendonly no`: we need none of it";
    Finding::warn(WRITES, "it could not save to its disk the last time, and may refuse writes", advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use threshold_domain::operations::Verdict::{self, Fail, Ok, Skip, Warn};

    fn examined(information: &str) -> Vec<(&'static str, Verdict)> {
        let now = Timestamp::UNIX_EPOCH;
        let information = information.replace(' ', "\r\n");
        let answer = Answer { before: now, time: (0, 0), after: now, information };
        findings("redis://host:6379", &answer).iter().map(|finding| (finding.name, finding.verdict)).collect()
    }

    #[test]
    fn keys_must_not_be_evicted() {
        for (policy, verdict) in
            [("noeviction", Ok), ("allkeys-lru", Fail), ("allkeys-random", Fail), ("volatile-ttl", Warn), ("", Fail)]
        {
            let found = examined(&format!("# redis_version:7.0.15 maxmemory_policy:{policy} role:master"));
            assert_eq!(found, [("redis", Ok), (CLOCK, Ok), (EVICTION, verdict), (WRITES, Ok)], "{policy}");
        }
        assert_eq!(examined("redis_version:7.2.0")[2], (EVICTION, Skip));
    }

    #[test]
    fn old_servers_replicas_and_those_that_cannot_save_are_told_of() {
        assert_eq!(examined("redis_version:6.2.14")[0].1, Fail);
        assert_eq!(examined("redis_version:7.2.4 valkey_version:8.0.1")[0].1, Ok);
        assert_eq!(examined("role:slave rdb_last_bgsave_status:ok")[3].1, Fail);
        assert_eq!(examined("role:master rdb_last_bgsave_status:err")[3].1, Warn);
        assert_eq!(examined("role:master aof_last_write_status:err")[3].1, Warn);
    }
}
