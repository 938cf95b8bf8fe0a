//! Two servers on one PostgreSQL.

use crate::{installed, until};
use std::time::{Duration, Instant};
use threshold_tests::Backend;

#[tokio::test]
async fn two_that_start_at_once_accept_each_others_tokens_and_logouts() {
    let installation = installed(Backend::Postgres).await;
    // Both find an empty database: both want to migrate it and to make the first key.
    let (one, two) = tokio::join!(installation.start(), installation.start());
    let (one, two) = (one.client(), two.client());
    let first = one.token_of_new("ada@example.org").await;
    let second = two.token_of("ada@example.org").await;
    assert_eq!(one.get("/.well-known/jwks.json").await.text, two.get("/.well-known/jwks.json").await.text);
    for client in [&one, &two] {
        assert_eq!(client.me(&first).await.status, 200);
        assert_eq!(client.me(&second).await.status, 200);
    }
    assert_eq!(one.logout(&first).await.status, 204);
    let ended = Instant::now();
    let refused = until(|| two.me(&first), |answer| answer.status != 200).await;
    assert_eq!(refused.code(), "token-revoked");
    assert!(ended.elapsed() < Duration::from_secs(1), "the contract's own limit: {:?}", ended.elapsed());
    assert_eq!(two.me(&second).await.status, 200);
}

#[tokio::test]
async fn while_many_sign_out_each_of_them_is_refused_everywhere_in_time() {
    let installation = installed(Backend::Postgres).await;
    let (one, two) = tokio::join!(installation.start(), installation.start());
    let (one, two) = (one.client(), two.client());
    let mut slowest = Duration::ZERO;
    one.register("ada@example.org").await;
    for _ in 0..20 {
        let token = one.token_of("ada@example.org").await;
        assert_eq!(two.me(&token).await.status, 200);
        one.logout(&token).await;
        let ended = Instant::now();
        until(|| two.me(&token), |answer| answer.status == 401).await;
        slowest = slowest.max(ended.elapsed());
    }
    assert!(slowest < Duration::from_secs(1), "the contract's own limit: {slowest:?}");
}

#[tokio::test]
async fn one_that_starts_late_knows_earlier_logouts() {
    let installation = installed(Backend::Postgres).await;
    let one = installation.start().await;
    let token = one.client().token_of_new("ada@example.org").await;
    one.client().logout(&token).await;
    let late = installation.start().await;
    assert_eq!(late.client().me(&token).await.code(), "token-revoked");
}
