//! What it costs to remember revocations and limited clients.

use crate::program::{Program, binary, free_address};
use crate::wrk::Load;
use crate::{report, resident_megabytes};
use std::time::Duration;
use threshold_test_redis::OwnRedis;
use threshold_tests::{Backend, Installation};

const MANY: u32 = 100_000;

/// As many sessions that have just ended, by as many copies of one.
const ENDED: &str =
    "INSERT INTO sessions SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(),
'ended_at', now()))).* FROM sessions one, generate_series(1, 100000)
WHERE one.id = (SELECT id FROM sessions LIMIT 1)";

pub(crate) async fn run() {
    revocations().await;
    let redis = OwnRedis::start();
    for (url, what) in [(None, "in process"), (Some(redis.url()), "shared by Redis")] {
        clients(url, what).await;
    }
}

async fn revocations() {
    let metrics = free_address().to_string();
    let installation = Installation::new(&binary(), Backend::Postgres).await;
    let program = Program::start_with(installation.with("OBSERVABILITY__METRICS_LISTEN", &metrics)).await;
    program.register("ada@example.org").await;
    let _signed_in = program.sign_in("ada@example.org").await;
    let before = resident_megabytes(program.process.child.id());
    program.installation.postgres.as_ref().unwrap().client().await.batch_execute(ENDED).await.unwrap();
    let held = format!("threshold_revocations {MANY}");
    while !reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap().contains(&held) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = resident_megabytes(program.process.child.id());
    report(
        "memory for 100,000 live revocations, in MB",
        &format!("{before:.1} to {after:.1} MB"),
        after - before,
        None,
    );
}

async fn clients(redis: Option<String>, what: &str) {
    let installation = Installation::new(&binary(), Backend::Sqlite).await;
    let mut installation = installation
        .with("OBSERVABILITY__LOG_FILTER", "warn")
        .with("SERVER__TRUSTED_PROXIES", "127.0.0.0/8")
        .with("RATE_LIMIT__DEFAULT_PER_MINUTE", "1000");
    if let Some(url) = redis {
        installation = installation.with("REDIS__URL", &url);
    }
    let program = Program::start_with(installation).await;
    let url = program.url("/.well-known/jwks.json");
    Load::new().requests_a_second(&program.url("/health"));
    let before = resident_megabytes(program.process.child.id());
    Load::new().of_clients(MANY).requests_a_second(&url);
    let after = resident_megabytes(program.process.child.id());
    let what = format!("memory for 100,000 limited clients, {what}, in MB");
    report(&what, &format!("{before:.1} to {after:.1} MB"), after - before, None);
}
