//! A cheap request while 32 clients sign in without pause.

use crate::load::{probe, sign_in_without_pause};
use crate::program::Program;
use crate::{milliseconds, percentile, report};
use std::time::Duration;
use threshold_tests::Backend;

/// The queue's bound: the service's default.
const BOUND: Duration = Duration::from_secs(2);

pub(crate) async fn run() {
    let program = Program::start(Backend::Sqlite).await;
    program.register("ada@example.org").await;
    // Who signs in all the time has their oldest sessions ended.
    program.register("grace@example.org").await;
    let token = program.token("grace@example.org").await;
    let (me, login) = (program.url("/api/v1/users/me"), program.url("/api/v1/login"));
    let rest = percentile(probe(me.clone(), token.clone()).await, 99);
    let (busy, seen) = tokio::join!(probe(me, token), sign_in_without_pause(login, "ada@example.org", 32));
    let busy = percentile(busy, 99);
    let figures = format!("{:.2} ms, at rest {:.2} ms", milliseconds(busy), milliseconds(rest));
    let ratio = busy.as_secs_f64() / rest.as_secs_f64();
    report("p99 of GET /users/me while 32 clients sign in", &figures, ratio, Some(("at most", 5.0)));

    let longest = |latencies: &[Duration]| latencies.iter().max().copied().unwrap_or_default();
    let (served, refused) = (longest(&seen.served), longest(&seen.refused));
    let counts = format!("{} served in {:.2} s at most", seen.served.len(), served.as_secs_f64());
    report(
        "longest sign-in, its hashing included, in queue bounds",
        &counts,
        served.as_secs_f64() / BOUND.as_secs_f64(),
        None,
    );
    let counts = format!("{} refused in {:.2} s at most", seen.refused.len(), refused.as_secs_f64());
    report(
        "longest refusal, in queue bounds",
        &counts,
        refused.as_secs_f64() / BOUND.as_secs_f64(),
        Some(("at most", 1.05)),
    );
}
