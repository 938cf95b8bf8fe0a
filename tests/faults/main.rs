//! What breaks around the service, and what it does then.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod clients;
mod copies;
mod crash;
mod imports;
mod instances;
mod jobs;
mod keys;
mod mail;
mod news;
mod outage;
mod overload;
mod redis;
mod retention;
mod shutdown;
mod storage;
mod timing;
mod tls;

use std::time::{Duration, Instant};
use threshold_tests::{Answer, Backend, Installation};

/// The program under test.
const BINARY: &str = env!("CARGO_BIN_EXE_threshold");
/// Nothing that a test waits for takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// An installation on an empty database.
async fn installed(backend: Backend) -> Installation {
    Installation::new(BINARY, backend).await
}

/// Asks until the answer is as wished, and answers it.
async fn until<F: Future<Output = Answer>>(ask: impl Fn() -> F, wished: impl Fn(&Answer) -> bool) -> Answer {
    let started = Instant::now();
    loop {
        let answer = ask().await;
        if wished(&answer) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "still {answer:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
