//! Stopping in order.

use crate::{installed, until};
use std::time::Duration;
use threshold_tests::Backend;

async fn sigterm_answers_what_is_under_way(backend: Backend) {
    let server =
        installed(backend).await.with("PASSWORD__BCRYPT_COST", "11").with("SHUTDOWN__DRAIN", "0s").start().await;
    let mut server = server;
    let client = server.client();
    let attempts: Vec<_> = (0..8)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move { client.register(&format!("user{number}@example.org")).await.status })
        })
        .collect();
    // All are under way once none of them is still on its way in.
    while server.metric("threshold_http_requests_in_flight ").await < 8.0 {
        tokio::task::yield_now().await;
    }
    server.signal("TERM");
    for attempt in attempts {
        assert_eq!(attempt.await.unwrap(), 201);
    }
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(server.log().contains("\"stopped\""));
}

#[tokio::test]
async fn sigterm_answers_what_is_under_way_on_sqlite() {
    sigterm_answers_what_is_under_way(Backend::Sqlite).await;
}

#[tokio::test]
async fn sigterm_answers_what_is_under_way_on_postgres() {
    sigterm_answers_what_is_under_way(Backend::Postgres).await;
}

#[tokio::test]
async fn while_it_drains_it_is_not_ready_but_answers() {
    let mut server = installed(Backend::Sqlite).await.with("SHUTDOWN__DRAIN", "1h").start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    server.signal("TERM");
    let ready = until(|| client.get("/ready"), |answer| answer.status == 503).await;
    assert_eq!(ready.body["status"], "draining");
    assert_eq!(client.me(&token).await.status, 200);
    // A second signal ends it at once.
    server.signal("INT");
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_client_that_holds_its_connection_open_does_not_hold_up_the_end() {
    let mut server = installed(Backend::Sqlite).await.with("SHUTDOWN__DRAIN", "0s").start().await;
    let client = server.client();
    client.get("/health").await;
    server.signal("TERM");
    let ended = tokio::time::timeout(Duration::from_secs(20), server.ended()).await.unwrap();
    assert_eq!(ended.code(), Some(0));
    drop(client);
}
